"""An account that could write is found out on both servers, and one that can only read is left alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from tasks.adapters.source_account import write_rights
from tests.sources import fill

WORD = "lese-geheim-1"


def account(engine, url, create, *grants, drop):
    """Yield the URL of an account of its own with these rights."""
    name = f"duban_ro_{uuid4().hex[:8]}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (create, *grants):
            connection.exec_driver_sql(statement.format(name=name, word=WORD))
    try:
        yield sa.make_url(url).set(username=name, password=WORD).render_as_string(hide_password=False)
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in drop:
                connection.exec_driver_sql(statement.format(name=name))
        engine.dispose()


def postgresql_account(url, *grants):
    engine = fill(url)
    drop = ("DROP OWNED BY {name}", "DROP ROLE {name}")
    return account(engine, url, "CREATE ROLE {name} LOGIN PASSWORD '{word}'", *grants, drop=drop)


def mariadb_account(url, *grants):
    engine = fill(url)
    return account(
        engine, url, "CREATE USER {name}@'%%' IDENTIFIED BY '{word}'", *grants, drop=("DROP USER {name}@'%%'",)
    )


READER = ("GRANT USAGE ON SCHEMA public TO {name}", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")


@pytest.fixture
def rights_on_postgresql(postgresql):
    def ask(*grants):
        for url in postgresql_account(postgresql, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", *grants):
            return write_rights(url)
        raise AssertionError("an account yields its address once")

    return ask


@pytest.fixture
def rights_on_mariadb(mariadb):
    database = sa.make_url(mariadb).database

    def ask(*grants):
        for url in mariadb_account(mariadb, *(grant.replace("DATABASE", database) for grant in grants)):
            return [told.replace(database, "DATABASE") for told in write_rights(url)]
        raise AssertionError("an account yields its address once")

    return ask


def test_a_reader_on_postgresql_is_left_alone(rights_on_postgresql):
    assert rights_on_postgresql(*READER) == []


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT UPDATE ON log TO {name}", ["可写的表:public.log"]),
        ("GRANT INSERT (what) ON log TO {name}", ["可写的表:public.log"]),
        ("GRANT TRUNCATE ON log, unit TO {name}", ["可写的表:public.log、public.unit"]),
        ("GRANT CREATE ON SCHEMA public TO {name}", ["可建表的模式:public"]),
        ("GRANT pg_write_all_data TO {name}", ["可写的表:public.duty、public.log、public.matter、public.unit"]),
    ],
)
def test_a_right_to_write_on_postgresql_is_named(rights_on_postgresql, grant, told):
    assert rights_on_postgresql(*READER, grant) == told


def test_a_superuser_is_named_as_one(postgresql):
    fill(postgresql).dispose()
    (told,) = write_rights(postgresql)
    assert told.endswith("是超级用户")


def test_a_reader_on_mariadb_is_left_alone(rights_on_mariadb):
    assert rights_on_mariadb("GRANT SELECT, SHOW VIEW ON DATABASE.* TO {name}") == []


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT SELECT, UPDATE, DELETE ON DATABASE.* TO {name}", ["`DATABASE`.* 上的 DELETE、UPDATE"]),
        ("GRANT SELECT, INSERT (what) ON DATABASE.log TO {name}", ["`DATABASE`.`log` 上的 INSERT"]),
        ("GRANT SELECT, FILE ON *.* TO {name}", ["*.* 上的 FILE"]),
        ("GRANT ALL ON DATABASE.* TO {name}", ["`DATABASE`.* 上的 ALL PRIVILEGES"]),
        ("GRANT SELECT ON DATABASE.* TO {name} WITH GRANT OPTION", ["`DATABASE`.* 上的 GRANT OPTION"]),
    ],
)
def test_a_right_to_write_on_mariadb_is_named(rights_on_mariadb, grant, told):
    assert rights_on_mariadb(grant) == told


def test_what_is_told_holds_no_password(rights_on_mariadb):
    assert WORD not in str(rights_on_mariadb("GRANT ALL ON DATABASE.* TO {name}"))


def test_a_file_has_no_account(tmp_path):
    assert write_rights(f"sqlite:///{tmp_path / 'a.db'}") == []


def test_where_nobody_can_say_nothing_is_claimed():
    assert write_rights("oracle+oracledb://reader:x@127.0.0.1/?service_name=s") is None
