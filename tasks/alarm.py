"""Tell the operators, directly and not through the outbox, that something failed, once a day, and that it works again."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from tasks.adapters.alarms import Alarm, Alarms
from tasks.adapters.config_files import load_jurisdiction
from tasks.adapters.messages import letter
from tasks.adapters.outlet import outlet_for, smtp_config
from tasks.adapters.settings import Settings, settings
from tasks.adapters.smtp_dialogue import SendState
from tasks.domain.errors import ConfigurationError, DeliveryError, DubanError
from tasks.domain.notices import Addressee, MailDraft

FLOWS = {
    "daily-supervision": "每日督办",
    "delivery": "发送通知",
    "catch-up": "补做漏日",
    "ranking-circular": "办理情况通报",
    "backlog-review": "积案核定",
    "publication": "公开",
    "annual-summary": "年度总结",
    "inspection-follow-up": "联合督查跟踪",
    "key-proposals": "领办专报",
    "quality-review": "办理质量核查",
    "weekly-brief": "每周专报",
    "watch": "值守检查",
}
CONSEQUENCES = {
    "daily-supervision": "当天的期限没有核定,通知没有生成;已排队的通知照常发送,历史数据不受影响。",
    "delivery": "到时的通知还在发件箱里,没有丢失,下次运行自动补发。",
    "watch": "当天的每日督办没有按时完成,提醒和催办可能没有发出。",
}
# A person fills in their form and sees what it says.
STARTED_BY_PEOPLE = (
    "sign-off", "backfill", "case-closing", "inspection-record", "finding-verdict", "repeat-decision",
)  # fmt: skip
RERUN = {"watch": "daily-supervision"}
OTHERWISE = "本次运行没有完成,已有的数据不受影响。"


@dataclass(frozen=True, slots=True)
class Operators:
    """Who is told, in whose name, and how the jurisdiction is called."""

    title: str
    mail_from: str
    addresses: tuple[str, ...]
    zone: ZoneInfo


@contextmanager
def alarmed(jurisdiction: str, flow: str, day: date, clock: Callable[[], datetime]) -> Iterator[None]:
    """Alarm the operators if the block fails, and tell them when a later one succeeds; the failure itself goes on."""
    try:
        yield
    except Exception as error:
        if flow in STARTED_BY_PEOPLE:
            raise
        what = str(error) if isinstance(error, DubanError) else f"{type(error).__name__}: {error}"
        _unharmed(lambda: raise_alarm(jurisdiction, flow, day, what, clock()))
        raise
    _unharmed(lambda: recovered(jurisdiction, flow, clock()))


def raise_alarm(jurisdiction: str, flow: str, day: date, what: str, now: datetime) -> bool:
    """Mail the operators unless they were told of this flow and day; return whether a mail went out."""
    alarms = _alarms()
    if alarms.find(jurisdiction, flow, day):
        return False
    who = operators(jurisdiction)
    body = (
        f"{who.title}的“{FLOWS.get(flow, flow)}”({day})失败。\n\n原因:\n{what}\n\n"
        f"影响:{CONSEQUENCES.get(flow, OTHERWISE)}\n\n"
        f"怎么办:按上面的提示处理后,在服务器上重新运行:\n"
        f"    python -m flows run {RERUN.get(flow, flow)} -j {jurisdiction}\n各种告警的含义和处置见 docs/operating.md。\n\n"
        "同一天同一流程只告警一次;恢复正常后会再告知。"
    )
    _mail(who, f"【督办系统告警】{who.title} {FLOWS.get(flow, flow)} {day} 失败", body, now)
    alarms.keep(Alarm(jurisdiction, flow, day.isoformat(), what, now.isoformat()))
    return True


def recovered(jurisdiction: str, flow: str, now: datetime) -> bool:
    """Tell the operators that the flow works again if they were alarmed about it; return whether a mail went out."""
    alarms = _alarms()
    if not (over := alarms.open(jurisdiction, flow)):
        return False
    who = operators(jurisdiction)
    days = "、".join(alarm.day for alarm in over)
    body = (
        f"{who.title}的“{FLOWS.get(flow, flow)}”已恢复正常。\n\n此前告警的日期:{days}。漏掉的日子由“补做漏日”自动补算。"
    )
    _mail(who, f"【督办系统恢复】{who.title} {FLOWS.get(flow, flow)} 已恢复", body, now)
    for alarm in over:
        alarms.recover(alarm, now)
    return True


def operators(jurisdiction: str) -> Operators:
    """Return the jurisdiction's operators; where its configuration is at fault, those of ``DUBAN_OPERATORS``.

    Raises ``ConfigurationError`` where neither names anybody.
    """
    chosen = settings()
    spare = tuple(part.strip() for part in chosen.operators.split(",") if part.strip())
    try:
        found = load_jurisdiction(jurisdiction, chosen.jurisdiction_folders())
        who = Operators(found.title, found.office.mail_from, found.operators or spare, found.zone)
    except ConfigurationError:
        who = Operators(jurisdiction, chosen.smtp.user or next(iter(spare), ""), spare, ZoneInfo("Asia/Shanghai"))
    if not who.addresses:
        raise ConfigurationError(
            f"地区 {jurisdiction}", "没有值班人员邮箱,告警无处可发", "请在 jurisdiction.yaml 的 operators 写上邮箱。"
        )
    return who


def _mail(who: Operators, subject: str, body: str, now: datetime) -> None:
    """Hand the mail over now; ``DeliveryError`` if the server does not take it."""
    chosen = settings()
    draft = MailDraft(
        message_id=f"<alarm.{uuid4().hex}@{who.mail_from.rpartition('@')[2] or 'localhost'}>",
        sender=Addressee("督办系统", who.mail_from),
        to=_addressees(who.addresses),
        cc=(),
        reply_to=None,
        subject=subject,
        text=body,
        html=f"<pre style='font-family:inherit;white-space:pre-wrap'>{html.escape(body)}</pre>",
        attachments=(),
        dated=now.astimezone(who.zone),
    )
    _hand_over(chosen, draft, who.addresses)


def _hand_over(chosen: Settings, draft: MailDraft, addresses: Sequence[str]) -> None:
    with outlet_for(smtp_config(chosen.smtp), chosen.var / "mail" / "alarms") as outlet:
        result = outlet.send(letter(draft), addresses)
    if result.state is not SendState.SENT:
        raise DeliveryError(draft.subject, f"告警没有发出:{result.answer}", "请核对 DUBAN_SMTP__ 各项;问题本身见上文。")


def _addressees(addresses: Sequence[str]) -> tuple[Addressee, ...]:
    return tuple(Addressee("值班人员", address) for address in addresses)


def _alarms() -> Alarms:
    return Alarms(settings().var / "alarms")


def _unharmed(act: Callable[[], object]) -> None:
    """Do it, but never let trouble with the alarm hide the trouble it is about."""
    try:
        act()
    except (DubanError, OSError) as error:
        print(f"告警未能处理:{error}", file=sys.stderr)  # noqa: T201  the last place where it can be said
