"""The outbox on the command line: look at it, and decide what only a person can."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.adapters.archive import write_atomically
from tasks.adapters.ledger import contact_faults, decisions, outbox_views
from tasks.adapters.ledger.contact_faults import Bounce
from tasks.adapters.ledger.stored_mail import get_mail
from tasks.adapters.messages import as_sent, build_message
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.delivery import Decision, MessageState
from tasks.domain.documents import Act, Wanted
from tasks.domain.errors import ConfigurationError, DeliveryError
from tasks.domain.frames import label


def list_mails(jurisdiction: str, states: Collection[str]) -> str:
    """Return one line a mail, the newest first, each with its next act; with the number in each state."""
    ledger = open_workplace(jurisdiction).ledger
    rows = outbox_views.list_mails(ledger, jurisdiction, [MessageState(state) for state in states])
    lines = [
        f"{row['message_id']}  {row['as_of']}  {label('level', row['level'])}  {_state(row['state'])}  {row['subject']}\n"
        f"    {row['next_act']}"
        for row in rows
    ]
    counts = outbox_views.count_states(ledger, jurisdiction)
    total = "、".join(f"{_state(state)} {count}" for state, count in counts.items() if count) or "发件箱是空的"
    return "\n".join([*lines, total])


def show_mail(jurisdiction: str, message_id: str) -> str:
    """Return a mail with all its evidence, as text to read."""
    shown = outbox_views.show_mail(open_workplace(jurisdiction).ledger, jurisdiction, message_id)
    plan = shown["plan"]
    people = [
        f"{'主送' if who['kind'] == 'to' else '抄送'} {who['name']} <{who['email']}>" for who in shown["recipients"]
    ]
    steps = [
        f"{row['proposal_id']} {row['unit_id']} {row['duty']} 第{row['round']}轮 "
        f"{label('level', row['level'])} 第{row['occurrence']}次 应发 {row['fell_due_on']} 期限 {row['due_on']}"
        + (f"(已撤回:{row['cancelled_why']})" if row["cancelled_at"] else "")
        for row in shown["steps"]
    ]
    log = [
        f"{entry['at']:%Y-%m-%d %H:%M} {entry['actor']} {entry['act']} {entry['details']}" for entry in shown["audit"]
    ]
    facts = {
        "编号": message_id,
        "主题": shown["subject"],
        "状态": f"{_state(shown['state'])}({shown['next_act']})",
        "收件人": people,
        "事项": steps,
        "尝试次数": shown["attempts"],
        "入箱时间": shown["queued_at"],
        "完成时间": shown["finished_at"],
        "邮件服务器答复": shown["smtp_answer"],
        "被拒地址": [f"{address} {' '.join(map(str, answer))}" for address, answer in shown["refused"].items()],
        "快照": plan["snapshot_id"],
        "核定": plan["assessment_id"],
        "规则版本": plan["rule_version"],
        "日历版本": plan["calendar_version"],
        "阶梯版本": plan["ladder_version"],
        "程序版本": plan["code_version"],
        "模板版本": shown["template_version"],
        "文件校验值": shown["document_hash"],
        "签发校验值": shown["signed_hash"],
        "邮件校验值": shown["eml_hash"],
        "经过": log,
    }
    return "\n".join(f"{name}:{_told(value)}" for name, value in facts.items())


def save_mail(jurisdiction: str, message_id: str, folder: Path) -> Path:
    """Write a mail as it would leave, letter and list attached, to be read before it is signed; return the file."""
    workplace = open_workplace(jurisdiction)
    shown = outbox_views.show_mail(workplace.ledger, jurisdiction, message_id)
    message = build_message(get_mail(workplace.archive, shown["mail"], shown["queued_at"]))
    path = folder / f"{message_id}.eml"
    write_atomically(path, as_sent(message))
    return path


def sign_off(jurisdiction: str, message_id: str, act: str, by: str, checksum: str, comment: str, now: datetime) -> None:
    """Review, sign or return a letter; ``checksum`` begins the hash of the text that was read."""
    workplace = open_workplace(jurisdiction)
    wanted = Wanted(Act(act), by, checksum, comment)
    decisions.sign_off(workplace.ledger, jurisdiction, message_id, workplace.jurisdiction.sign_off, wanted, now)


def resolve(jurisdiction: str, message_id: str, decision: str, by: str, why: str, now: datetime) -> None:
    """Record that a mail of unknown outcome arrived (``sent``) or did not (``not_sent``: it is queued again)."""
    workplace = open_workplace(jurisdiction)
    _require_resolver(workplace, f"邮件 {message_id}", by)
    decisions.resolve(workplace.ledger, jurisdiction, message_id, Decision(decision), by, why, now)


def resend(jurisdiction: str, message_id: str, by: str, why: str, now: datetime) -> None:
    """Queue a mail again, under its own Message-ID."""
    workplace = open_workplace(jurisdiction)
    _require_resolver(workplace, f"邮件 {message_id}", by)
    decisions.resend(workplace.ledger, jurisdiction, message_id, by, why, now)


def take_bounces(jurisdiction: str, path: Path, now: datetime) -> list[Bounce]:
    """Read a bounced mail (.eml), or a folder of them, and mark the addresses that failed."""
    files = sorted(path.glob("*.eml")) if path.is_dir() else [path]
    try:
        contents = [file.read_bytes() for file in files]
    except OSError as error:
        raise ConfigurationError(
            str(path), f"读不了:{error.strerror}", "请给出 .eml 文件或存放它们的文件夹。"
        ) from None
    ledger = open_workplace(jurisdiction).ledger
    return [contact_faults.take_bounce(ledger, jurisdiction, content, now) for content in contents]


def trust(jurisdiction: str, email: str, by: str, now: datetime) -> int:
    """Trust an address again that had failed; return how many faults that clears."""
    workplace = open_workplace(jurisdiction)
    _require_resolver(workplace, email, by)
    return contact_faults.clear(workplace.ledger, jurisdiction, email, by, now)


def _require_resolver(workplace: Workplace, subject: str, by: str) -> None:
    if why := workplace.jurisdiction.sign_off.refuses_to_resolve(by):
        raise DeliveryError(subject, why, "名单在 jurisdiction.yaml 的 sign_off.resolvers。")


def _state(state: str) -> str:
    return label("message_state", state)


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n  {line}" for line in value) or " 无"
    return f" {'无' if value is None else value}"
