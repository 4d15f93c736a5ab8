"""Why a date is what it is, in words: the rule, its article, the days counted and left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

from tasks.domain.deadlines import Limit, LimitUnit, due_on
from tasks.domain.dues import PROPOSAL_DATE
from tasks.domain.frames import LABELS, EventKind, Facts, label
from tasks.domain.history import known
from tasks.domain.rules import RuleBook, RuleValue
from tasks.domain.workdays import WorkdayCalendar

WEEKDAYS = "一二三四五六日"


def explain(
    facts: Facts,
    obligations: pd.DataFrame,
    rules: RuleBook,
    calendar: WorkdayCalendar,
    proposal_id: str,
    as_of: date,
    known_at: datetime | None = None,
) -> str:
    """Return, in Chinese, why every obligation of one proposal has its date and state on ``as_of``.

    ``KeyError`` when the proposal does not exist. ``obligations`` are those of the same day.
    """
    now = known(facts, as_of, known_at)
    found = now.proposals[now.proposals["proposal_id"] == proposal_id]
    if found.empty:
        raise KeyError(proposal_id)
    proposal = found.iloc[0]
    names = now.units.set_index("unit_id")["name"].to_dict()
    events = now.events[now.events["proposal_id"] == proposal_id]
    rows = obligations[obligations["proposal_id"] == proposal_id].to_dict("records")
    lines = [_heading(proposal, as_of), *_history(events, names)]
    for unit in dict.fromkeys(row["unit_id"] for row in rows):
        own = [row for row in rows if row["unit_id"] == unit]
        lines += ["", f"{names.get(unit, unit)}({label('role', own[0]['role'])})"]
        for row in own:
            lines += _obligation(row, rules, calendar, str(proposal["kind"]), events)
    return "\n".join([*lines, *([] if rows else ["", "尚未交办,没有应办事项。"])])


def _heading(proposal: pd.Series, as_of: date) -> str:
    number = "" if pd.isna(proposal["number"]) else f"第{proposal['number']}号 "
    return (
        f"{label('kind', proposal['kind'])} {number}{proposal['title']}({proposal['proposal_id']}),截至 {_day(as_of)}"
    )


def _history(events: pd.DataFrame, names: dict[str, str]) -> list[str]:
    ordered = events.sort_values(["happened_on", "event_id"], kind="stable").to_dict("records")
    return [
        f"  {row['happened_on'].date()} {label('event', row['kind'])}"
        + ("" if pd.isna(row["unit_id"]) else f" {names.get(row['unit_id'], row['unit_id'])}")
        + ("" if pd.isna(row["value"]) else f":{_value_label(row['value'])}")
        + ("" if pd.isna(row["until"]) else f",至 {row['until'].date()}")
        for row in ordered
    ]


def _value_label(value: str) -> str:
    known_labels = {**LABELS["outcome"], **LABELS["grade"], **LABELS["look_back"], **LABELS["method"]}
    return "/".join(known_labels.get(part, part) for part in value.split("/"))


def _obligation(
    row: dict[str, object], rules: RuleBook, calendar: WorkdayCalendar, kind: str, events: pd.DataFrame
) -> list[str]:
    name = rules.labels[str(row["duty"])] + (f"(第{row['round']}次)" if row["round"] != 1 else "")
    value = _value(rules, kind, row)
    lines = [f"  {name}:{_state(row)}", f"    依据:{row['article']}[{row['rule']}]"]
    lines.append(f"    期限:{_due(row, value, calendar)}")
    if not pd.isna(row["extended_to"]):
        lines.append(f"    延至:{_day(_date(row['extended_to']))},{_why_later(events)}")
    if row["is_provisional"]:
        lines.append(f"    暂定:{calendar.published_through.year + 1} 年放假安排尚未公布,公布后重算")
    return lines


def _value(rules: RuleBook, kind: str, row: dict[str, object]) -> RuleValue | None:
    values = rules.values.get((kind, str(row["duty"])), ())
    return next((value for value in values if value.rule_id == row["rule"]), None)


def _state(row: dict[str, object]) -> str:
    text = label("state", row["state"])
    if row["reason"]:
        text += f"({row['reason']})"
    if not pd.isna(row["met_on"]):
        text += f",{_date(row['met_on'])} 完成"
    if row["days_late"]:
        text += f",逾期 {row['days_late']} 天({row['workdays_late']} 个工作日)"
    if not pd.isna(row["days_left"]):
        text += f",还剩 {row['days_left']} 天"
    return text


def _due(row: dict[str, object], value: RuleValue | None, calendar: WorkdayCalendar) -> str:
    starts, due = _date(row["starts_on"]), _date(row["due_on"])
    if value is None or value.limit is None:
        source = "该件指定" if row["rule"] == PROPOSAL_DATE.rule_id else "通知规定"
        return f"{source}的日期 {_day(due)},早于按规则算出的日期,不顺延"
    counted = due_on(starts, value.limit, calendar)
    if counted != due:
        return f"承诺自定的日期 {_day(due)},不顺延"
    return f"{_day(due)}。{_counting(starts, due, value.limit, calendar)}"


def _counting(starts: date, due: date, limit: Limit, calendar: WorkdayCalendar) -> str:
    text = f"自 {_day(starts)} 起算 {limit.label},当日不计"
    unrolled = due_on(starts, limit, calendar, roll=False)
    if unrolled != due:
        skipped = [unrolled + timedelta(n) for n in range((due - unrolled).days)]
        text += f";{_day(unrolled)} 不是工作日,顺延 {len(skipped)} 天至下一工作日"
    if limit.unit is LimitUnit.WORKDAYS:
        days = [starts + timedelta(n + 1) for n in range((due - starts).days)]
        off = [day for day in days if not calendar.is_workday(day)]
        made_up = [day for day in days if day in calendar.make_up_workdays]
        text += f";其间休息 {len(off)} 天" + (f",调休上班 {'、'.join(map(str, made_up))}" if made_up else "")
    elif limit.unit is not LimitUnit.YEAR_END:
        text += ";期间节假日不扣除"
    return text


def _why_later(events: pd.DataFrame) -> str:
    kinds = set(events["kind"])
    reasons = [
        text
        for kind, text in ((EventKind.EXTENSION_APPROVED, "批准延期"), (EventKind.RESUMED, "扣除中止的天数"))
        if kind in kinds
    ]
    return "、".join(reasons)


def _date(value: object) -> date:
    return value.date() if isinstance(value, pd.Timestamp) else value  # type: ignore[return-value]


def _day(day: date) -> str:
    return f"{day}(周{WEEKDAYS[day.weekday()]})"
