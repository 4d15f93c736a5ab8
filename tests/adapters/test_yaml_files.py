"""Strict YAML: what is taken, and the whole text of what is said when it is not."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, Field, RootModel, model_validator

from tasks.adapters.yaml_files import ROOT, Strict, load_yaml, read_yaml, shown
from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Notice(Strict):
    session: str
    date: date
    phones: tuple[str, ...] = ()


class Span(Strict):
    first: int
    last: int

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.last < self.first:
            raise ValueError("last 早于 first")
        return self


class Office(Strict):
    name: str
    notices: tuple[Notice, ...] = ()
    by_group: dict[str, Notice] = Field(default_factory=dict)
    colour: Colour = Colour.RED
    is_open: bool = False
    share: float = 0.0
    count: int | None = None
    opens: time | None = None
    limit: Annotated[Limit, BeforeValidator(Limit.parse)] | None = None
    span: Span | None = None
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    days: frozenset[date] = frozenset()


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "office.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def said(folder: Path, text: str | bytes) -> str:
    """Return the refusal with the folder taken off."""
    with pytest.raises(ConfigurationError) as refused:
        load_yaml(written(folder, text), Office)
    return str(refused.value).replace(f"{folder.resolve()}/", "")


def told(*sentences: str) -> str:
    lines = "".join(f"\n  office.yaml:{sentence}" for sentence in sentences)
    return f"office.yaml: 有 {len(sentences)} 处错误{lines}\n请改正以上各处后重新运行。"


def data(folder: Path, text: str) -> Any:
    return read_yaml(written(folder, text)).data


def test_a_right_file_becomes_its_model(tmp_path):
    text = """\
name: 督查室
notices:
  - {session: "2026", date: 2026-06-30, phones: [0571-1, "2"]}
colour: green
is_open: true
share: 1
opens: 08:30
limit: 3 months
span: {first: 1, last: 2}
days: [2026-01-01, 2026-01-02]
"""
    assert load_yaml(written(tmp_path, text), Office) == Office(
        name="督查室",
        notices=(Notice(session="2026", date=date(2026, 6, 30), phones=("0571-1", "2")),),
        colour=Colour.GREEN,
        is_open=True,
        share=1.0,
        opens=time(8, 30),
        limit="3 months",
        span=Span(first=1, last=2),
        days=frozenset({date(2026, 1, 1), date(2026, 1, 2)}),
    )


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "Y", "08:30", "1:30:00", "0571", "1_000", "0x1f", "1e3x"])
def test_plain_text_stays_text(tmp_path, text):
    assert data(tmp_path, f"name: {text}\n") == {"name": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("7", 7), ("-7", -7), ("0", 0), ("0.05", 0.05), ("1e3", 1000.0), ("", None), ("~", None)],
)
def test_plain_values_are_read(tmp_path, text, value):
    assert data(tmp_path, f"name: {text}\n") == {"name": value}


def test_a_date_is_a_date_and_a_quoted_one_is_text(tmp_path):
    assert data(tmp_path, "a: 2026-09-30\nb: '2026-09-30'\n") == {"a": date(2026, 9, 30), "b": "2026-09-30"}


def test_keys_are_text(tmp_path):
    assert data(tmp_path, "2009: a\ntrue: b\n") == {"2009": "a", "true": "b"}


def test_each_key_and_item_has_its_line(tmp_path):
    document = read_yaml(written(tmp_path, "name: a\nnotices:\n\n  - session: b\n    date: 2026-01-01\n"))
    assert document.lines[("notices",)] == 2
    assert document.lines[("notices", "0")] == 4
    assert document.lines[("notices", "0", "date")] == 5


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert load_yaml(written(tmp_path, b"\xef\xbb\xbfname: a\n"), Office).name == "a"


def test_all_faults_are_listed_by_line(tmp_path):
    text = """\
nmae: 督查室
notices:
  - {session: 2026, date: 2026-09-31}
  - {session: "2027", date: 2026-06-30, phone: []}
colour: blue
is_open: on
percent: 101
count: "3"
limit: 3 moons
span: {first: 2, last: 1}
is_open: true
"""
    assert said(tmp_path, text) == told(
        "1 name：缺少这个键。请补上。",
        "1 nmae：不认识的键。是不是想写 name？这里可用的键：by_group、colour、count、days、is_open、limit、name、notices、"
        "opens、percent、share、span。",
        "3 notices[0].date：“2026-09-31”不是真实存在的日期。请核对原文，改为真实的日期，写作 2026-09-30。",
        "3 notices[0].session：“2026”的类型不对。应为文字；数字、日期要当文字用时加引号。",
        "4 notices[1].phone：不认识的键。是不是想写 phones？这里可用的键：date、phones、session。",
        "5 colour：不能是“blue”。只能是 red、green。",
        "6 is_open：“on”的类型不对。应为 true 或 false。",
        "7 percent：“101”太大。不能大于 100。",
        "8 count：“3”的类型不对。应为整数。",
        "9 limit：期限“3 moons”写法不对，可写 3 months（单数 1 month）、15 days、20 workdays 或 end of next year。请改正。",
        "10 span：last 早于 first。请改正。",
        "11 is_open：键重复，第 6 行已经有了。请只留一处。",
    )


def test_a_quoted_impossible_date_is_refused_where_a_date_belongs(tmp_path):
    text = 'name: a\nby_group:\n  county: {session: "1", date: "2026-02-30"}\n'
    assert said(tmp_path, text) == told(
        "3 by_group.county.date：“2026-02-30”不是真实存在的日期。应为日期，写作 2026-09-30。"
    )


def test_an_impossible_date_is_refused_even_where_text_belongs(tmp_path):
    assert said(tmp_path, "name: 2026-13-01\n") == told(
        "1 name：“2026-13-01”不是真实存在的日期。请核对原文，改为真实的日期，写作 2026-09-30。"
    )


def test_an_unknown_key_in_a_map_of_models_is_told_the_keys_of_that_model(tmp_path):
    text = 'name: a\nby_group:\n  name: {session: "1", date: 2026-06-30, sesion: "2"}\n'
    assert said(tmp_path, text) == told(
        "3 by_group.name.sesion：不认识的键。是不是想写 session？这里可用的键：date、phones、session。"
    )


def test_an_unknown_key_below_a_root_model_is_told_the_keys_of_that_model(tmp_path):
    path = written(tmp_path, "reply: {first: 1, lats: 2}\n")
    with pytest.raises(
        ConfigurationError, match=r"reply\.lats：不认识的键。是不是想写 last？这里可用的键：first、last。"
    ):
        load_yaml(path, RootModel[dict[str, Span]])


def test_a_number_where_a_limit_belongs_is_refused(tmp_path):
    assert "limit：期限“3”写法不对" in said(tmp_path, "name: a\nlimit: 3\n")


def test_a_key_without_value_is_refused_where_a_value_belongs(tmp_path):
    assert said(tmp_path, "name:\n") == told("1 name：空值的类型不对。应为文字；数字、日期要当文字用时加引号。")


def test_a_list_where_a_mapping_belongs_is_refused(tmp_path):
    assert said(tmp_path, "name: a\nspan: [1, 2]\n") == told("2 span：这里的内容的类型不对。应为键值表。")


@pytest.mark.parametrize("text", ["", "# 只有注释\n", "---\n"])
def test_an_empty_file_is_refused(tmp_path, text):
    assert said(tmp_path, text) == told("1 文件是空的。请补全内容，或删去这个文件。")


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path):
    assert said(tmp_path, b"name: a\ncolour: " + "绿".encode("gbk")) == told(
        "2 不是 UTF-8 编码。请在编辑器里另存为 UTF-8。"
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="读不了这个文件：No such file"):
        load_yaml(tmp_path / "nothing.yaml", Office)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: a\ncolour: [red\n", "3 不是合格的 YAML：expected ',' or ']', but got '<stream end>'"),
        ("name: a\n\tcolour: red\n", "2 不是合格的 YAML：found character '\\t' that cannot start any token"),
        ("name: a\ncolour：red\n", "3 不是合格的 YAML：could not find expected ':'"),
        ("name: &a b\nother: *a\n", "2 不是合格的 YAML：aliases (*name) are not allowed"),
        ("name: !!python/object:os.system a\n", "1 不是合格的 YAML：could not determine a constructor"),
        ("name: a\ncolour: b\x01\n", "2 有不可见的控制字符 0x01。请删去它。"),
        ("name: a\n---\nname: b\n", "2 不是合格的 YAML：but found another document"),
    ],
)
def test_what_is_no_yaml_is_refused_at_its_line(tmp_path, text, problem):
    assert f"\n  office.yaml:{problem}" in said(tmp_path, text)


def test_a_list_as_key_is_refused(tmp_path):
    assert said(tmp_path, "name: a\n? [1, 2]\n: b\n") == told("2 键必须是一个词。请把列表或键值表移到冒号后面。")


def test_models_do_not_change(tmp_path):
    office = load_yaml(written(tmp_path, "name: a\n"), Office)
    with pytest.raises(ValueError, match="frozen"):
        office.name = "b"


def test_a_file_of_the_project_is_named_from_its_root():
    assert shown(ROOT / "config" / "calendar" / "published.yaml") == "config/calendar/published.yaml"
