"""Real database servers for tests: each test module gets a database of its own, dropped afterwards.

Where a server is missing, the tests skip with the reason; with ``CI=true`` they fail, so that a green CI has proven them.
"""

import os
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

POSTGRESQL_URL = os.environ.get("DUBAN_TEST_POSTGRESQL_URL", "postgresql+psycopg://root@127.0.0.1:5432/test")
MARIADB_URL = os.environ.get("DUBAN_TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/test?charset=utf8mb4")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    # The server never crashes here: no commit has to wait for the disk.
    settings = ["SET synchronous_commit = off"]
    yield from _own_database(POSTGRESQL_URL, "PostgreSQL", "DUBAN_TEST_POSTGRESQL_URL", settings, "WITH (FORCE)")


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    """The URL of an empty MariaDB database."""
    yield from _own_database(MARIADB_URL, "MariaDB", "DUBAN_TEST_MARIADB_URL")


def _own_database(url: str, server: str, variable: str, settings: Sequence[str] = (), force: str = "") -> Iterator[str]:
    name = f"duban_test_{uuid4().hex[:12]}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
            for setting in settings:
                connection.exec_driver_sql(f"ALTER DATABASE {name} {setting}")
    except OperationalError as error:
        absent(f"no {server} to test with ({variable}): {str(error.orig).splitlines()[0]}")
    yield engine.url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} {force}")
    engine.dispose()


def absent(reason: str) -> None:
    """Skip the test; fail it in CI, where everything it needs has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
