"""What follows a reply: the third meeting, the form, publication, promises, a second reply, the look-back."""

from __future__ import annotations

from datetime import date, timedelta

from tasks.adapters.samples.handling import Course, Fate, meeting_method
from tasks.adapters.samples.office_days import workday_from, workday_until, workdays_after
from tasks.adapters.samples.texts import ReplyWriter

OUTCOMES = {"solved": 45, "planned": 30, "explained": 18, "reference": 7}
EXPLANATIONS = (
    "协办意见汇总不及时，已安排专人催收，争取尽快答复",
    "事项涉及多部门职责，正在协调，预计本月内答复",
    "承办人员调整，交接延误，已补办",
    "需上级部门批复，批复后即行答复",
)
FINDINGS = {
    "solved": {"done": 93, "pushing": 7},
    "planned": {"done": 20, "pushing": 60, "planned": 20},
    "explained": {"not_feasible": 92, "planned": 8},
    "reference": {"not_feasible": 1},
}


def hold_up(course: Course, fate: Fate) -> None:
    """Record what moved the limit, and an explanation where the limit passed."""
    if fate.extension:
        approved_on, until = fate.extension
        course.add("extension_approved", approved_on, until=until, note="情况复杂，需进一步调研论证")
    if fate.suspension:
        course.add("suspended", fate.suspension[0], note="等待上级政策明确")
        course.add("resumed", fate.suspension[1], note="政策已明确，恢复办理")
    limit = fate.extension[1] if fate.extension else fate.limit
    is_late = course.proposal.needs_reply and (fate.reply_on is None or fate.reply_on > limit + timedelta(25))
    if is_late and not fate.suspension and course.chance(0.45, "explained"):
        day = workdays_after(limit, course.between(11, 16, "explain"))
        course.add("explained", day, note=course.dice.pick(EXPLANATIONS, "why", course.root))


def answer(course: Course, writer: ReplyWriter, reply_on: date, number: int = 1) -> None:
    """Record one round: draft, review, sign-off, reply, and all that the reply entails."""
    outcome = course.dice.weighted(OUTCOMES, "outcome", number, course.root, course.unit.unit_id)
    has_met = any(event.kind == "meeting_before" and event.value == "in_person" for event in course.events)
    text = writer.reply(course.proposal, course.unit.unit_id, outcome, number, has_met=has_met)
    if course.chance(0.03, "no text"):
        text = None  # type: ignore[assignment]
    issue(course, reply_on, outcome, number, text, reviewed=not course.chance(0.012, "no review", number))
    aftermath(course, reply_on, outcome, number)
    grade(course, writer, reply_on, number)


def issue(
    course: Course, reply_on: date, outcome: str, number: int, text: str | None, *, reviewed: bool = True
) -> None:
    """Record a reply's way through the unit."""
    course.add(
        "reply_drafted", workday_until(reply_on - timedelta(course.between(5, 8, "draft", number))), round=number
    )
    if reviewed:
        reviewed_on = workday_until(reply_on - timedelta(course.between(1, 4, "review", number)))
        course.add("reply_reviewed", reviewed_on, round=number)
    signed_on = workday_until(reply_on - timedelta(course.between(0, 1, "sign", number)))
    course.add("reply_signed_off", signed_on, round=number)
    course.add("reply_issued", reply_on, round=number, value=outcome, text=text)


def aftermath(course: Course, reply_on: date, outcome: str, number: int) -> None:
    """Record the third meeting, publication, the promise of a planned outcome and the look-back."""
    if not course.chance(0.05, "no third meeting"):
        days = course.between(3, 28, "third") if course.careful("third", slack=0.7) else course.between(34, 60, "third")
        course.add("meeting_after", reply_on + timedelta(days), value=meeting_method(course, "meeting_after"))
    if course.proposal.disclosure != "withheld" and not course.proposal.is_confidential:
        _publish(course, reply_on, number)
    fulfilled_on = promise(course, reply_on, number) if outcome == "planned" else None
    _look_back(course, reply_on, outcome, number, fulfilled_on)


def _publish(course: Course, reply_on: date, number: int) -> None:
    if course.chance(0.04, "unpublished", number):
        return
    wait = course.between(4, 19, "p") if course.careful("publish", slack=0.6) else course.between(22, 45, "p")
    course.add("published", workdays_after(reply_on, wait), note="门户网站建议提案专栏")


def promise(course: Course, made_on: date, number: int) -> date | None:
    """Record a commitment, the reports on it and its fulfilment; return the day it was fulfilled."""
    until = None
    if course.chance(0.6, "own date", number):
        month = made_on + timedelta(course.between(120, 330, "until", number))
        until = month.replace(day=28)
    made_on = course.add("commitment_made", made_on, until=until, round=number, note="答复中承诺推进落实")
    fulfilled_on = _fulfilled_on(course, made_on, until, number)
    report_on = made_on
    while course.chance(0.86, "report", report_on):
        report_on = workday_until(report_on + timedelta(course.between(70, 90, "report day", report_on)))
        if report_on >= (fulfilled_on or course.customs.horizon):
            break
        course.add("progress_reported", report_on, note="正在按计划推进")
    if fulfilled_on is not None:
        course.add("commitment_fulfilled", fulfilled_on, round=number, note="承诺事项已完成，附验收材料")
    return fulfilled_on


def _fulfilled_on(course: Course, made_on: date, until: date | None, number: int) -> date | None:
    if until is None:
        days = course.between(110, 330, "fulfil", number)
        return workday_from(made_on + timedelta(days)) if course.chance(0.88, "kept", number) else None
    if not course.careful("kept", number, slack=0.8):
        late = course.between(15, 170, "lapse", number)
        return workday_from(until + timedelta(late)) if course.chance(0.5, "at last", number) else None
    return workday_until(until - timedelta(course.between(0, 70, "early", number)))


def _look_back(course: Course, reply_on: date, outcome: str, number: int, fulfilled_on: date | None) -> None:
    if course.chance(0.06, "no look-back", number):
        return
    in_time = course.careful("look back", number, slack=0.5)
    days = course.between(110, 168, "look back", number) if in_time else course.between(188, 240, "look back", number)
    day = workday_until(reply_on + timedelta(days))
    finding = course.dice.weighted(FINDINGS[outcome], "finding", number, course.root, course.unit.unit_id)
    if outcome == "planned":
        is_done = fulfilled_on is not None and fulfilled_on <= day
        finding = "done" if is_done else "pushing" if finding == "done" else finding
    day = course.add("looked_back", day, value=finding)
    if finding in ("pushing", "planned"):
        _look_again(course, day, fulfilled_on, number, is_promise=outcome == "planned")


def _look_again(course: Course, day: date, fulfilled_on: date | None, number: int, *, is_promise: bool) -> None:
    """Record the second look at what was not done at the first: done once the promise, if there was one, was kept."""
    if not is_promise and course.chance(0.85, "done after all", number):
        fulfilled_on = day + timedelta(course.between(30, 90, "done after all", number))
    if fulfilled_on is not None:
        course.add(
            "looked_back", max(fulfilled_on, day) + timedelta(course.between(7, 30, "again", number)), value="done"
        )


def grade(course: Course, writer: ReplyWriter, reply_on: date, number: int) -> None:
    """Record the proposer's form, and the second handling that a dissatisfied one starts."""
    if not course.chance(course.unit.forms / 100, "form", number):
        return
    day = reply_on + timedelta(course.between(5, 34, "form day", number))
    satisfied = course.unit.satisfied / 100
    weights = {
        "satisfied/satisfied": satisfied,
        "satisfied/basically_satisfied": (1 - satisfied) * 0.35,
        "basically_satisfied/basically_satisfied": (1 - satisfied) * 0.35,
        "satisfied/dissatisfied": (1 - satisfied) * 0.2,
        "dissatisfied/dissatisfied": (1 - satisfied) * 0.1,
    }
    value = course.dice.weighted(weights, "grade", number, course.root, course.unit.unit_id)
    day = course.add("feedback", day, value=value, round=number)
    if value.endswith("/dissatisfied"):
        again(course, writer, day, number)


def again(course: Course, writer: ReplyWriter, day: date, number: int) -> None:
    """Record the order to handle the proposal again and, unless the unit lets it lie, the next reply."""
    course.add("rehandling_ordered", workdays_after(day, course.between(1, 4, "order", number)), round=number + 1)
    if course.chance(0.1, "lies", number):
        return
    days = course.between(14, 29, "second", number) if course.careful("second") else course.between(36, 90, "second")
    answer(course, writer, workday_until(day + timedelta(days)), number + 1)
