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

SHORTEST_SECRET = 6
WINDOW = 8


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


def secrets(proposals: pd.DataFrame, levels: pd.Series) -> list[str]:
    """Return what no published text may quote: titles, ids and numbers of proposals that are not listed.

    A title that a listed proposal has as well, and ids and numbers too short to recognise, are left out.
    """
    listed = levels.reindex(proposals["proposal_id"]).isin(LISTED).to_numpy()
    hidden, shown = proposals[~listed], proposals[listed]
    titles = set(hidden["title"].dropna()) - set(shown["title"].dropna())
    keys = set(hidden["proposal_id"]) | set(hidden["number"].dropna()) - set(shown["number"].dropna())
    return sorted({secret for secret in titles | keys if len(secret) >= SHORTEST_SECRET})


def mentions(texts: pd.Series, secret: Collection[str]) -> pd.Series:
    """Return which texts quote one of the secrets (booleans), whatever their spacing and width; a missing text quotes none."""
    quoted = _quoted_in(_squeezed(texts), _squeezed(pd.Series(list(secret), dtype="str")).tolist())
    return pd.Series([bool(phrases) for phrases in quoted], index=texts.index, dtype=bool)


def without_quotations(texts: pd.Series, secret: Collection[str]) -> pd.Series:
    """Return the texts with every quotation of a secret hidden; missing stays missing.

    Of a text that quotes it in other spacing or width nothing stays.
    """
    is_quoting = mentions(texts, secret)
    if not is_quoting.any():
        return texts
    cut = [_cut(text, phrases) for text, phrases in zip(texts, _quoted_in(texts, secret), strict=True)]
    quiet = pd.Series(cut, index=texts.index, dtype=texts.dtype)
    return quiet.mask(mentions(quiet, secret), HIDDEN_NUMBER)


def _squeezed(texts: pd.Series) -> pd.Series:
    return texts.astype("str").str.normalize("NFKC").str.replace(r"\s+", "", regex=True)


def _cut(text: str, phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.sub("|".join(map(_pattern, longest_first)), HIDDEN_NUMBER, text) if phrases else text


def _quoted_in(texts: pd.Series, secret: Collection[str]) -> list[list[str]]:
    """Return the secrets that each text quotes."""
    by_start: dict[str, list[str]] = {}
    for phrase in secret:
        by_start.setdefault(phrase[:WINDOW], []).append(phrase)
    lengths = sorted({len(start) for start in by_start})

    def _quoted(text: str) -> list[str]:
        windows = {text[i : i + size] for size in lengths for i in range(len(text) - size + 1)}
        likely = (phrase for start in windows & by_start.keys() for phrase in by_start[start])
        return [phrase for phrase in likely if re.search(_pattern(phrase), text)]

    return [_quoted(text) if isinstance(text, str) else [] for text in texts]


def _pattern(phrase: str) -> str:
    """Return what finds that phrase; a key inside a longer key (R2026-001 in R2026-0012) is another key."""
    whole = re.escape(phrase)
    return rf"(?<![0-9A-Za-z]){whole}(?![0-9A-Za-z])" if phrase.isascii() else whole
