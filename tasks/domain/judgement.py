"""What the office makes of a finding: confirmed or rejected by a person, with the reason; and how often each rule was right.

A finding that somebody judged does not come back as new. If its evidence changes it is another edition of the same finding:
it is to be judged again, with the earlier judgement beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from tasks.domain.finding_rules import FINDINGS, FindingRule
from tasks.domain.frames import Column, FrameSpec


class Verdict(StrEnum):
    """What a person says of a finding; ``reopened`` takes back what was said before."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REOPENED = "reopened"


class Judged(StrEnum):
    """Where a finding stands with the office."""

    PENDING = "pending"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: "属实",
    Verdict.REJECTED: "不属实",
    Verdict.REOPENED: "撤回认定",
}
TO_JUDGE = (Judged.PENDING, Judged.CHANGED)
KEY = list(FINDINGS.key)
EDITIONS = FrameSpec(
    "finding_editions",
    "疑点",
    ("finding_id",),
    (
        Column("finding_id", "integer", "序号", required=True),
        *FINDINGS.columns,
        Column("found_on", "date", "首次列出", required=True),
    ),
)
VERDICTS = FrameSpec(
    "finding_verdicts",
    "疑点认定",
    ("verdict_id",),
    (
        Column("verdict_id", "integer", "认定序号", required=True),
        *EDITIONS.columns,
        Column("verdict", "category", "认定", required=True, values=tuple(map(str, Verdict))),
        Column("name", "text", "认定人", required=True),
        Column("reason", "text", "理由", required=True),
        Column("at", "timestamp", "认定时间", required=True),
    ),
)
JUDGED = FrameSpec(
    "judged_findings",
    "疑点清单",
    ("finding_id",),
    (
        Column("finding_id", "integer", "序号", required=True),
        Column("judged", "category", "认定情况", required=True, values=tuple(map(str, Judged))),
        *FINDINGS.columns,
        Column("found_on", "date", "首次列出", required=True),
        Column("name", "text", "认定人"),
        Column("at", "timestamp", "认定时间"),
        Column("reason", "text", "理由"),
        Column("earlier", "text", "依据变化前的认定"),
    ),
)
RULE_RECORD = FrameSpec(
    "rule_record",
    "各类疑点认定情况",
    ("rule",),
    (
        Column("rule", "category", "疑点", required=True, values=tuple(map(str, FindingRule))),
        Column("current", "integer", "现有", required=True),
        Column("to_judge", "integer", "待判断", required=True),
        Column("confirmed", "integer", "历次认定属实", required=True),
        Column("rejected", "integer", "历次认定不属实", required=True),
    ),
)


def standing(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict that holds of each finding (``VERDICTS``): the newest one, none where that reopened it."""
    newest = verdicts.sort_values("verdict_id", kind="stable").drop_duplicates("finding_id", keep="last")
    return newest[newest["verdict"] != Verdict.REOPENED].reset_index(drop=True)


def judged(current: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return ``JUDGED``: the ``current`` findings (``EDITIONS``) in their order, each with what was said of it.

    ``verdicts`` (``VERDICTS``) are all ever given. One on an earlier edition of the same finding is told in ``earlier``.
    """
    held = standing(verdicts)
    own = held.set_index("finding_id")[["verdict", "name", "at", "reason"]]
    rows = current.join(own, on="finding_id")
    before = _told(held[~held["finding_id"].isin(current["finding_id"])])
    earlier = pd.MultiIndex.from_frame(rows[KEY]).map(before.to_dict()) if len(rows) else []
    rows = rows.assign(earlier=pd.Series(list(earlier), index=rows.index, dtype="str"))
    unsaid = pd.Series(str(Judged.PENDING), index=rows.index).mask(rows["earlier"].notna(), str(Judged.CHANGED))
    is_judged = rows["verdict"].notna()
    return JUDGED.typed(
        rows.assign(judged=rows["verdict"].where(is_judged, unsaid), earlier=rows["earlier"].mask(is_judged))
    )


def _told(verdicts: pd.DataFrame) -> pd.Series:
    """Return in words, by the finding's key, the newest of these verdicts."""
    newest = verdicts.sort_values("verdict_id", kind="stable").drop_duplicates(KEY, keep="last")
    said = newest["verdict"].map({str(verdict): label for verdict, label in VERDICT_LABELS.items()})
    words = (
        newest["name"] + "认定" + said.astype("str") + "（" + newest["reason"] + "）；当时的依据：" + newest["evidence"]
    )
    return pd.Series(words.to_numpy(), index=pd.MultiIndex.from_frame(newest[KEY]))


def rule_record(listed: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return ``RULE_RECORD``: a row for each rule that found something or was ever judged, in the rules' order.

    ``listed`` is ``JUDGED``. Verdicts count by finding: one that was changed counts as it stands, one taken back does not.
    """
    held = standing(verdicts)
    counts = pd.DataFrame(
        {
            "current": listed["rule"].value_counts(),
            "to_judge": listed.loc[listed["judged"].isin(list(map(str, TO_JUDGE))), "rule"].value_counts(),
            "confirmed": held.loc[held["verdict"] == Verdict.CONFIRMED, "rule"].value_counts(),
            "rejected": held.loc[held["verdict"] == Verdict.REJECTED, "rule"].value_counts(),
        },
        index=[str(rule) for rule in FindingRule],
    ).fillna(0)
    some = counts[counts[["current", "confirmed", "rejected"]].sum(axis=1) > 0]
    return RULE_RECORD.typed(some.rename_axis("rule").reset_index())


def refused(verdict: Verdict, held: Verdict | None) -> str | None:
    """Return in Chinese why this verdict cannot be given where that one holds; None if it can."""
    if verdict is Verdict.REOPENED:
        return None if held else "还没有认定，无从撤回"
    return f"已经认定{VERDICT_LABELS[verdict]}" if verdict is held else None
