"""Read a jurisdiction's source: read-only, streamed, all frames in one view of the database.

=====================  ==================================================  =============================
database               URL                                                 besides the locked packages
=====================  ==================================================  =============================
SQLite                 ``sqlite:///folder/file.db``
PostgreSQL             ``postgresql+psycopg://user:password@host/db``
MySQL, MariaDB         ``mysql+pymysql://user:password@host/db``
OceanBase (MySQL)      ``mysql+pymysql://user%40tenant:password@host:2881/db``
TiDB                   ``mysql+pymysql://user:password@host:4000/db``
Oracle                 ``oracle+oracledb://user:password@host/?service_name=s``  oracledb
DM 达梦                 ``dm+dmPython://user:password@host:5236``           dmPython, dmSQLAlchemy
KingbaseES 人大金仓     ``kingbase+ksycopg2://user:password@host:54321/db``  the maker's dialect, ksycopg2
openGauss, GaussDB     ``opengauss+psycopg2://user:password@host:5432/db``  opengauss-sqlalchemy, psycopg2
=====================  ==================================================  =============================

docs/sources.md says which of these were proven on real servers.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from tasks.adapters.fast_source import TAKEN_AS_IT_IS, ArrowReadError, arrow_results, raw_frame, written
from tasks.adapters.incremental import KEYS, Keeping, RawFrames, Reading, StaleError, planned
from tasks.adapters.source_config import FrameSource, SourceConfig
from tasks.adapters.source_files import SourceFiles, listed, source_files
from tasks.domain.errors import ConfigurationError, SourceError
from tasks.domain.frames import CANONICAL, Facts
from tasks.domain.quality import Checked, Expectations, checked

__all__ = ["FrameSource", "SourceConfig", "SourceRead", "read_source"]

Types = Mapping[str, Mapping[str, str]]

# Python's garbage collector goes through all rows that are alive, again and again: few at a time take half the time.
CHUNK = 2_000
CONNECT_SECONDS = 10
TIMED_DRIVERS = ("psycopg", "psycopg2", "pymysql")

MYSQL_VIEW = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
POSTGRESQL_VIEW = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",)
ORACLE_VIEW = ("SET TRANSACTION READ ONLY",)
# How a transaction begins that writes nothing and sees one state of the database throughout.
READ_ONLY_VIEW: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("PRAGMA query_only = ON", "BEGIN"),
    "mysql": MYSQL_VIEW,
    "mariadb": MYSQL_VIEW,
    "postgresql": POSTGRESQL_VIEW,
    "kingbase": POSTGRESQL_VIEW,
    "opengauss": POSTGRESQL_VIEW,
    "oracle": ORACLE_VIEW,
    "dm": ORACLE_VIEW,
}
PACKAGES: Mapping[str, str] = {
    "dm": "dmPython dmSQLAlchemy",
    "oracle": "oracledb",
    "kingbase": "ksycopg2（及厂商的 SQLAlchemy 方言包）",
    "opengauss": "opengauss-sqlalchemy psycopg2-binary",
    "postgresql": "psycopg[binary]",
    "mysql": "pymysql",
    "mariadb": "pymysql",
}


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One read: the facts, what was kept out (frames.QUARANTINE), accepted rows by frame, and how long it took.

    ``fetched``: by frame that was read by its watermark, how many rows came; the other frames were read in full.
    """

    facts: Facts
    quarantine: pd.DataFrame
    row_counts: dict[str, int]
    seconds: float
    fetched: dict[str, int]


def read_source(
    config: SourceConfig,
    sql_folder: Path,
    url: str,
    previous_counts: Mapping[str, int] | None = None,
    *,
    zone: str = "Asia/Shanghai",
    keeping: Keeping | None = None,
) -> SourceRead:
    """Return the facts of the source at ``url``; ``zone`` is the office's.

    With ``keeping``, frames that have a watermark are read by it (tasks/adapters/incremental.py). ``ConfigurationError`` for wrong files or a missing driver; ``SourceError`` for a source that cannot be read, fails a
    check, or lost more rows since ``previous_counts`` than its share allows.
    """
    started = perf_counter()
    files = source_files(sql_folder)
    expectations = config.expectations(files.settings, files.names, previous_counts or {}, zone)
    address = address_of(url)
    reading = planned(config, files, _shown(address), keeping)
    try:
        result = _result(address, reading, expectations)
    except StaleError:
        reading = planned(config, files, _shown(address), keeping, in_full=True)
        result = _result(address, reading, expectations)
    return SourceRead(result.facts, result.quarantine, result.row_counts, perf_counter() - started, reading.fetched)


def _result(address: sa.URL, reading: Reading, expectations: Expectations) -> Checked:
    """Return what the source says; the rows of a read that was judged good are kept for the next one."""
    try:
        try:
            result = _judged(reading, _through_arrow(address, reading), expectations)
        except ArrowReadError:
            result = _judged(reading, _through_driver(address, reading), expectations)
        reading.keep()
    finally:
        reading.drop()
    return result


def _judged(reading: Reading, answers: Generator[tuple[str, pd.DataFrame]], expectations: Expectations) -> Checked:
    with closing(answers):
        return checked(chain(_listed(reading.files), reading.frames(answers)), expectations)


def _types(config: SourceConfig) -> Types:
    """Return, by frame, the canonical type of each column that need not come as text: nothing maps or ignores its values."""
    found = {}
    for spec in CANONICAL:
        said: FrameSource = getattr(config.frames, spec.name)
        as_text = {*said.maps, *said.ignore, *said.units}
        columns = [column for column in spec.columns if column.type in TAKEN_AS_IT_IS and column.name not in as_text]
        found[spec.name] = {column.name: column.type for column in columns}
        if said.watermark and said.watermark not in spec.names:
            found[spec.name][said.watermark] = "timestamp"
    return found


def _listed(files: SourceFiles) -> RawFrames:
    for name, path in files.lists.items():
        yield name, listed(path)


def _through_driver(address: sa.URL, reading: Reading) -> Generator[tuple[str, pd.DataFrame]]:
    """Yield the answer to each query, all of one state of the database."""
    with connected(address) as connection:
        for name, sql in reading.queries.items():
            yield name, _rows(connection, sql, address, reading.files.names[name.removesuffix(KEYS)])


def _through_arrow(address: sa.URL, reading: Reading) -> Generator[tuple[str, pd.DataFrame]]:
    """Yield what ``_through_driver`` does, without an object per value; ``ArrowReadError`` where only that one works."""
    types = _types(reading.config)
    if address.get_backend_name() != "postgresql" or address.query:
        raise ArrowReadError
    uri = address.set(drivername="postgresql", query={"connect_timeout": str(CONNECT_SECONDS)}).render_as_string(False)
    for name, result in arrow_results("postgresql", uri, reading.queries, POSTGRESQL_VIEW):
        yield name, raw_frame(result, types[name.removesuffix(KEYS)])


def address_of(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except ArgumentError:
        to_do = "写成 mysql+pymysql://用户:密码@主机:端口/库名 的形式，见 docs/sources.md。"
        raise ConfigurationError("数据源地址", "不是有效的数据库 URL", to_do) from None
    backend = address.get_backend_name()
    if backend not in READ_ONLY_VIEW:
        to_do = f"支持：{'、'.join(READ_ONLY_VIEW)}。"
        raise ConfigurationError(_shown(address), f"不支持数据库类型 {backend}", to_do)
    return address


def _engine(address: sa.URL) -> sa.Engine:
    try:
        timed = address.get_dialect().driver in TIMED_DRIVERS and "connect_timeout" not in address.query
        arguments = {"connect_timeout": CONNECT_SECONDS} if timed else {}
        return sa.create_engine(_read_only_file(address), poolclass=NullPool, connect_args=arguments)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        package = PACKAGES[address.get_backend_name()]
        raise ConfigurationError(_shown(address), f"缺少数据库驱动：{error}", f"安装 {package} 后重试。") from error


def _read_only_file(address: sa.URL) -> sa.URL:
    """Return a SQLite address that opens an existing file only, read-only; any other address unchanged."""
    if address.get_backend_name() != "sqlite" or not address.database:
        return address
    return address.set(database=Path(address.database).absolute().as_uri(), query={"mode": "ro", "uri": "true"})


def _shown(address: sa.URL) -> str:
    return address.render_as_string(hide_password=True)


@contextmanager
def connected(address: sa.URL) -> Iterator[sa.Connection]:
    """Yield a connection in a read-only transaction that is rolled back at the end."""
    with _refusals_told(address):
        connection = _engine(address).connect()
    with connection:
        with _refusals_told(address):
            for statement in READ_ONLY_VIEW[address.get_backend_name()]:
                connection.exec_driver_sql(statement)
        yield connection


@contextmanager
def _refusals_told(address: sa.URL) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        to_do = "核对数据库是否运行，以及地址、账号和密码"
        raise _failure(address, _shown(address), f"连接失败：{_reason(error)}", to_do) from error
    except AssertionError as error:
        # SQLAlchemy's PostgreSQL dialect does not know the version text of what only resembles PostgreSQL.
        to_do = "人大金仓、openGauss、GaussDB 须用各自的方言包，见 docs/sources.md。"
        raise ConfigurationError(_shown(address), f"不是 PostgreSQL：{error}", to_do) from error


def _rows(connection: sa.Connection, sql: str, address: sa.URL, file: str) -> pd.DataFrame:
    """Return the rows of one query as text, fetched in chunks."""
    streamed = connection.execution_options(stream_results=True, yield_per=CHUNK, no_parameters=True)
    try:
        result = streamed.exec_driver_sql(sql)
        names = [str(name).lower() for name in result.keys()]  # noqa: SIM118
        parts = [list(map(written, zip(*rows, strict=True))) for rows in result.partitions(CHUNK)]
    except DBAPIError as error:
        where, to_do = f"{file} ({_shown(address)})", "核对查询，以及账号的只读权限"
        raise _failure(address, where, f"查询失败：{_reason(error)}", to_do) from error
    columns = zip(*parts, strict=True) if parts else ([] for _ in names)
    arrays = (pa.chunked_array(chunks, pa.large_string()).combine_chunks() for chunks in columns)
    return pd.DataFrame({name: pd.array(array, dtype="str") for name, array in zip(names, arrays, strict=True)})


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


def _failure(address: sa.URL, where: str, what: str, to_do: str) -> SourceError:
    """Return the error without the password, whatever the driver says."""
    secret = address.password
    said = what.replace(str(secret), "***") if secret else what
    return SourceError(where, said, f"{to_do}；在此之前沿用上一份有效快照。")
