"""What a document rests on besides its snapshot: kept by content when it is drafted, so that it can be written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tasks.adapters.frame_files import frame_of, parquet_bytes
from tasks.adapters.kept_config import packed
from tasks.adapters.ledger import silences
from tasks.adapters.workplace import Workplace
from tasks.assess import Assessed
from tasks.domain.escalation_record import EXPLANATIONS, explanations, framed
from tasks.domain.frames import BACKLOG
from tasks.escalate import backlog_of


@dataclass(frozen=True, slots=True)
class Held:
    """What the office itself knew when it wrote: the units' explanations and the backlog of the day."""

    explanations: pd.DataFrame
    backlog: pd.DataFrame


def held_now(workplace: Workplace, assessed: Assessed) -> Held:
    """Return what the office knows now of the assessed day."""
    as_of = assessed.record.as_of
    found = backlog_of(workplace, assessed.facts, assessed.obligations, as_of)
    recorded = silences.recorded_explanations(workplace.ledger, workplace.name)
    backlog = BACKLOG.empty() if found is None else BACKLOG.typed(found)
    return Held(explanations(assessed.facts, recorded, as_of), backlog)


def keep(workplace: Workplace, held: Held) -> dict[str, str]:
    """Keep it in the archive together with the configuration, and return under which hashes."""
    put = workplace.archive.put
    return {
        "explanations": put(parquet_bytes(held.explanations)),
        "backlog": put(parquet_bytes(held.backlog)),
        "configuration": put(packed(workplace)),
    }


def held_then(workplace: Workplace, made_from: Mapping[str, Any]) -> Held:
    """Return what ``keep`` kept."""
    explained, backlog = (frame_of(workplace.archive.get(made_from[name])) for name in ("explanations", "backlog"))
    return Held(framed(explained, EXPLANATIONS), BACKLOG.typed(backlog))
