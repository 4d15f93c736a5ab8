"""The life of a mail in the outbox: its states, the next act of each, and when a refused one is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """Where a mail stands; each state has exactly one next act."""

    AWAITING_SIGN_OFF = "awaiting_sign_off"
    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """What a person found out about a mail of unknown outcome."""

    SENT = "sent"
    NOT_SENT = "not_sent"


NEXT_ACT: Mapping[MessageState, str] = {
    MessageState.AWAITING_SIGN_OFF: "待签发:请审核、签发后再发出",
    MessageState.QUEUED: "待发送:下一个办公时段自动发出",
    MessageState.SENDING: "正在发送:等待邮件服务器答复;进程中断则转为结果不明",
    MessageState.RETRY: "稍后重试:到时自动再发",
    MessageState.SENT: "已送交邮件服务器:无需处理",
    MessageState.REJECTED: "被拒收:请更正邮箱,下次运行改送上一级;或用 outbox resend 重发",
    MessageState.UNCERTAIN: "结果不明:请向收件人核实后用 outbox resolve 登记已送达或未送达",
    MessageState.CANCELLED: "已取消:事项已办结或免办,无需处理",
}

# May leave by itself; may change because nothing has left yet; nobody knows whether it left.
DUE = (MessageState.QUEUED, MessageState.RETRY)
NOT_GONE = (MessageState.AWAITING_SIGN_OFF, MessageState.QUEUED, MessageState.RETRY)
UNKNOWN = (MessageState.SENDING, MessageState.UNCERTAIN)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440))


def next_try_at(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` tries; None when it was tried often enough (about two days)."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None
