"""Sending what is due: claim, send once, record; one mail after the other over one connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import deliveries
from tasks.adapters.ledger.deliveries import Claim
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.stored_mail import get_mail
from tasks.adapters.messages import letter
from tasks.adapters.outlet import Outlet
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.domain.delivery import MessageState
from tasks.domain.errors import DubanError

OUT_OF_HOURS = "不在办公时间,其余留待下一个办公时段"


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did: mails by their new state, and why it stopped before the end, if it did."""

    states: Counter[MessageState] = field(default_factory=Counter)
    stopped: str | None = None


def drain(
    ledger: Ledger,
    archive: Archive,
    outlet: Outlet,
    jurisdiction: str,
    *,
    worker: str,
    clock: Callable[[], datetime],
    may_send: Callable[[datetime], bool],
) -> Drained:
    """Send every mail of the jurisdiction that is due, each once, and return what became of them.

    ``clock`` gives the moment in the jurisdiction's zone; ``worker`` is this process's own name. Stops at the end of office
    hours, and as soon as no server can be reached. Two drains at once share the mails between them.
    """
    states: Counter[MessageState] = Counter()
    with outlet:
        for message_id in deliveries.due(ledger, clock(), jurisdiction):
            now = clock()
            if not may_send(now):
                return Drained(states, OUT_OF_HOURS)
            claimed = deliveries.claim(ledger, message_id, now, worker)
            if claimed is None:
                continue
            result, eml_hash = _send(archive, outlet, claimed, now)
            states[deliveries.record(ledger, claimed, result, eml_hash, clock())] += 1
            if not result.reached:
                return Drained(states, result.answer)
    return Drained(states)


def _send(archive: Archive, outlet: Outlet, claimed: Claim, now: datetime) -> tuple[SendResult, str | None]:
    """Return what became of a claimed mail and the hash of what travelled; a mail that cannot be built is rejected."""
    try:
        ready = letter(get_mail(archive, claimed.mail, now))
        eml_hash = archive.put(ready.content)
    except DubanError as error:
        return SendResult(SendState.REJECTED, f"未能生成邮件:{error}"), None
    return outlet.send(ready, claimed.addresses), eml_hash
