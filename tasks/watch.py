"""The dead man's switch: was today supervised? Asked from outside Prefect, told by mail of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from tasks.adapters.ledger import runs
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.alarm import raise_alarm, recovered
from tasks.domain.errors import DubanError

FLOW = "daily-supervision"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch found; ``is_well`` decides the exit code."""

    is_well: bool
    what: str


def watch(jurisdiction: str, by: time, now: datetime) -> Watched:
    """Alarm the operators, once a day, if today's supervision is not done on a workday at ``by``; tell them when it is."""
    try:
        workplace = open_workplace(jurisdiction)
        local = now.astimezone(workplace.jurisdiction.zone)
        what = _trouble(workplace, local, by)
        day = local.date()
    except DubanError as error:
        what, day = f"查不到运行记录:{error}", now.date()
    if what is None:
        recovered(jurisdiction, "watch", now)
        return Watched(True, f"{day} 正常。")
    raise_alarm(jurisdiction, "watch", day, what, now)
    return Watched(False, what)


def _trouble(workplace: Workplace, local: datetime, by: time) -> str | None:
    """Return what is wrong with today, None if nothing is, or if it is too early or no workday."""
    today = local.date()
    done = runs.answered_days(workplace.ledger, workplace.name, [FLOW])
    if today in done or local.time() < by or not workplace.calendar().is_workday(today):
        return None
    last = next(iter(runs.recent(workplace.ledger, workplace.name, FLOW, 1)), None)
    if last is None or last.as_of != today:
        return f"{today} 到 {by:%H:%M} 还没有开始每日督办。请检查 serve(或 worker)是否在运行。"
    if last.state == runs.RunState.RUNNING:
        return f"{today} 的每日督办从 {last.started_at.astimezone(local.tzinfo):%H:%M} 运行到现在还没有结束。"
    return f"{today} 的每日督办失败:{last.error}"
