"""Fill a MariaDB or MySQL database with the records of Cixi 2017, in the shape of that city's own system.

    python -m tests.jurisdictions.cixi.load mysql+pymysql://root@127.0.0.1:3306/cixi [FOLDER]

creates the database named in the URL if need be and replaces its tables by the CSV files of FOLDER, one file a table.
"""

import csv
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.conftest import data_folder

TEXT = ("content", "attr_name", "category_name", "meeting_name", "motion_name", "step_name", "status_name")
TEXT += ("unit_name", "unit_group_name")
# The values are UTC; DATETIME keeps them as they are, whatever zone the connection has.
MOMENTS = ("update_time", "upload_time")
INDEXES = {"attr_tbl": ("motion",), "motion_handler_tbl": ("motion", "attr")}


def load(url: str, folder: Path) -> dict[str, int]:
    """Return the number of rows loaded by table."""
    _create_database(sa.make_url(url))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        rows = {path.stem: _load_table(connection, path) for path in sorted(folder.glob("*_tbl.csv"))}
    engine.dispose()
    return rows


def _create_database(url: sa.URL) -> None:
    server = sa.create_engine(url.set(database=""), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE IF NOT EXISTS `{url.database}` CHARACTER SET utf8mb4")
    server.dispose()


def _load_table(connection: sa.Connection, path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        records = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    table = _table(path.stem, list(records[0]))
    table.drop(connection, checkfirst=True)
    table.create(connection)
    connection.execute(table.insert(), records)
    return len(records)


def _table(name: str, columns: list[str]) -> sa.Table:
    key, *others = columns
    indexes = [sa.Index(f"{name}_{column}", column) for column in INDEXES.get(name, ())]
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column(key, sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(column, _type(column)) for column in others),
        *indexes,
        mysql_charset="utf8mb4",
    )


def _type(column: str) -> Any:
    if column in TEXT:
        return sa.Text
    return sa.DateTime if column in MOMENTS else sa.BigInteger


if __name__ == "__main__":
    url, *rest = sys.argv[1:]
    folder = Path(rest[0]) if rest else data_folder() / "cixi-2017"
    for table, count in load(url, folder).items():
        sys.stdout.write(f"{table:24}{count:8}\n")
