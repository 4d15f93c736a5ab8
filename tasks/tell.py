"""Tell in a few lines what a night's run did, and where to look next."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tasks.adapters.archive import write_atomically
from tasks.adapters.ledger import assessments, outbox_views, snapshots
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import obligations_of
from tasks.domain.delivery import MessageState
from tasks.domain.errors import LedgerError
from tasks.domain.frames import Level, State, label


def tell_night(jurisdiction: str, day: date) -> str:
    """Return what the run of ``day`` found and sent, and what to open; one urge mail is put into a file to be read."""
    workplace = open_workplace(jurisdiction)
    made = assessments.newest(workplace.ledger, jurisdiction, day)
    if made is None:
        raise LedgerError("台账", f"{day} 没有核定结果", "请先运行 daily-supervision。")
    owed = obligations_of(workplace, made)
    replies = owed[(owed["duty"] == "reply") & (owed["state"] == State.OVERDUE)]
    counts = snapshots.snapshot_by_id(workplace.ledger, made.snapshot_id).row_counts
    mails = [row for row in outbox_views.list_mails(workplace.ledger, jurisdiction) if row["as_of"] == day]
    levels = Counter(row["level"] for row in mails)
    waiting = sum(row["state"] == MessageState.AWAITING_SIGN_OFF for row in mails)
    lines = [
        f"{workplace.jurisdiction.title} {day} 每日督办:",
        f"  读取建议提案 {counts['proposals']} 件、办理记录 {counts['events']} 条;核定应办事项 {len(owed)} 项,"
        f"其中逾期 {(owed['state'] == State.OVERDUE).sum()} 项(逾期未答复 {len(replies)} 项)。",
        "  邮件:"
        + "、".join(f"{label('level', level)} {levels[level]} 封" for level in Level if levels[level])
        + (f";其中 {waiting} 封须先签发,尚未发出。" if waiting else "。"),
        *_urge(workplace, mails),
        "接下来可以看:",
        f"  收下的全部邮件(.eml,未外发):{workplace.settings.var / 'mail' / jurisdiction}",
        f"  某件为何逾期:python -m flows explain -j {jurisdiction} R2026-0018 --as-of {day}",
        f"  台账:python -m flows cases -j {jurisdiction} --as-of {day} -o 台账.xlsx",
        "  界面与定时运行:make serve;埋设的故事:docs/demo_stories.md",
    ]
    return "\n".join(lines)


def _urge(workplace: Workplace, mails: list[dict[str, Any]]) -> list[str]:
    """Return two lines on an urge mail about an overdue reply; its file is written beside the caught mail."""
    urged = [row["message_id"] for row in mails if row["level"] == Level.URGE]
    shown = (outbox_views.show_mail(workplace.ledger, workplace.name, message_id) for message_id in urged)
    chosen = next((row for row in shown if {step["duty"] for step in row["steps"]} == {"reply"}), None)
    if chosen is None:
        return []
    path: Path = workplace.settings.var / "mail" / "催办邮件示例.html"
    write_atomically(path, workplace.archive.get(chosen["mail"]["html"]))
    unit = chosen["notice"]["unit_name"]
    numbers = "、".join(sorted({step["proposal_id"] for step in chosen["steps"]}))
    return [f"  例如催办{unit}({numbers} 逾期未答复),请用浏览器打开:", f"    {path}"]
