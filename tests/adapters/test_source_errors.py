"""What a person reads when a source is bad: the whole message, where, what and what to do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tasks.adapters.source import SourceConfig, read_source
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.errors import ConfigurationError, DubanError, SourceError
from tests.sources import CONFIG, QUERIES, fill, jurisdiction, log

KEEP = "在此之前沿用上一份有效快照。"


@pytest.fixture
def database(tmp_path: Path) -> sa.Engine:
    return fill(f"sqlite:///{tmp_path / 'source.db'}")


def refusal(
    engine: sa.Engine | str, folder: Path, previous_counts: dict[str, int] | None = None, **changes: str
) -> DubanError:
    url = engine if isinstance(engine, str) else str(engine.url)
    with pytest.raises(DubanError) as caught:
        read_source(CONFIG, jurisdiction(folder, **changes), url, previous_counts)
    return caught.value


def message(folder: Path, fault: str) -> str:
    return f"{folder / 'source.yaml'}: 数据源有 1 处不合要求\n(1) {fault}\n逐条处理后重新运行；{KEEP}"


def execute(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_missing_column(database, tmp_path):
    error = refusal(database, tmp_path, units="SELECT id AS unit_id, name FROM unit")
    assert str(error) == message(tmp_path, f"units：缺少列 group。在 {tmp_path}/source/units.sql 的 SELECT 中补上。")
    assert (type(error), error.exit_code) == (SourceError, 1)


def test_an_unknown_category(database, tmp_path):
    execute(database, "UPDATE log SET what = '会签' WHERE id = 1001")
    assert str(refusal(database, tmp_path)) == message(
        tmp_path,
        "events.kind：未知取值 “会签”（1 行）。在 frames.events.maps.kind 中映射，或列入 frames.events.ignore.kind。",
    )


def test_a_doubled_key(database, tmp_path):
    joined = f"{QUERIES['proposals'].split('FROM')[0]} FROM matter JOIN duty ON duty.matter = matter.id"
    joined = joined.replace("SELECT id AS", "SELECT matter.id AS")
    assert str(refusal(database, tmp_path, proposals=joined)) == message(
        tmp_path,
        f"proposals.proposal_id：键重复：“10”（2 行）。核对 {tmp_path}/source/proposals.sql 是否因连接产生重复行，"
        "或换用数据源自己的主键。",
    )


def test_a_day_that_does_not_exist(database, tmp_path):
    execute(database, "UPDATE log SET day = '9月31日' WHERE id = 1001")
    assert str(refusal(database, tmp_path)) == message(
        tmp_path,
        "events.happened_on：不是有效日期：“9月31日”（event_id=1001）。"
        f"在数据源中更正，或在 {tmp_path}/source/events.sql 中转换为 YYYY-MM-DD。",
    )


def test_a_source_that_lost_a_fifth_of_its_rows(database, tmp_path):
    rows = [{"id": i, "matter": 10, "unit": 1, "what": "答复", "day": "2026-06-01"} for i in range(78)]
    with database.begin() as connection:
        connection.execute(log.insert(), rows)
    error = refusal(database, tmp_path, {"events": 100, "proposals": 2})
    assert str(error) == message(
        tmp_path,
        "events：由上次快照的 100 行减少到 80 行（-20.0%，上限 10.0%；本次另有隔离 0 行）。"
        "核对数据源是否完整；情况属实的，调高 frames.events.max_drop。",
    )


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_source_that_is_down(tmp_path):
    port = closed_port()
    postgresql = refusal(f"postgresql+psycopg://duban:geheim@127.0.0.1:{port}/office", tmp_path)
    assert str(postgresql) == (
        f"postgresql+psycopg://duban:***@127.0.0.1:{port}/office: 连接失败：connection failed: connection to server at "
        f'"127.0.0.1", port {port} failed: Connection refused\n核对数据库是否运行，以及地址、账号和密码；{KEEP}'
    )
    mariadb = refusal(f"mysql+pymysql://duban:geheim@127.0.0.1:{port}/office", tmp_path)
    assert str(mariadb) == (
        f"mysql+pymysql://duban:***@127.0.0.1:{port}/office: 连接失败：(2003, \"Can't connect to MySQL server on "
        f"'127.0.0.1' ([Errno 111] Connection refused)\")\n核对数据库是否运行，以及地址、账号和密码；{KEEP}"
    )
    assert (postgresql.exit_code, mariadb.exit_code) == (1, 1)


def test_a_file_that_is_not_there_is_not_created(tmp_path):
    path = tmp_path / "absent.db"
    assert str(refusal(f"sqlite:///{path}", tmp_path)) == (
        f"sqlite:///{path}: 连接失败：unable to open database file\n核对数据库是否运行，以及地址、账号和密码；{KEEP}"
    )
    assert not path.exists()


@pytest.fixture
def account(mariadb: str) -> Iterator[sa.URL]:
    """The server's address for an account whose password is ``right``."""
    server = sa.create_engine(mariadb, isolation_level="AUTOCOMMIT")
    hosts = ("'%%'", "localhost")
    with server.connect() as connection:
        for host in hosts:
            connection.exec_driver_sql(f"CREATE OR REPLACE USER duban_reader@{host} IDENTIFIED BY 'right'")
        yield server.url.set(username="duban_reader")
        for host in hosts:
            connection.exec_driver_sql(f"DROP USER duban_reader@{host}")


def test_a_wrong_password(account, tmp_path):
    wrong = account.set(password="geheim")
    error = refusal(wrong.render_as_string(hide_password=False), tmp_path)
    # Whether the server calls us by name or by number is its own setting.
    assert str(error).replace("@'localhost'", "@'127.0.0.1'") == (
        f"mysql+pymysql://duban_reader:***@{account.host}:{account.port}/{account.database}?charset=utf8mb4: "
        "连接失败：(1045, \"Access denied for user 'duban_reader'@'127.0.0.1' (using password: YES)\")\n"
        f"核对数据库是否运行，以及地址、账号和密码；{KEEP}"
    )


def test_an_unknown_account(postgresql, tmp_path):
    url = sa.make_url(postgresql).set(username="duban_nobody", password="geheim")
    error = refusal(url.render_as_string(hide_password=False), tmp_path)
    assert error.what.startswith("连接失败：connection failed:")
    assert "duban_nobody" in error.what
    assert "geheim" not in str(error)


def test_a_driver_that_repeats_the_password_is_silenced(postgresql, tmp_path):
    url = sa.make_url(postgresql).set(username="geheim", password="geheim")
    assert 'geheim"' not in refusal(url.render_as_string(hide_password=False), tmp_path).what


def test_a_query_that_the_database_does_not_understand(database, tmp_path):
    assert str(refusal(database, tmp_path, events="SELECT nr AS event_id FROM log")) == (
        f"{tmp_path}/source/events.sql (sqlite:///{tmp_path}/source.db): 查询失败：no such column: nr\n"
        f"核对查询，以及账号的只读权限；{KEEP}"
    )


def test_a_server_that_only_resembles_postgresql(postgresql, tmp_path, monkeypatch):
    def unknown(self, connection):
        raise AssertionError("Could not determine version from string '(openGauss 5.0.2 build 48a25b11)'")

    monkeypatch.setattr("sqlalchemy.dialects.postgresql.base.PGDialect._get_server_version_info", unknown)
    error = refusal(postgresql, tmp_path)
    assert error.what == "不是 PostgreSQL：Could not determine version from string '(openGauss 5.0.2 build 48a25b11)'"
    assert error.to_do == "人大金仓、openGauss、GaussDB 须用各自的方言包，见 docs/sources.md。"
    assert error.exit_code == 2


def test_a_query_that_is_not_utf_8(database, tmp_path):
    sql = jurisdiction(tmp_path)
    (sql / "events.sql").write_text("SELECT 1 -- 办理记录", encoding="gb18030")
    with pytest.raises(ConfigurationError) as caught:
        read_source(CONFIG, sql, str(database.url))
    assert str(caught.value) == f"{sql}/events.sql: 不是 UTF-8 编码\n在编辑器里另存为 UTF-8。"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (
            "dm+dmPython://duban:geheim@host:5236",
            "dm+dmPython://duban:***@host:5236: 缺少数据库驱动：Can't load plugin: sqlalchemy.dialects:dm.dmPython\n"
            "安装 dmPython dmSQLAlchemy 后重试。",
        ),
        (
            "oracle+oracledb://duban:geheim@host/?service_name=s",
            "oracle+oracledb://duban:***@host/?service_name=s: 缺少数据库驱动：No module named 'oracledb'\n"
            "安装 oracledb 后重试。",
        ),
        (
            "mssql+pyodbc://duban:geheim@host/db",
            "mssql+pyodbc://duban:***@host/db: 不支持数据库类型 mssql\n"
            "支持：sqlite、mysql、mariadb、postgresql、kingbase、opengauss、oracle、dm。",
        ),
        (
            "geheim@host",
            "数据源地址: 不是有效的数据库 URL\n"
            "写成 mysql+pymysql://用户:密码@主机:端口/库名 的形式，见 docs/sources.md。",
        ),
    ],
)
def test_an_address_that_cannot_be_used(url, text, tmp_path):
    error = refusal(url, tmp_path)
    assert str(error) == text
    assert (type(error), error.exit_code) == (ConfigurationError, 2)


def test_missing_queries(database, tmp_path):
    sql = jurisdiction(tmp_path)
    (sql / "events.sql").unlink()
    (sql / "units.sql").unlink()
    with pytest.raises(ConfigurationError) as caught:
        read_source(CONFIG, sql, str(database.url))
    assert str(caught.value) == (
        f"{sql}: 缺少 units.sql、events.sql\n补上这些查询；单位也可用 organisations.csv 给出。"
    )


def test_a_missing_folder(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        read_source(CONFIG, tmp_path / "source", "sqlite://")
    assert str(caught.value) == f"{tmp_path}/source: 没有这个文件夹\n为每个数据表放一个 <数据表>.sql。"


def test_a_file_named_like_no_frame(database, tmp_path):
    error = refusal(database, tmp_path, event="SELECT 1")
    assert str(error) == (
        f"{tmp_path}/source/event.sql: 文件名不是数据表的名称\n"
        "可用：units、contacts、proposals、assignments、events、reply_texts。"
    )


def test_units_given_twice(database, tmp_path):
    (tmp_path / "organisations.csv").write_text("unit_id,name,group\n", encoding="utf-8")
    assert str(refusal(database, tmp_path)) == (
        f"{tmp_path}: organisations.csv 和 source/units.sql 都给出 units\n只保留其中一个。"
    )


def test_a_list_that_is_not_utf_8(database, tmp_path):
    (tmp_path / "contacts.csv").write_text("unit_id,role\n市教育局,handler\n", encoding="gb18030")
    error = refusal(database, tmp_path)
    assert error.where == str(tmp_path / "contacts.csv")
    assert error.what.startswith("不是 UTF-8 编码的 CSV：")
    assert error.to_do == "另存为“CSV UTF-8（逗号分隔）”。"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("proposal: {}", "3 frames.proposal：不认识的键。是不是想写 proposals？"),
        ("proposals: {maps: {kinds: {a: b}}}", "3 frames.proposals：maps.kinds 没有这一列，可用：proposal_id、kind"),
        (
            "proposals: {maps: {kind: {a: suggestion}}}",
            "3 frames.proposals：maps.kind 的 suggestion 不是规范取值，可用：deputy_suggestion、cppcc_proposal",
        ),
        ("proposals: {bounds: {title: [2026-01-01, 2026-12-31]}}", "3 frames.proposals：bounds.title 不是日期或时间列"),
        ("events: {units: {value: unix_seconds}}", "3 frames.events：units.value 不是日期或时间列"),
        (
            "events: {units: {happened_on: minutes}}",
            "3 frames.events.units.happened_on：不能是“minutes”。只能是 unix_seconds",
        ),
        ("events: {max_drop: 2}", "3 frames.events.max_drop：“2”太大"),
        ("events: {map: {}}", "3 frames.events.map：不认识的键"),
    ],
)
def test_settings_that_lead_nowhere_are_refused_with_their_line(line, what, tmp_path):
    path = tmp_path / "source.yaml"
    path.write_text(f"url: sqlite://\nframes:\n  {line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_yaml(path, SourceConfig)
    assert f"{path}:{what}" in str(caught.value)


def test_an_unknown_time_zone_is_refused(tmp_path):
    path = tmp_path / "source.yaml"
    path.write_text("time_zone: Beijing\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="没有时区 'Beijing'"):
        load_yaml(path, SourceConfig)
