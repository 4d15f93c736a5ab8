"""docs/adopting.md walked through on a city's database nobody has seen: scaffold, edit, check, rehearse, go live."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from flows.__main__ import main
from tests.mail_server import MailServer

pytestmark = pytest.mark.flow
NAME, DAY = "xin-shi", date(2026, 7, 15)
WORD = "lese-geheim-1"
TABLES = {
    "department": "code varchar(10) primary key, name varchar(80), sort int",
    "jy_proposal": "id int primary key, type int, term int, session int, number varchar(10), title varchar(200), "
    "proposer varchar(40), filed_on date, is_key int, publicity int",
    "assignment": "id int primary key, proposal_id int, department_code varchar(10), role varchar(10), assigned_on date, "
    "ended_on date, end_reason varchar(10)",
    "handling_record": "id int primary key, proposal_id int, department_code varchar(10), kind varchar(20), "
    "happened_on date, recorded_at datetime, result varchar(40), until date",
}
UNITS = [("D01", "市教育局", 1), ("D02", "市交通运输局", 1), ("C01", "东山县人民政府", 2)]


def city(url):
    """Fill the city's database; the first proposal of each unit was answered in time, the second never."""
    engine = sa.create_engine(url)
    rows = {name: [] for name in TABLES}
    rows["department"] = UNITS
    number = 0
    for code, name, _ in UNITS:
        for is_answered in (True, False):
            number += 1
            rows["jy_proposal"].append(
                (
                    number,
                    1 + number % 2,
                    15,
                    5,
                    str(number),
                    f"关于{name}第{number}件的建议",
                    "周远",
                    "2026-02-01",
                    0,
                    1,
                )
            )
            rows["assignment"].append((number, number, code, "主办", "2026-03-10", None, None))
            if is_answered:
                rows["handling_record"].append(
                    (number, number, code, "答复", "2026-05-20", datetime(2026, 5, 20, 9), "A", None)
                )
    with engine.begin() as connection:
        for name, columns in TABLES.items():
            connection.exec_driver_sql(f"create table {name} ({columns}) character set utf8mb4")
            marks = ", ".join(["%s"] * len(columns.split(", ")))
            connection.exec_driver_sql(f"insert into {name} values ({marks})", [tuple(row) for row in rows[name]])
    engine.dispose()


@pytest.fixture
def reader(mariadb):
    """The address with an account that may only read."""
    city(mariadb)
    engine, user = sa.create_engine(mariadb, isolation_level="AUTOCOMMIT"), f"duban_{uuid4().hex[:8]}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create user {user}@'%%' identified by '{WORD}'")
        connection.exec_driver_sql(f"grant select, show view on {engine.url.database}.* to {user}@'%%'")
    yield engine.url.set(username=user, password=WORD).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop user {user}@'%%'")
    engine.dispose()


@pytest.fixture
def office(tmp_path, monkeypatch, prefect_server):
    """A server with nothing on it but the program."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "jurisdictions"))
    with MailServer(security="plain") as server:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "plain"}.items():
            monkeypatch.setenv(f"DUBAN_SMTP__{name}", value)
        yield tmp_path, server


def edit(path, **changes):
    text = path.read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def subjects(server):
    return [str(message_from_bytes(mail.content, policy=policy.default)["Subject"]) for mail in server.received]


def told(capsys):
    return capsys.readouterr().out


def test_a_new_city_goes_live_as_the_guide_says(office, mariadb, reader, monkeypatch, capsys):
    place, server = office
    folder, mine = place / "jurisdictions" / NAME, ("-j", NAME)

    # 1. The scaffold, and the local names.
    assert main(["init", *mine]) == 0
    edit(
        folder / "jurisdiction.yaml",
        name=("name: 某市 ", "name: 新市 "),
        to=("zhiban@example.invalid", "ducha@xin.example"),
    )
    edit(folder / "source" / "proposals.sql", table=("FROM proposal AS p", "FROM jy_proposal AS p"))
    (folder / "source" / "contacts.sql").unlink()
    monkeypatch.setenv("DUBAN_SOURCE_URL__XIN_SHI", mariadb)
    assert main(["check-config", *mine, "--source"]) == 2, "the account may write"
    monkeypatch.setenv("DUBAN_SOURCE_URL__XIN_SHI", reader)

    # The contacts, from the workbook that the command hands out.
    workbook = place / "联系人.xlsx"
    assert main(["import", "contacts", *mine, str(workbook), "--template"]) == 0
    book = load_workbook(workbook)
    for code, name, _ in UNITS:
        for role in ("承办人员", "承办科室", "分管领导"):
            book["联系人"].append([name, role, None, f"{role}甲", f"{code.lower()}@xin.example", None])
    book.save(workbook)
    assert main(["import", "contacts", *mine, str(workbook), "--from", "2026-01-01", "--by", "周敏"]) == 0

    # 2. and 3. Everything is checked, the source too; the rules are shown.
    assert main(["check-config", *mine, "--source"]) == 0
    assert re.search(r"承办单位 3 行、.*建议提案 6 行", told(capsys))
    assert main(["rules", *mine]) == 0

    # 4. Nothing happens in a dry run; then the office alone gets everything.
    day = ("--as-of", str(DAY))
    assert main(["run", "daily-supervision", *mine, *day, "--dry-run"]) == 0
    assert server.received == []
    assert main(["run", "daily-supervision", *mine, *day, "--send"]) == 0
    rehearsed = subjects(server)
    assert {mail.to for mail in server.received} == {("ducha@xin.example",)}
    assert rehearsed
    assert all(subject.startswith("【演练】") for subject in rehearsed)
    assert main(["explain", *mine, "2", *day]) == 0
    assert "逾期" in told(capsys)
    published = place / "通报.csv"
    published.write_text(
        "单位,答复率（计）,答复率（总）,答复率\n市教育局,1,2,50.00%\n市交通运输局,2,2,96.55%\n", encoding="utf-8"
    )
    assert main(["compare", *mine, str(published), *day]) == 0
    assert "得不出 市交通运输局 答复率:通报 96.55%" in told(capsys)

    # 5. Live: the units get what they were never told before.
    edit(folder / "jurisdiction.yaml", live=("rehearsal_to: ducha@xin.example", "rehearsal_to: null"))
    server.received.clear()
    assert main(["run", "daily-supervision", *mine, *day, "--send"]) == 0
    live = subjects(server)
    assert sorted(live) == sorted(subject.removeprefix("【演练】") for subject in rehearsed)
    assert {address for mail in server.received for address in mail.to} == {
        f"{code.lower()}@xin.example" for code, _, _ in UNITS
    }
    server.received.clear()
    assert main(["run", "daily-supervision", *mine, "--as-of", str(DAY + timedelta(1)), "--send"]) == 0
    assert not set(subjects(server)) & set(live)
