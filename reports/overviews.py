"""What the office sees of a run at a glance: Markdown and table rows for the run's artifacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from tasks.domain.frames import State, label
from tasks.domain.matching import unequal

SHOWN_STATES = (
    State.OVERDUE,
    State.DUE_SOON,
    State.OPEN,
    State.MET,
    State.MET_LATE,
    State.SUSPENDED,
    State.EXCUSED,
)
Row = dict[str, str | int]


def totals_by_duty(obligations: pd.DataFrame, labels: Mapping[str, str]) -> list[Row]:
    """Return one row a duty with the count of each state, and a last row with the sums; every row adds up."""
    counted = pd.crosstab(obligations["duty"].astype("str"), obligations["state"].astype("str"))
    counted = counted.reindex(index=[duty for duty in labels if duty in counted.index]).reindex(
        columns=[str(state) for state in SHOWN_STATES], fill_value=0
    )
    counted.loc["合计"] = counted.sum()
    return [_duty_row(labels.get(str(duty), str(duty)), counted.loc[duty]) for duty in counted.index]


def _duty_row(name: str, counts: pd.Series) -> Row:
    row: Row = {"事项": name, "总数": int(counts.sum())}
    return row | {label("state", state): int(counts[state]) for state in SHOWN_STATES}


def totals_by_unit(obligations: pd.DataFrame, names: Mapping[str, str]) -> list[Row]:
    """Return one row a unit: overdue and due-soon acts, replies owed and made, the unit with most overdue first."""
    unit = obligations["unit_id"].astype("str")
    state, reply = obligations["state"], obligations["duty"] == "reply"
    flags = pd.DataFrame(
        {
            "unit": unit,
            "逾期事项": state == State.OVERDUE,
            "临期事项": state == State.DUE_SOON,
            "应答复": reply & (state != State.EXCUSED),
            "已答复": reply & state.isin([State.MET, State.MET_LATE]),
            "逾期未答复": reply & (state == State.OVERDUE),
        }
    )
    counted = flags.groupby("unit").sum().reset_index().sort_values(["逾期事项", "unit"], ascending=[False, True])
    columns = [column for column in counted.columns if column != "unit"]
    return [
        {"单位": names.get(row["unit"], row["unit"])} | {column: int(row[column]) for column in columns}
        for row in counted.to_dict("records")
    ]


def changes(obligations: pd.DataFrame, before: pd.DataFrame | None, titles: Mapping[str, str]) -> list[Row]:
    """Return what is new since the previous assessment: acts that fell overdue, were met, or whose last day moved."""
    if before is None:
        return []
    key = ["proposal_id", "unit_id", "duty", "round"]
    columns = ["state", "due_on", "extended_to"]
    now, then = (
        frame[[*key, *columns]].astype(dict.fromkeys([*key[:3], "state"], "str"))
        for frame in unequal(obligations, before, key, columns)
    )
    both = now.merge(then, on=key, how="left", suffixes=("", "_before"))
    last = both["extended_to"].fillna(both["due_on"])
    last_before = both["extended_to_before"].fillna(both["due_on_before"])
    known = both["state_before"].notna()
    news = {
        "新逾期": (both["state"] == State.OVERDUE) & (both["state_before"] != State.OVERDUE),
        "新完成": both["state"].isin([State.MET, State.MET_LATE]) & (both["state_before"] != both["state"]) & known,
        "期限变动": known & (last != last_before),
    }
    return [
        {
            "变化": name,
            "编号": row["proposal_id"],
            "标题": titles.get(row["proposal_id"], ""),
            "单位": row["unit_id"],
            "事项": row["duty"],
            "期限": str((row["due_on"] if pd.isna(row["extended_to"]) else row["extended_to"]).date()),
        }
        for name, mask in news.items()
        for row in both[mask].to_dict("records")
    ]


def daily_overview(
    title: str,
    as_of: date,
    by_duty: Sequence[Row],
    news: Sequence[Row],
    quarantined: int,
    notices: Mapping[str, int],
    trace: Mapping[str, str],
) -> str:
    """Return the run's overview as Markdown; a run that found nothing to do says so."""
    total = by_duty[-1] if by_duty else {"总数": 0}
    counts = {name: sum(row["变化"] == name for row in news) for name in ("新逾期", "新完成", "期限变动")}
    lines = [
        f"# {title} {as_of} 督办概况",
        "",
        f"应办事项 **{total['总数']}** 项,其中逾期 **{total.get('逾期', 0)}** 项、临期 **{total.get('临期', 0)}** 项。",
        "较上次运行:" + "、".join(f"{name} {count} 项" for name, count in counts.items()) + "。",
        f"隔离记录 {quarantined} 条。" + ("" if not quarantined else "原因见“隔离记录”表。"),
        _notices(notices),
        "",
        *(markdown_table(by_duty) if by_duty else []),
        "",
        *(f"- {name}:`{value}`" for name, value in trace.items()),
    ]
    return "\n".join(lines)


def _notices(notices: Mapping[str, int]) -> str:
    shown = [f"{name} {count} 件" for name, count in notices.items() if count]
    return "通知:" + "、".join(shown) + "。" if shown else "今日没有需要发出的通知。"


def markdown_table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of a Markdown table; the first row's keys are its head."""
    head = list(rows[0])
    body = ["| " + " | ".join(str(row[name]) for name in head) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *body]
