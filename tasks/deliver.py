"""Drain the outbox: give up what a dead process left, take back what is superseded, send what is due."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.ledger import decisions, deliveries, outbox_views, silences, snapshots
from tasks.adapters.mail import SmtpConfig
from tasks.adapters.outlet import outlet_for, smtp_config
from tasks.adapters.publishing import counted
from tasks.adapters.sending import drain
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.compose import composer
from tasks.domain.delivery import MessageState
from tasks.domain.errors import ConfigurationError, SourceError
from tasks.domain.frames import label
from tasks.domain.obligations import obligations
from tasks.domain.office_hours import OfficeHours, may_send_at
from tasks.domain.superseding import superseded
from tasks.record import Day
from tasks.refresh import snapshot_for, take_snapshot
from tasks.review import publish_table
from tasks.supplement import supplemented

# Longer than any connection, answer and time-out of one mail together.
GIVE_UP_AFTER = timedelta(minutes=30)
STILL_NEW = timedelta(minutes=10)
SHOWN_STATES = tuple(state for state in MessageState if state is not MessageState.SENT)


@task(name="撤回不必再发的通知", cache_policy=NO_CACHE)
def withdraw_superseded(jurisdiction: str, day: Day) -> dict[str, int]:
    """Take back the steps whose obligation was met, excused, moved or silenced since; the source is read anew for it."""
    workplace = open_workplace(jurisdiction)
    if decisions.not_gone(workplace.ledger, jurisdiction, 1).empty or not sending_hours(workplace)(day.moment):
        return {"withdrawn": 0}
    snapshot_id = _newest_snapshot(workplace, day)
    (published,) = counted(workplace, [None])
    facts = supplemented(workplace, snapshots.load(workplace.ledger, snapshot_id), published)
    owed = obligations(facts, workplace.jurisdiction.rules, workplace.calendar(), day.as_of)
    queued = decisions.not_gone(workplace.ledger, jurisdiction)
    void = superseded(queued, owed, silences.active_silences(workplace.ledger, jurisdiction), day.as_of)
    compose = composer(workplace, day.moment)
    taken = decisions.withdraw(workplace.ledger, workplace.archive, jurisdiction, void, compose, day.moment)
    return {"withdrawn": taken.steps, "mails_changed": taken.mails_changed, "mails_cancelled": taken.mails_cancelled}


@task(name="发送", cache_policy=NO_CACHE)
def deliver(jurisdiction: str, day: Day, clock: Callable[[], datetime], send: bool = False) -> dict[str, int]:
    """Send what is due and return the number of mails by their new state.

    ``send`` allows real mail on another day than today. Mails that a dead process had claimed become uncertain.
    """
    workplace = open_workplace(jurisdiction)
    smtp = smtp_config(workplace.settings.smtp)
    _refuse_other_days(day, smtp, send)
    given_up = deliveries.recover(workplace.ledger, jurisdiction, GIVE_UP_AFTER, day.moment)
    drained = drain(
        workplace.ledger,
        workplace.archive,
        outlet_for(
            smtp,
            workplace.settings.var / "mail" / jurisdiction,
            domains=workplace.settings.mail_domains,
            redirect=workplace.settings.mail_redirect,
        ),
        jurisdiction,
        worker=f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}",
        clock=lambda: day.moment + (clock() - day.now),
        may_send=sending_hours(workplace),
    )
    counts = {str(state): count for state, count in drained.states.items()}
    if drained.stopped:
        get_run_logger().warning("发送中止:%s", drained.stopped)
    return counts | {"given_up": len(given_up)}


@task(name="发送情况", cache_policy=NO_CACHE)
def report_delivery(jurisdiction: str, withdrawn: dict[str, int], sent: dict[str, int]) -> dict[str, int]:
    """Publish what waits for a person or a later try, and return all counts; a run with nothing to do says so."""
    workplace = open_workplace(jurisdiction)
    standing = outbox_views.count_states(workplace.ledger, jurisdiction)
    rows: list[dict[str, str | int]] = [
        {
            "编号": row["message_id"],
            "状态": label("message_state", row["state"]),
            "级别": label("level", row["level"]),
            "主题": row["subject"],
            "收件人": "、".join(who["name"] for who in row["recipients"]),
            "邮件服务器答复": row["smtp_answer"] or "",
            "下一步": row["next_act"],
        }
        for row in outbox_views.list_mails(workplace.ledger, jurisdiction, SHOWN_STATES, limit=300)
    ]
    publish_table(f"{jurisdiction}-outbox", "发件箱中尚未送出的邮件", rows)
    summary: list[dict[str, str | int]] = [{label("message_state", s): count for s, count in standing.items()}]
    publish_table(f"{jurisdiction}-delivery", "发件箱各状态件数", summary)
    counts = {**withdrawn, **sent}
    get_run_logger().info("发送情况:%s", counts if any(counts.values()) else "没有需要发送的邮件")
    return counts


def sending_hours(workplace: Workplace) -> Callable[[datetime], bool]:
    """Return what says whether mail may leave at a moment."""
    hours = OfficeHours(*workplace.jurisdiction.office_hours, workplace.jurisdiction.zone)
    calendar = workplace.calendar()
    return lambda moment: may_send_at(moment, hours, calendar)


def _newest_snapshot(workplace: Workplace, day: Day) -> str:
    """Return a snapshot of now; if the source fails, the last good one: the night's plan came from no other.

    What was read minutes ago, as by the night that this delivery ends, is not read again.
    """
    last = snapshots.latest(workplace.ledger, workplace.name)
    if last is not None and timedelta(0) <= day.now - last.taken_at <= STILL_NEW:
        return last.snapshot_id
    try:
        return take_snapshot(workplace, day.moment).snapshot_id
    except SourceError as error:
        get_run_logger().warning("来源此刻读不到,按最近一次快照复核:%s", error)
        return snapshot_for(workplace, None, day.moment).snapshot_id


def _refuse_other_days(day: Day, smtp: SmtpConfig | None, send: bool) -> None:
    if smtp is not None and not day.is_today and not send:
        raise ConfigurationError(
            f"发送 {day.as_of}", f"这一天不是今天({day.now.date()}),而邮件会真的发出", "确要发出请加 --send。"
        )
