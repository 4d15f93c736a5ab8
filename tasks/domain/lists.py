"""Lists of units and contacts as an office fills them in: every row checked, and history kept when a list changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tasks.domain.frames import CONTACTS, LABELS, UNITS, FrameSpec
from tasks.domain.grids import Table
from tasks.domain.notices import is_mail_address

Row = Mapping[str, str]
"""A row of a list: text by column, dates in ISO form, empty where there is nothing."""

FRAMES: Mapping[str, FrameSpec] = {"organisations": UNITS, "contacts": CONTACTS}
ROLES: Mapping[str, str] = {label: role for role, label in LABELS["contact_role"].items()}
CHINESE_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of a list may refer to: groups (key to label) and units (id to name)."""

    groups: Mapping[str, str]
    units: Mapping[str, str]


def heads(list_name: str) -> dict[str, tuple[str, ...]]:
    """Return by column of the list the heads it may have: the Chinese label first, then its own name."""
    names: dict[str, tuple[str, ...]] = {
        column.name: (column.label, column.name) for column in FRAMES[list_name].columns
    }
    if list_name == "contacts":
        names["unit_id"] = ("承办单位", "单位", "单位编号", "单位名称", "unit_id")
        names["role"] = ("角色", "联系人角色", "role")
    return names


def required(list_name: str) -> tuple[str, ...]:
    """Return the columns that the list must have."""
    return ("unit_id", "role", "name", "email") if list_name == "contacts" else ("unit_id", "name", "group")


def checked(list_name: str, table: Table, known: Known) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows in canonical form and every fault with its sheet, row and column."""
    spec, faults, rows = FRAMES[list_name], [], []
    seen: dict[tuple[str, ...], int] = {}
    for number, given in table.rows:
        row = {column.name: given.get(column.name, "") for column in spec.columns}
        for column, what in _settle(list_name, row, known):
            faults.append(table.fault(number, column, what))
        key = (row["unit_id"],) if list_name == "organisations" else (row["unit_id"], row["role"])
        if key in seen:
            faults.append(table.fault(number, "unit_id", f"与第 {seen[key]} 行重复"))
        seen.setdefault(key, number)
        rows.append(row)
    return rows, faults if rows else [f"工作表“{table.grid.name}”表头以下没有内容"]


def _settle(list_name: str, row: dict[str, str], known: Known) -> Iterator[tuple[str, str]]:
    """Bring the row into canonical form in place, and yield (column, what is wrong)."""
    for column in required(list_name):
        if not row[column] and column != "email":
            yield column, "空着"
    yield from _settle_days(row)
    if list_name == "contacts":
        yield from _settle_contact(row, known)
    elif row["group"]:
        yield from _one_of(row, "group", {label: key for key, label in known.groups.items()}, known.groups)


def _settle_days(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in ("valid_from", "valid_to"):
        if row[column]:
            day = as_day(row[column])
            row[column] = day or row[column]
            if day is None:
                yield column, f"“{row[column]}”不是真实存在的日期,写作 2026-03-01"
    if "" not in (row["valid_from"], row["valid_to"]) and row["valid_from"] > row["valid_to"]:
        yield "valid_to", f"停用日期 {row['valid_to']} 早于启用日期 {row['valid_from']}"


def _settle_contact(row: dict[str, str], known: Known) -> Iterator[tuple[str, str]]:
    if row["role"]:
        yield from _one_of(row, "role", ROLES, LABELS["contact_role"])
    if row["email"] and not is_mail_address(row["email"]):
        yield "email", f"“{row['email']}”不是邮箱地址(应为一个邮箱,不带姓名和空格)"
    if row["unit_id"]:
        yield from _one_of(row, "unit_id", {name: unit for unit, name in known.units.items()}, known.units)


def _one_of(
    row: dict[str, str], column: str, by_label: Mapping[str, str], keys: Collection[str]
) -> Iterator[tuple[str, str]]:
    given = row[column]
    row[column] = given if given in keys else by_label.get(given, given)
    if row[column] not in keys:
        shown = "、".join(list(by_label)[:12])
        yield column, f"没有“{given}”;可用:{shown}{'……' if len(by_label) > 12 else ''}"


def as_day(text: str) -> str | None:
    """Return the day in ISO form; None for a day that does not exist.

    >>> as_day("2026年3月1日"), as_day("2026/9/31")
    ('2026-03-01', None)
    """
    if (found := CHINESE_DAY.fullmatch(text)) is None:
        return None
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None
