"""A source is never written to: the servers themselves refuse it."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from tasks.adapters import source_files
from tasks.adapters.source import read_source
from tasks.domain.errors import ConfigurationError, SourceError
from tests.sources import CONFIG, fill, jurisdiction, log

DELETING_CTE = """WITH gone AS (DELETE FROM log RETURNING *)
SELECT id AS event_id, matter AS proposal_id, what AS kind, day AS happened_on FROM gone"""
DELETING_STATEMENT = "WITH old AS (SELECT 1000 AS id) DELETE FROM log WHERE id IN (SELECT id FROM old) RETURNING id"
CALLING_A_WRITER = "SELECT wipe() AS event_id, matter AS proposal_id, what AS kind, day AS happened_on FROM log"


@pytest.fixture
def unread(monkeypatch):
    """Nobody looks at the text: only the server is left to refuse."""
    monkeypatch.setattr(source_files, "FORBIDDEN", re.compile("(?!)"))


def refusal(url: str, folder: Path, events: str) -> str:
    """Return the server's refusal; nothing may be gone afterwards."""
    engine = sa.create_engine(url)
    sql = jurisdiction(folder, events=events)
    with pytest.raises(SourceError) as caught:
        read_source(CONFIG, sql, url)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(log)) == 2
    engine.dispose()
    return caught.value.what


def test_postgresql_refuses_a_function_that_writes(postgresql, tmp_path):
    engine = fill(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql VOLATILE AS 'DELETE FROM log; SELECT 1'"
        )
    engine.dispose()
    assert refusal(postgresql, tmp_path, CALLING_A_WRITER) == (
        "查询失败：cannot execute DELETE in a read-only transaction"
    )


def test_postgresql_refuses_a_transaction_made_writable_in_between(postgresql, tmp_path):
    fill(postgresql).dispose()
    query = "SELECT set_config('transaction_read_only', 'off', true) AS event_id FROM log"
    assert refusal(postgresql, tmp_path, query) == (
        "查询失败：transaction read-write mode must be set before any query"
    )


@pytest.mark.parametrize("query", [DELETING_CTE, DELETING_STATEMENT])
def test_postgresql_refuses_a_query_that_deletes(postgresql, tmp_path, query, unread):
    fill(postgresql).dispose()
    assert refusal(postgresql, tmp_path, query).startswith("查询失败：")


def test_mariadb_refuses_a_function_that_writes(mariadb, tmp_path):
    engine = fill(mariadb)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS wipe")
        connection.exec_driver_sql(
            "CREATE FUNCTION wipe() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM log; RETURN 1; END"
        )
    engine.dispose()
    assert refusal(mariadb, tmp_path, CALLING_A_WRITER) == (
        "查询失败：(1792, 'Cannot execute statement in a READ ONLY transaction')"
    )


def test_sqlite_refuses_a_query_that_deletes(tmp_path, unread):
    url = f"sqlite:///{tmp_path / 'source.db'}"
    fill(url).dispose()
    assert refusal(url, tmp_path, DELETING_STATEMENT) == "查询失败：attempt to write a readonly database"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("DELETE FROM log", "以 DELETE 开头"),
        ("-- SELECT\nUPDATE log SET day = NULL", "以 UPDATE 开头"),
        ("/* SELECT */ DROP TABLE log", "以 DROP 开头"),
        ("", "以 空内容 开头"),
        ("SELECT 1; DELETE FROM log", "有多条语句"),
        ("SELECT * INTO copy FROM log", "含有 INTO"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "含有 INTO"),
        ("SELECT 1 /*! , SLEEP(9) */", "含有 /*!"),
        ("SELECT id FROM log FOR UPDATE", "含有 FOR UPDATE"),
        ("SELECT id FROM log for  update", "含有 FOR  UPDATE"),
        ("SELECT id FROM log FOR NO KEY UPDATE", "含有 FOR NO KEY UPDATE"),
        ("SELECT id FROM log FOR SHARE", "含有 FOR SHARE"),
        ("SELECT id FROM log LOCK IN SHARE MODE", "含有 LOCK IN"),
        ("WITH gone AS (DELETE FROM log RETURNING *) SELECT * FROM gone", "含有 (DELETE"),
        ("WITH old AS (SELECT 1) DELETE FROM log", "含有 ) DELETE"),
        ("WITH x AS (\n update log SET day = NULL RETURNING *) SELECT * FROM x", "含有 (\n UPDATE"),
        ("SELECT 1 FROM t WHERE a = 'x", "含有 '"),
    ],
)
def test_a_file_with_anything_but_one_query_is_refused_before_it_runs(text, why, tmp_path):
    sql = jurisdiction(tmp_path, events=text)
    with pytest.raises(ConfigurationError) as caught:
        read_source(CONFIG, sql, "sqlite:////nowhere/at/all.db")
    assert str(caught.value) == (
        f"{sql / 'events.sql'}: 只允许一条 SELECT 或 WITH 查询，而此文件{why}\n改成一条只读查询；未执行任何语句。"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        # MySQL ends this literal earlier than standard SQL does, and writes a file.
        ("SELECT 'a\\'' INTO OUTFILE '/tmp/x' -- '", "\\'"),
        ("SELECT 1 # '\n INTO OUTFILE '/tmp/x'", "#"),
        # PostgreSQL: dollar quotes, and comments within comments.
        ("SELECT $$ ' $$ INTO copy FROM log -- '", "$$"),
        ("SELECT $a$ ' $a$ INTO copy FROM log -- '", "$A$"),
        ("SELECT 1 /* /* */ ' */ INTO copy FROM log -- '", "/* 里的 /*"),
    ],
)
def test_a_statement_cannot_hide_where_databases_read_differently(text, what, tmp_path):
    sql = jurisdiction(tmp_path, events=text)
    with pytest.raises(ConfigurationError) as caught:
        read_source(CONFIG, sql, "sqlite:////nowhere/at/all.db")
    assert f"含有 {what.lower()},各数据库的理解不同" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a;b' AS x, merged_into -- ; DELETE\nFROM t;",
        "with t as (select 'it''s; into' as into_x) select * from t",
        '/* DELETE; */ SELECT `into`, "into" FROM t',
        "-- DELETE\nSELECT update_time FROM t",
    ],
)
def test_words_in_comments_literals_and_names_are_no_statements(text, tmp_path):
    sql = jurisdiction(tmp_path, events=text)
    with pytest.raises(SourceError, match="unable to open database file"):
        read_source(CONFIG, sql, "sqlite:////nowhere/at/all.db")
