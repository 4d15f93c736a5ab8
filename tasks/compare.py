"""What stored past days say differently from other answers for the same days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from tasks.adapters.frame_files import sweep_of
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.ledger.assessments import Assessment
from tasks.adapters.past_days import PastDay, past_days, stored, stretches, sweep_of_stretch
from tasks.adapters.workplace import Workplace
from tasks.assess import obligations_of
from tasks.domain.differences import differences, over_days
from tasks.domain.sweep import Sweep
from tasks.supplement import supplemented

EARLIER, AS_KNOWN_NOW = "先前存档的结果", "现在所知"


def compared(workplace: Workplace, days: Sequence[PastDay]) -> dict[str, pd.DataFrame]:
    """Return, by what the days are compared with, ``DIFFERENCES``; the older answer is always the one ``then``.

    With the newest other assessment stored for a day (known alike), and, for days as known at a time, with what is known now.
    """
    made = [each for each in stored(workplace, days) if each is not None]
    found = {EARLIER: over_days(_against_earlier(workplace, made))}
    if any(day.known_at for day in days):
        found[AS_KNOWN_NOW] = over_days(_against_now(workplace, made))
    return found


def _against_earlier(workplace: Workplace, made: Sequence[Assessment]) -> Iterator[tuple[date, pd.DataFrame]]:
    if not made:
        return
    everything = assessments.between(workplace.ledger, workplace.name, made[0].as_of, made[-1].as_of)
    before, after = _Kept(workplace), _Kept(workplace)
    for mine in made:
        others = (
            each
            for each in everything
            if (each.as_of, each.known_at) == (mine.as_of, mine.known_at) and each.assessment_id != mine.assessment_id
        )
        if (other := next(others, None)) is not None and other.obligations_hash != mine.obligations_hash:
            yield mine.as_of, differences(before.on(other), after.on(mine))


def _against_now(workplace: Workplace, made: Sequence[Assessment]) -> Iterator[tuple[date, pd.DataFrame]]:
    by_day = {each.as_of: each for each in made}
    for stretch in stretches(past_days(workplace, list(by_day), [None] * len(by_day))):
        facts = supplemented(
            workplace, snapshots.load(workplace.ledger, stretch[0].snapshot_id), stretch[0].publications
        )
        now, kept = sweep_of_stretch(facts, stretch), _Kept(workplace)
        for day in stretch:
            yield day.as_of, differences(kept.on(by_day[day.as_of]), now.on(day.as_of))


class _Kept:
    """Stored days, a sweep read once for all its days."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self.sweeps: dict[str, Sweep | None] = {}

    def on(self, made: Assessment) -> pd.DataFrame:
        digest = made.obligations_hash
        if digest not in self.sweeps:
            self.sweeps = {digest: sweep_of(self.workplace.archive.get(digest))}
        sweep = self.sweeps[digest]
        return sweep.on(made.as_of) if sweep else obligations_of(self.workplace, made)
