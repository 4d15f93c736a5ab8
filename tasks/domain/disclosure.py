"""What may be published of a proposal: how much of it, which columns, and never a person's numbers.

Everything public is made from what these rules let through; nothing that they hold back goes any further, not even into a
count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from tasks.domain.frames import Disclosure, EventKind
from tasks.domain.history import Mask


class Openness(StrEnum):
    """How much of a proposal is public, the most open first; confidential ones do not exist for the public."""

    OPEN = "open"
    TITLE_ONLY = "title_only"
    WITHHELD = "withheld"
    CONFIDENTIAL = "confidential"


LISTED = (Openness.OPEN, Openness.TITLE_ONLY)

# Chosen per level in disclosure.yaml; page, kind, year, title and the level itself are always public for a listed proposal.
SELECTABLE = (
    "proposal_id",
    "term",
    "session",
    "number",
    "topic",
    "lead_proposer",
    "co_signer_count",
    "is_key",
    "led_by",
    "lead_unit",
    "other_units",
    "leader",
    "section",
    "handler",
    "assigned_on",
    "due_on",
    "replied_on",
    "state",
    "stage",
    "days_late",
    "outcome",
    "satisfaction",
    "relations",
    "steps",
    "reply_text",
    "attachments",
)

HIDDEN_NUMBER = "〔已隐去〕"
# Mobile numbers, identity card numbers and mail addresses; ``\d`` also matches full-width digits.
PERSONAL_NUMBER = (
    r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<!\d)\d{17}[\dXxX](?!\d)"
    r"|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
AFTER_A_NAME = r"\s*[(（\[〔【,，;；:：\d].*$"


@dataclass(frozen=True)
class DisclosurePolicy:
    """A jurisdiction's decision what to publish.

    ``columns`` holds, per level, the selectable columns that are shown; ``steps`` the event kinds in a time line; ``rates``
    the duties whose rates are shown per unit. ``unmarked`` applies to a proposal whose source says nothing.
    """

    columns: Mapping[Openness, Collection[str]]
    steps: Collection[EventKind] = ()
    rates: Collection[str] = ()
    unmarked: Disclosure = Disclosure.TITLE_ONLY
    unmarked_is_confidential: bool = True
    counts_withheld: bool = False
    signed_off_only: bool = True
    attachment_types: Collection[str] = field(default=("pdf", "docx", "doc", "wps", "ofd", "xlsx", "xls", "jpg", "png"))

    def shows(self, column: str, openness: pd.Series) -> Mask:
        """Return for each level in ``openness`` whether that column is public."""
        return openness.isin([level for level in LISTED if column in self.columns.get(level, ())]).to_numpy()


def openness(proposals: pd.DataFrame, policy: DisclosurePolicy) -> pd.Series:
    """Return each proposal's level (text), indexed by its id.

    A proposal merged into another is at most as open as that one: they share one matter and one reply.
    """
    confidential = proposals["is_confidential"].fillna(policy.unmarked_is_confidential).astype(bool)
    marked = proposals["disclosure"].fillna(str(policy.unmarked)).mask(confidential, str(Openness.CONFIDENTIAL))
    rank = marked.map({str(level): place for place, level in enumerate(Openness)})
    by_id = pd.Series(rank.to_numpy(dtype=np.int8), index=pd.Index(proposals["proposal_id"], dtype="object"))
    target = by_id.index.get_indexer(proposals["merged_into"].astype("object"))
    while True:
        joint = np.where(target >= 0, np.maximum(by_id.to_numpy(), by_id.to_numpy()[target]), by_id.to_numpy())
        if (joint == by_id.to_numpy()).all():
            return by_id.map(dict(enumerate(map(str, Openness)))).astype("str")
        by_id[:] = joint


def without_numbers(texts: pd.Series) -> pd.Series:
    """Return the texts with mobile, identity card and mail numbers hidden; missing stays missing."""
    return texts.astype("str").str.replace(PERSONAL_NUMBER, HIDDEN_NUMBER, regex=True)


def names_only(names: pd.Series) -> pd.Series:
    """Return the names without anything that follows them (in brackets, after a comma, a number); empty is missing."""
    bare = names.astype("str").str.replace(AFTER_A_NAME, "", regex=True).str.strip()
    return bare.mask(bare == "")


def attachment_names(text: str) -> list[str]:
    """Return the names in a source's list of attachments: one a line, or with semicolons between."""
    return [name for name in (part.strip() for part in re.split(r"[\r\n;；]+", text)) if name]


def allowed_attachments(lists: pd.Series, types: Collection[str]) -> pd.Series:
    """Return the lists with only the names of these types (by their ending), one a line; an empty list is missing."""
    kept = [
        [name for name in attachment_names(text) if name.rpartition(".")[2].lower() in types]
        if isinstance(text, str)
        else []
        for text in lists
    ]
    return pd.Series(["\n".join(names) or None for names in kept], index=lists.index, dtype="str")


def pages(ids: Iterable[str], kind: str) -> list[str]:
    """Return the names of public pages: they say nothing about the id, and the same id keeps its page for ever."""
    return [hashlib.sha256(f"{kind}:{key}".encode("utf-8", "surrogatepass")).hexdigest()[:16] for key in ids]
