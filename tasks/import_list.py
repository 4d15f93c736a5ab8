"""Take a list of units or contacts from a workbook into the jurisdiction's own CSV file, and hand out an empty one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd

from reports.workbooks import Sheet, workbook_bytes
from tasks.adapters.archive import write_atomically
from tasks.adapters.ledger import audit
from tasks.adapters.sheets import read_grid
from tasks.adapters.source_files import LISTS, listed
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.adapters.yaml_files import shown
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import Column
from tasks.domain.grids import refusal, table
from tasks.domain.list_changes import Merged, merged_contacts, merged_units
from tasks.domain.lists import FRAMES, Known, checked, heads, required
from tasks.refresh import read_now

HINTS = {
    "unit_id": "单位编号;联系人表里也可以写单位名称",
    "group": "组别:{groups}",
    "role": "主要领导、分管领导、承办科室、承办人员、办公室 之一;每个单位每个角色一人",
    "email": "一个邮箱;没有的空着,通知改送上一级并列明",
    "valid_from": "何日起;空着即从导入之日起",
    "valid_to": "何日止;空着即仍在用",
}


def import_list(
    jurisdiction: str, list_name: str, path: Path, day: date | None, by: str, now: datetime, *, dry_run: bool
) -> list[str]:
    """Check every row of the workbook, take it as the list in force from ``day``, and return what changed.

    Whoever is not in it any more is ended the day before, never removed. Raises ``ConfigurationError`` with every fault by
    sheet, row and column; then, and with ``dry_run``, nothing is written.
    """
    workplace = open_workplace(jurisdiction)
    target = _target(workplace, list_name)
    begun = day or now.astimezone(workplace.jurisdiction.zone).date()
    given = table(read_grid(path, FRAMES[list_name].label), heads(list_name), required(list_name))
    known = _known(workplace, list_name)
    rows, faults = checked(list_name, given, known)
    if faults:
        raise refusal(str(path), faults)
    old = _rows(target, list_name)
    made = (
        merged_units(old, rows, begun)
        if list_name == "organisations"
        else merged_contacts(old, rows, begun, known.units)
    )
    if not dry_run:
        _write(workplace, target, list_name, made, by, now)
    return [*made.changes, f"共 {len(made.rows)} 行,变化 {len(made.changes)} 处"]


def write_template(jurisdiction: str, list_name: str, path: Path, now: datetime) -> int:
    """Write a workbook to fill in, with the list in force already in it, and return its number of rows."""
    workplace = open_workplace(jurisdiction)
    spec, names = FRAMES[list_name], heads(list_name)
    target = workplace.jurisdiction.folder / LISTS[spec.name]
    names_of = _known(workplace, list_name).units
    rows = [
        row | ({"unit_id": names_of.get(row["unit_id"], row["unit_id"])} if list_name == "contacts" else {})
        for row in _rows(target, list_name)
        if not row["valid_to"]
    ]
    columns = tuple(
        Column(c.name, "category" if c.values else "text", names[c.name][0], values=c.values) for c in spec.columns
    )
    groups = "、".join(workplace.jurisdiction.groups.values())
    must = {name: "必填" for name in required(list_name) if name != "email"}
    told = [(names[c.name][0], must.get(c.name, ""), HINTS.get(c.name, "").format(groups=groups)) for c in spec.columns]
    hints = pd.DataFrame(told, columns=["column", "must", "hint"])
    explained = tuple(
        Column(name, "text", label) for name, label in (("column", "表头"), ("must", "必填"), ("hint", "怎样填"))
    )
    frame = pd.DataFrame(rows, columns=spec.names, dtype="str").replace("", None)
    write_atomically(
        path, workbook_bytes([Sheet(spec.label, columns, frame), Sheet("填写说明", explained, hints)], now)
    )
    return len(rows)


def _target(workplace: Workplace, list_name: str) -> Path:
    frame, folder = FRAMES[list_name].name, workplace.jurisdiction.folder
    if (query := folder / "source" / f"{frame}.sql").exists():
        raise ConfigurationError(
            shown(query), f"{FRAMES[list_name].label}已由这个查询从业务库读取", "只能有一处:先删去这个查询,再导入表格。"
        )
    return folder / LISTS[frame]


def _known(workplace: Workplace, list_name: str) -> Known:
    """Return what rows may refer to; the units are those of the list, else of the source."""
    groups = workplace.jurisdiction.groups
    if list_name == "organisations":
        return Known(groups, {})
    units = {
        row["unit_id"]: row["name"] for row in _rows(workplace.jurisdiction.folder / LISTS["units"], "organisations")
    }
    if not units:
        frame = read_now(workplace).facts.units
        units = dict(zip(frame["unit_id"], frame["name"], strict=True))
    return Known(groups, units)


def _rows(path: Path, list_name: str) -> list[dict[str, str]]:
    names = FRAMES[list_name].names
    if not path.exists():
        return []
    frame = listed(path)
    return [{name: str(row.get(name, "")).strip() for name in names} for row in frame.to_dict("records")]


def _write(workplace: Workplace, target: Path, list_name: str, made: Merged, by: str, now: datetime) -> None:
    frame = pd.DataFrame(made.rows, columns=FRAMES[list_name].names, dtype="str")
    write_atomically(target, frame.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    with workplace.ledger.begin() as connection:
        counts = {"rows": len(made.rows), "changes": len(made.changes)}
        audit.enter(connection, workplace.name, by, "导入名单", target.name, now, **counts)
