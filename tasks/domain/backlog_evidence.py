"""Each backlog criterion: who meets it on a day, since when, and the evidence in words.

Every check returns ``proposal_id``, ``since`` (the first day on which the criterion held) and ``evidence``; a proposal may
have several rows, one a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.backlog_criteria import Criterion, Threshold
from tasks.domain.frames import EndReason, EventKind, Facts, Grade, Outcome, Role, State
from tasks.domain.history import Timeline, known, overall_grade, timeline
from tasks.domain.matching import is_among
from tasks.domain.outcomes import current_outcomes, outcome_history
from tasks.domain.records import ANSWERING, chinese_days, records, unit_names
from tasks.domain.repeats import matters, raised_on, session_years

UNMET = tuple(map(str, (State.OPEN, State.DUE_SOON, State.OVERDUE, State.SUSPENDED)))
ONE_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """What the criteria look at: the facts known on a day, events at their assignments, and the obligations."""

    facts: Facts
    now: Timeline
    records: pd.DataFrame
    outcomes: pd.DataFrame
    obligations: pd.DataFrame
    as_of: pd.Timestamp

    def unit_names(self, unit_ids: pd.Series) -> pd.Series:
        """Return the units' names."""
        return unit_names(self.facts.units, unit_ids)

    def unanswered(self) -> pd.Series:
        """Return the proposals of which a reply is still owed."""
        owed = self.obligations
        return owed.loc[(owed["duty"] == "reply") & owed["state"].isin(UNMET), "proposal_id"].drop_duplicates()


def seen(facts: Facts, obligations: pd.DataFrame, as_of: date) -> Seen:
    """Return what the criteria look at on ``as_of``; ``obligations`` are those of the same facts and day."""
    facts = known(facts, as_of)
    now = timeline(facts, as_of)
    duties = obligations[obligations["duty"].isin(["reply", "second_reply", "commitment"])]
    plain = duties.astype(dict.fromkeys(("proposal_id", "unit_id", "duty", "state"), "str"))
    everything = records(now)
    outcomes = current_outcomes(outcome_history(everything))
    return Seen(facts, now, everything, outcomes, plain, pd.Timestamp(as_of))


def reply_overdue(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """A reply, first or second, overdue by more days than the threshold."""
    return _overdue(case, {"reply": "答复", "second_reply": "再次答复"}, threshold)


def commitment_lapsed(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """A promise that lapsed more days ago than the threshold."""
    return _overdue(case, {"commitment": "兑现承诺"}, threshold)


def _overdue(case: Seen, acts: Mapping[str, str], threshold: Threshold) -> pd.DataFrame:
    owed = case.obligations[case.obligations["duty"].isin(list(acts)) & (case.obligations["state"] == State.OVERDUE)]
    late = owed[owed["days_late"] > threshold.amount]
    due_on, act = late["extended_to"].fillna(late["due_on"]), late["duty"].map(dict(acts)).astype("str")
    evidence = (
        case.unit_names(late["unit_id"])
        + "应于"
        + chinese_days(due_on)
        + "前"
        + act
        + "，至"
        + chinese_days(pd.Series(case.as_of, index=late.index))
        + "已逾期"
        + late["days_late"].astype("str")
        + f"天，超过{threshold.amount}天（{threshold.citation}）"
    )
    return _rows(late["proposal_id"], due_on + pd.Timedelta(days=threshold.amount) + ONE_DAY, evidence)


def planned_unsolved(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """Planned for more months than the threshold, counted from the reply since which it has been planned.

    Solved is what a later reply, a look-back or the last promise kept says; another reply that plans gains no time.
    """
    running = case.now.assignments.loc[case.now.assignments["ended_on"].isna(), "assignment_id"]
    planned = case.outcomes[case.outcomes["outcome"] == Outcome.PLANNED]
    rows = planned[is_among(planned["assignment_id"], running)]
    rows = rows.assign(since=rows["since_reply"] + pd.DateOffset(months=threshold.amount) + ONE_DAY)
    rows = rows[rows["since"] <= case.as_of]
    look_back = "，" + chinese_days(rows["happened_on"]) + "回头看仍未落实"
    evidence = (
        case.unit_names(rows["unit_id"])
        + chinese_days(rows["since_reply"])
        + "答复列入计划，满"
        + f"{threshold.amount}个月未解决（{threshold.citation}）"
        + look_back.where(rows["source"] == EventKind.LOOKED_BACK, "")
    )
    return _rows(rows["proposal_id"], rows["since"], evidence)


def dissatisfied_repeatedly(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """Dissatisfied in at least as many rounds as the threshold says, and still dissatisfied by the latest form.

    Units that answer separately are counted one by one; a unit and the one that took over from it together.
    """
    bad, forms = case.now.dissatisfied, case.records[case.records["kind"] == EventKind.FEEDBACK]
    forms = forms[forms["is_answering"]].assign(grade=overall_grade(forms["value"])).dropna(subset="grade")
    forms = forms.assign(answerer=forms["proposal_id"].where(forms["role"] != Role.SEPARATE, forms["assignment_id"]))
    last = forms.sort_values(["happened_on", "event_id"], kind="stable").drop_duplicates("answerer", keep="last")
    still = last.loc[last["grade"] == Grade.DISSATISFIED, "answerer"]
    rounds = pd.DataFrame(
        {"position": bad.assignment, "event_id": case.now.events["event_id"].to_numpy()[bad.source_row]}
    )
    rounds = forms.merge(rounds, on=["position", "event_id"]).drop_duplicates(["answerer", "event_id"])
    evidence = chinese_days(rounds["happened_on"])
    return _repeated(
        rounds[is_among(rounds["answerer"], still)].assign(said=evidence), "answerer", threshold, "反馈不满意"
    )


def postponed_repeatedly(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """Extended or returned at least as often as the threshold says, and still without a reply."""
    answering = case.now.assignments[case.now.assignments["role"].isin(list(map(str, ANSWERING)))]
    extended = case.records[case.records["is_answering"] & (case.records["kind"] == EventKind.EXTENSION_APPROVED)]
    returned = answering[answering["end_reason"] == EndReason.RETURNED].assign(
        happened_on=lambda rows: rows["ended_on"]
    )
    rows = pd.concat(
        [
            extended.drop_duplicates("event_id")[["proposal_id", "happened_on"]].assign(act="批准延期"),
            returned[["proposal_id", "happened_on"]].assign(act="退办"),
        ],
        ignore_index=True,
    )
    waiting = pd.concat([case.unanswered(), _without_unit(answering)])
    rows = rows[is_among(rows["proposal_id"], waiting)]
    return _repeated(
        rows.assign(said=chinese_days(rows["happened_on"]) + rows["act"]), "proposal_id", threshold, "延期或退办"
    )


def _without_unit(answering: pd.DataFrame) -> pd.Series:
    """Return the proposals that were returned and not assigned again."""
    running = answering.loc[answering["ended_on"].isna(), "proposal_id"]
    returned = answering.loc[answering["end_reason"] == EndReason.RETURNED, "proposal_id"]
    return returned[~is_among(returned, running)].drop_duplicates()


def _repeated(rows: pd.DataFrame, by: str, threshold: Threshold, what: str) -> pd.DataFrame:
    """Return the groups with enough rows; they meet the criterion from the day of the row that makes it enough."""
    rows = rows.sort_values([by, "happened_on"], kind="stable")
    nth, size = rows.groupby(by).cumcount() + 1, rows.groupby(by)[by].transform("size")
    enough = rows[(nth == threshold.amount)].set_index(by, drop=False)
    count = size[nth == threshold.amount].astype("str").to_numpy()
    said = rows.groupby(by)["said"].agg("、".join).reindex(enough.index)
    evidence = what + count + "次：" + said + f"；达到{threshold.amount}次（{threshold.citation}）"
    return _rows(enough["proposal_id"], enough["happened_on"], evidence)


def raised_again(case: Seen, threshold: Threshold) -> pd.DataFrame:
    """The latest proposals of a confirmed chain that was raised again in enough years, unless they count as solved."""
    chain = case.facts.proposals[["proposal_id", "repeats"]].assign(
        matter=matters(case.facts.proposals).to_numpy(),
        raised_on=raised_on(case.facts).to_numpy(),
        year=session_years(case.facts).to_numpy(),
    )
    again = chain[chain["repeats"].notna() & chain["raised_on"].notna()]
    years = again.groupby("matter")["year"].agg(["nunique", "max"]).reindex(again["matter"])
    enough = (years["nunique"] >= threshold.amount).to_numpy() & (again["year"].to_numpy() == years["max"].to_numpy())
    said = again.sort_values("raised_on", kind="stable")
    said = (
        (said["year"].astype(int).astype("str") + "年（" + said["proposal_id"] + "）")
        .groupby(said["matter"])
        .agg("、".join)
    )
    last = again[enough & ~is_among(again["proposal_id"], _solved(case)).to_numpy()]
    evidence = (
        "自"
        + last["matter"]
        + "提出后，"
        + last["matter"].map(said)
        + "再次提出"
        + f"，达到{threshold.amount}个年度（{threshold.citation}）"
    )
    return _rows(last["proposal_id"], last["raised_on"], evidence)


def _solved(case: Seen) -> pd.Series:
    """Return the proposals that every unit now answering them counts as solved."""
    answering = case.now.assignments[case.now.assignments["role"].isin(list(map(str, ANSWERING)))]
    running = answering[answering["ended_on"].isna()]
    outcome = running["assignment_id"].map(case.outcomes.set_index("assignment_id")["outcome"])
    solved = (outcome == Outcome.SOLVED).groupby(running["proposal_id"]).all()
    return solved[solved].index.to_series()


def _rows(proposal_id: pd.Series, since: pd.Series, evidence: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"proposal_id": proposal_id.to_numpy(), "since": since.to_numpy(), "evidence": evidence.to_numpy()}
    )


CHECKS: Mapping[Criterion, Callable[[Seen, Threshold], pd.DataFrame]] = {
    Criterion.REPLY_OVERDUE: reply_overdue,
    Criterion.PLANNED_UNSOLVED: planned_unsolved,
    Criterion.COMMITMENT_LAPSED: commitment_lapsed,
    Criterion.DISSATISFIED_REPEATEDLY: dissatisfied_repeatedly,
    Criterion.RAISED_AGAIN: raised_again,
    Criterion.POSTPONED_REPEATEDLY: postponed_repeatedly,
}
