"""The one place where the source's facts are completed before anything is worked out from them."""

from __future__ import annotations

from dataclasses import replace

from tasks.adapters.ledger import publications
from tasks.adapters.workplace import Workplace
from tasks.domain.frames import EVENTS, Facts, concatenated
from tasks.domain.publication_duty import publication_events


def supplemented(workplace: Workplace, facts: Facts, published: int) -> Facts:
    """Return the facts with what the office did itself: its publications up to number ``published`` (``publishing.counted``).

    They are events like any other: those dated after a day, or recorded after a time, do not exist then.
    """
    if not published:
        return facts
    own = publication_events(publications.duties(workplace.ledger, workplace.name, published))
    return replace(facts, events=concatenated([facts.events, own], EVENTS))
