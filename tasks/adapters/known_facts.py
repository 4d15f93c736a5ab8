"""A snapshot's facts with what the office added to them in the ledger: the repeated matters that it confirmed."""

from __future__ import annotations

from datetime import datetime

from tasks.adapters.ledger import repeat_decisions, snapshots
from tasks.adapters.workplace import Workplace
from tasks.domain.frames import Facts
from tasks.domain.repeat_decisions import with_confirmed_repeats


def known_facts(workplace: Workplace, snapshot_id: str, known_at: datetime | None = None) -> Facts:
    """Return the facts as that snapshot knew them, with the repeats confirmed by ``known_at`` (None: all by now)."""
    return with_confirmations(workplace, snapshots.load(workplace.ledger, snapshot_id), known_at)


def with_confirmations(workplace: Workplace, facts: Facts, known_at: datetime | None = None) -> Facts:
    """Return the facts with the repeats confirmed by ``known_at`` (None: all by now)."""
    return with_confirmed_repeats(facts, repeat_decisions.decisions(workplace.ledger, workplace.name), known_at)
