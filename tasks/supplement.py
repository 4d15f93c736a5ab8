"""The one place where the source's facts are completed before anything is worked out from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tasks.adapters.ledger import publications, repeat_decisions
from tasks.adapters.workplace import Workplace
from tasks.domain.frames import EVENTS, Facts, concatenated
from tasks.domain.publication_duty import publication_events
from tasks.domain.repeat_decisions import with_confirmed_repeats


def supplemented(workplace: Workplace, facts: Facts, published: int, known_at: datetime | None = None) -> Facts:
    """Return the facts with what the office itself did and decided.

    Its publications up to number ``published`` (``publishing.counted``) are events like any other: those dated after a day,
    or recorded after a time, do not exist then. Repeats are those confirmed by ``known_at`` (None: all by now).
    """
    confirmed = with_confirmed_repeats(facts, repeat_decisions.decisions(workplace.ledger, workplace.name), known_at)
    if not published:
        return confirmed
    own = publication_events(publications.duties(workplace.ledger, workplace.name, published))
    return replace(confirmed, events=concatenated([confirmed.events, own], EVENTS))
