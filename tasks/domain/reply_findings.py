"""Findings about single replies, from dates and records alone.

Every check returns ``subject`` (proposal_id), ``unit_id``, ``year``, ``evidence`` and ``confidence``, one row a reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import pandas as pd

from tasks.domain.finding_rules import Confidence, FindingRules
from tasks.domain.frames import EventKind, Facts, Role, label
from tasks.domain.history import Timeline, known, timeline
from tasks.domain.records import chinese_days, records, unit_names
from tasks.domain.reply_texts import reply_texts

MEETINGS = (EventKind.MEETING_BEFORE, EventKind.MEETING_DURING, EventKind.MEETING_AFTER)
# Pairs that cannot happen the other way round. Review and sign-off after the reply are findings of their own.
IN_ORDER = (
    (EventKind.REPLY_DRAFTED, EventKind.REPLY_REVIEWED),
    (EventKind.REPLY_REVIEWED, EventKind.REPLY_SIGNED_OFF),
    (EventKind.MEETING_BEFORE, EventKind.REPLY_ISSUED),
    (EventKind.REPLY_ISSUED, EventKind.MEETING_AFTER),
    (EventKind.REPLY_ISSUED, EventKind.FEEDBACK),
    (EventKind.REPLY_ISSUED, EventKind.PUBLISHED),
    (EventKind.REPLY_ISSUED, EventKind.LOOKED_BACK),
    (EventKind.COMMITMENT_MADE, EventKind.COMMITMENT_FULFILLED),
)
A_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Handled:
    """What the rules look at: the facts known on a day, their records, and the replies of those who answer.

    ``replies`` has one row a reply: position, assignment and proposal, ``replied_on``, ``before_on`` (the unit's reply
    before it, NaT for the first), ``is_last``, ``year`` (of the assignment), event_id and note.
    """

    facts: Facts
    now: Timeline
    records: pd.DataFrame
    replies: pd.DataFrame
    obligations: pd.DataFrame
    rules: FindingRules
    as_of: pd.Timestamp

    def unit_names(self, unit_ids: pd.Series) -> pd.Series:
        """Return the units' names."""
        return unit_names(self.facts.units, unit_ids)

    @cached_property
    def texts(self) -> pd.DataFrame:
        """The replies whose text the source holds, as ``reply_texts`` gives them."""
        return reply_texts(self.replies, self.facts)

    def of_kinds(self, *kinds: EventKind) -> pd.DataFrame:
        """Return the records of these kinds, in the order of assignment and day."""
        return self.records[self.records["kind"].isin(list(map(str, kinds)))]


def handled(facts: Facts, obligations: pd.DataFrame, rules: FindingRules, as_of: date) -> Handled:
    """Return what the rules look at on ``as_of``; ``obligations`` are those of the same facts and day."""
    facts = known(facts, as_of)
    now = timeline(facts, as_of)
    everything = records(now)
    replies = everything[everything["is_answering"] & (everything["kind"] == EventKind.REPLY_ISSUED)]
    by_unit = replies.groupby("position")["happened_on"]
    replies = replies.assign(
        replied_on=replies["happened_on"],
        before_on=by_unit.shift(),
        is_last=by_unit.shift(-1).isna(),
        year=replies["assigned_on"].dt.year,
    ).reset_index(drop=True)
    return Handled(facts, now, everything, replies, obligations, rules, pd.Timestamp(as_of))


def reply_unreviewed(case: Handled) -> pd.DataFrame:
    """A reply without a review on or before its day."""
    return _step_missing(case, EventKind.REPLY_REVIEWED)


def reply_unsigned(case: Handled) -> pd.DataFrame:
    """A reply without a sign-off on or before its day."""
    return _step_missing(case, EventKind.REPLY_SIGNED_OFF)


def _step_missing(case: Handled, step: EventKind) -> pd.DataFrame:
    steps, replies = case.of_kinds(step), case.replies
    before = day_before(replies, steps)
    after = day_after(replies, steps)
    if not is_recorded(case, before.notna() | after.notna()):
        return found(replies.iloc[:0])
    rows = replies[before.isna()]
    late = after[before.isna()]
    name = label("event", step)
    said = chinese_days(rows["replied_on"]) + "答复，" + name
    evidence = (said + "在" + chinese_days(late) + "，晚于答复").where(late.notna(), said + "没有记录")
    confidence = pd.Series(str(Confidence.HIGH), index=rows.index).where(late.notna(), str(Confidence.MEDIUM))
    return found(rows, evidence, confidence)


def reply_before_opinions(case: Handled) -> pd.DataFrame:
    """A first reply of the lead that did not wait for the opinion of a co-organising unit assigned by then."""
    first = case.replies[case.replies["before_on"].isna() & (case.replies["role"] == Role.LEAD)]
    opinions = (
        case.records[case.records["kind"] == EventKind.OPINION_SUBMITTED].groupby("position")["happened_on"].min()
    )
    co = case.now.assignments[case.now.assignments["role"] == Role.CO_ORGANISING]
    co = co.assign(opinion_on=opinions.reindex(co.index), co_name=case.unit_names(co["unit_id"]))
    pairs = first.merge(
        co[["proposal_id", "assigned_on", "ended_on", "opinion_on", "co_name"]], on="proposal_id", suffixes=("", "_co")
    )
    pairs = pairs[(pairs["assigned_on_co"] <= pairs["replied_on"]) & ~(pairs["ended_on_co"] <= pairs["replied_on"])]
    merged = case.facts.proposals.loc[case.facts.proposals["merged_into"].notna(), "proposal_id"]
    if not is_recorded(case, pairs["opinion_on"].notna()):
        return found(pairs.iloc[:0])
    early = pairs[~(pairs["opinion_on"] <= pairs["replied_on"]) & ~pairs["proposal_id"].isin(merged)]
    came = ("（" + chinese_days(early["opinion_on"]) + "才到）").where(early["opinion_on"].notna(), "（至今未到）")
    evidence = chinese_days(early["replied_on"]) + "答复时协办意见未到：" + early["co_name"] + came
    confidence = pd.Series(str(Confidence.HIGH), index=early.index).where(
        early["opinion_on"].notna(), str(Confidence.MEDIUM)
    )
    return found(early, evidence, confidence)


def form_missing(case: Handled) -> pd.DataFrame:
    """A last reply, older than so many days, without a satisfaction form since."""
    form_on = day_after(case.replies, case.of_kinds(EventKind.FEEDBACK))
    if not is_recorded(case, form_on.notna()):
        return found(case.replies.iloc[:0])
    age = (case.as_of - case.replies["replied_on"]).dt.days
    days = case.rules.form_missing_after_days
    rows = case.replies[form_on.isna() & case.replies["is_last"] & (age > days)]
    return found(rows, chinese_days(rows["replied_on"]) + f"答复，超过{days}天没有收回反馈表", Confidence.LOW)


def form_on_reply_day(case: Handled) -> pd.DataFrame:
    """A satisfaction form dated on the day of the reply; less sure if the proposer was met that day."""
    forms = case.of_kinds(EventKind.FEEDBACK)
    same = _on_same_day(case.replies, forms[forms["is_own"]])
    met = _on_same_day(case.replies, case.of_kinds(EventKind.MEETING_AFTER))[same]
    rows = case.replies[same]
    said = "答复和反馈都在" + chinese_days(rows["replied_on"])
    confidence = pd.Series(str(Confidence.MEDIUM), index=rows.index).mask(met, str(Confidence.LOW))
    return found(rows, said.mask(met, said + "，当日有办后见面"), confidence)


def dates_contradict(case: Handled) -> pd.DataFrame:
    """Events of one unit in an order that cannot be, a reply before its assignment, an entry before its event.

    What belongs to a second handling is not told apart from the first, so that steps before a reply are compared only
    where there was one reply at most.
    """
    own = case.records[case.records["is_answering"] & case.records["is_own"]]
    first = own.drop_duplicates(["position", "kind"])
    again = case.replies.loc[~case.replies["is_last"], "position"]
    once = first[~first["position"].isin(again)]
    parts = [
        *(_out_of_order(first if one == EventKind.REPLY_ISSUED else once, one, then) for one, then in IN_ORDER),
        _replied_before_assigned(first),
        _entered_too_early(own),
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _out_of_order(first: pd.DataFrame, one: EventKind, then: EventKind) -> pd.DataFrame:
    ones = first.loc[first["kind"] == one, ["position", "happened_on"]]
    pairs = first[first["kind"] == then].merge(ones, on="position", suffixes=("", "_one"))
    rows = pairs[pairs["happened_on"] < pairs["happened_on_one"]]
    if rows.empty:
        return found(rows)
    early = f"{label('event', then)}日期" + chinese_days(rows["happened_on"])
    return found(
        rows, early + f"早于{label('event', one)}日期" + chinese_days(rows["happened_on_one"]), Confidence.HIGH
    )


def _replied_before_assigned(first: pd.DataFrame) -> pd.DataFrame:
    rows = first[(first["kind"] == EventKind.REPLY_ISSUED) & (first["happened_on"] < first["assigned_on"])]
    early = "答复日期" + chinese_days(rows["happened_on"])
    return found(rows, early + "早于交办日期" + chinese_days(rows["assigned_on"]), Confidence.HIGH)


def _entered_too_early(own: pd.DataFrame) -> pd.DataFrame:
    """Return events entered before they happened; a day's difference may be the time zone."""
    entered = own["recorded_at"].dt.tz_localize(None).dt.normalize()
    rows = own[entered + A_DAY < own["happened_on"]]
    said = (
        rows["kind"].map(lambda kind: label("event", kind)).astype("str") + "日期" + chinese_days(rows["happened_on"])
    )
    return found(rows, said + "晚于登记日期" + chinese_days(entered[rows.index]), Confidence.HIGH)


def found(rows: pd.DataFrame, evidence: pd.Series | str = "", confidence: pd.Series | str = "") -> pd.DataFrame:
    """Return findings about the proposals of ``rows`` (proposal_id, unit_id, assigned_on)."""
    named = rows[["proposal_id", "unit_id"]].rename(columns={"proposal_id": "subject"})
    sure = confidence if isinstance(confidence, pd.Series) else str(confidence)
    return named.assign(year=rows["assigned_on"].dt.year, evidence=evidence, confidence=sure)


def day_before(replies: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Return the latest day of ``events`` at the same unit, on or before each reply and after the reply before it."""
    day = _nearest(replies, events, "backward")
    return day.mask(day <= replies["before_on"])


def day_after(replies: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Return the earliest day of ``events`` at the same unit, on or after each unit's last reply; NaT for its others."""
    return _nearest(replies, events, "forward").where(replies["is_last"])


def _nearest(replies: pd.DataFrame, events: pd.DataFrame, direction: Literal["backward", "forward"]) -> pd.Series:
    left = replies[["position", "replied_on"]].reset_index(names="row").sort_values("replied_on", kind="stable")
    right = events[["position", "happened_on"]].sort_values("happened_on", kind="stable")
    nearest = pd.merge_asof(
        left, right, left_on="replied_on", right_on="happened_on", by="position", direction=direction
    )
    return nearest.set_index("row")["happened_on"].reindex(replies.index)


def _on_same_day(replies: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    days = pd.MultiIndex.from_frame(events[["position", "happened_on"]])
    own = pd.MultiIndex.from_frame(replies[["position", "replied_on"]])
    return pd.Series(own.isin(days), index=replies.index)


def is_recorded(case: Handled, having: pd.Series) -> bool:
    """Return whether enough rows have a step, so that its absence says something of the unit and not of the source."""
    return len(having) > 0 and bool(having.mean() >= case.rules.least_recorded_share)
