"""What the account of a source could write: asked of the database itself, where it can say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from tasks.adapters.source import address_of, connected

SHOWN = 5
READING = {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR"}
GRANT = re.compile(r"GRANT (?P<rights>.+?) ON (?P<what>.+?) TO ", re.IGNORECASE)

OWN_SCHEMAS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
SUPERUSER = "SELECT rolname FROM pg_roles WHERE rolname = current_user AND rolsuper"
TABLES = f"""
SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND {OWN_SCHEMAS}
  AND (has_table_privilege(pg_class.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       OR has_any_column_privilege(pg_class.oid, 'INSERT, UPDATE'))
ORDER BY 1"""
SCHEMAS = f"SELECT nspname FROM pg_namespace WHERE {OWN_SCHEMAS} AND has_schema_privilege(oid, 'CREATE') ORDER BY 1"
DATABASE = "SELECT current_database() WHERE has_database_privilege(current_database(), 'CREATE')"


def write_rights(url: str) -> list[str] | None:
    """Return in Chinese what the account of ``url`` could write, empty if nothing; None where this cannot be asked.

    SQLite has no accounts: its file is opened read-only. ``SourceError`` where the database cannot be reached.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return []
    ask = ASKED.get(address.get_backend_name())
    if ask is None:
        return None
    with connected(address) as connection:
        return ask(connection)


def _of_postgresql(connection: sa.Connection) -> list[str]:
    if names := _names(connection, SUPERUSER):
        return [f"{names[0]} 是超级用户"]
    found = {"可写的表": TABLES, "可建表的模式": SCHEMAS, "可建模式的数据库": DATABASE}
    told = {what: _names(connection, query) for what, query in found.items()}
    return [f"{what}:{_shown(names)}" for what, names in told.items() if names]


def _of_mysql(connection: sa.Connection) -> list[str]:
    told = []
    for line in _names(connection, "SHOW GRANTS"):
        if (grant := GRANT.match(line)) is None:
            # A role that was granted; what it allows stands in lines of its own while it is in force.
            continue
        rights = {right.strip().upper() for right in re.sub(r"\([^)]*\)", "", grant["rights"]).split(",")}
        if line.upper().rstrip().endswith("WITH GRANT OPTION"):
            rights.add("GRANT OPTION")
        if more := sorted(rights - READING):
            told.append(f"{grant['what']} 上的 {_shown(more)}")
    return told


def _names(connection: sa.Connection, query: str) -> list[str]:
    return [str(name) for name in connection.exec_driver_sql(query).scalars()]


def _shown(names: list[str]) -> str:
    rest = f"等 {len(names)} 个" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + rest


ASKED: Mapping[str, Callable[[sa.Connection], list[str]]] = {
    "postgresql": _of_postgresql,
    "mysql": _of_mysql,
    "mariadb": _of_mysql,
}
