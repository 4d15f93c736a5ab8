"""Rates per unit: counts of obligations that the public may see, lead and co-unit work never mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tasks.domain.frames import Grade, Role, State
from tasks.domain.public_figures import Share
from tasks.domain.public_frames import PublicRecord

CO_UNIT, ANSWERING = "co", "lead"
RATE_COLUMNS = ("total", "done", "fallen_due", "on_time", "overdue")


def rates(record: PublicRecord) -> pd.DataFrame:
    """Return per unit, side (lead: it answers; co: it helps) and duty the counts that rates are made of.

    Columns unit, side, duty, total (owed), done, fallen_due (last day past), on_time (of those), overdue. Excused rows count
    nowhere.
    """
    owed = record.obligations[record.obligations["state"] != State.EXCUSED]
    state = owed["state"]
    past = (owed["due_on"] < pd.Timestamp(record.as_of)) & (state != State.SUSPENDED)
    flags = owed.assign(
        side=np.where(owed["role"] == Role.CO_ORGANISING, CO_UNIT, ANSWERING),
        total=1,
        done=state.isin([State.MET, State.MET_LATE]).astype(int),
        fallen_due=past.astype(int),
        on_time=(past & (state == State.MET)).astype(int),
        overdue=(state == State.OVERDUE).astype(int),
    )
    return flags.groupby(["unit", "side", "duty"], as_index=False)[list(RATE_COLUMNS)].sum()


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's figures: replies as the one that answers, opinions as a co-unit, satisfaction with what it leads."""

    replied: Share
    on_time: Share
    overdue: int
    opinions: Share
    opinions_on_time: Share
    satisfied: Share


def unit_figures(record: PublicRecord, rates: pd.DataFrame) -> dict[str, UnitFigures]:
    """Return the figures of every unit by page, in the record's order; ``rates`` as ``rates(record)`` gives them."""
    counts = {(unit, side, duty): row for unit, side, duty, *row in rates.itertuples(index=False, name=None)}
    led = record.proposals[record.proposals["satisfaction"].notna()]
    forms = led.groupby("lead_unit").size().to_dict()
    content = led[led["satisfaction"] != Grade.DISSATISFIED].groupby("lead_unit").size().to_dict()
    return {
        unit: _unit_figures(
            counts.get((unit, ANSWERING, "reply"), NOTHING),
            counts.get((unit, CO_UNIT, "opinion"), NOTHING),
            Share(content.get(unit, 0), forms.get(unit, 0)),
        )
        for unit in record.units["page"]
    }


NOTHING = [0] * len(RATE_COLUMNS)


def _unit_figures(reply: Sequence[int], opinion: Sequence[int], satisfied: Share) -> UnitFigures:
    total, done, fallen_due, on_time, overdue = reply
    opinion_total, opinion_done, opinion_due, opinion_on_time, _ = opinion
    return UnitFigures(
        replied=Share(done, total),
        on_time=Share(on_time, fallen_due),
        overdue=overdue,
        opinions=Share(opinion_done, opinion_total),
        opinions_on_time=Share(opinion_on_time, opinion_due),
        satisfied=satisfied,
    )


def summed(units: Iterable[UnitFigures]) -> UnitFigures:
    """Return the figures of several units together, counted in unit-cases."""
    each = list(units)

    def _total(name: str) -> Share:
        shares = [getattr(unit, name) for unit in each]
        return Share(sum(share.count for share in shares), sum(share.total for share in shares))

    return UnitFigures(
        replied=_total("replied"),
        on_time=_total("on_time"),
        overdue=sum(unit.overdue for unit in each),
        opinions=_total("opinions"),
        opinions_on_time=_total("opinions_on_time"),
        satisfied=_total("satisfied"),
    )
