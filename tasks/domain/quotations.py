"""What is not public, quoted in what is: found whatever its spacing and width, and hidden."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import pandas as pd

from tasks.domain.disclosure import HIDDEN_NUMBER, LISTED

SHORTEST_SECRET = 6
WINDOW = 8


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
    quoting = texts[mentions(texts, secret)]
    if quoting.empty:
        return texts
    cut = [_cut(text, phrases) for text, phrases in zip(quoting, _quoted_in(quoting, secret), strict=True)]
    quiet = pd.Series(cut, index=quoting.index, dtype=texts.dtype)
    quiet = quiet.mask(mentions(quiet, secret), HIDDEN_NUMBER)
    return quiet.reindex(texts.index).fillna(texts)


def _squeezed(texts: pd.Series) -> pd.Series:
    return texts.astype("str").str.normalize("NFKC").str.replace(r"\s+", "", regex=True)


def _cut(text: str, phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.sub("|".join(map(_pattern, longest_first)), HIDDEN_NUMBER, text) if phrases else text


def _quoted_in(texts: pd.Series, secret: Collection[str]) -> list[list[str]]:
    """Return the secrets that each text quotes."""
    by_part = _by_rarest_part(secret)
    sizes = sorted({len(part) for part in by_part})

    def _quoted(text: str) -> list[str]:
        parts = {part for size in sizes for part in _parts(text, size)}
        return [phrase for part in parts & by_part.keys() for phrase in by_part[part] if _quotes(text, phrase)]

    return [_quoted(text) if isinstance(text, str) else [] for text in texts]


def _by_rarest_part(secret: Collection[str]) -> dict[str, list[str]]:
    """Return the secrets by that short part of each which fewest others share: titles begin alike."""
    shared = Counter(part for phrase in secret for part in _parts(phrase, WINDOW))
    by_part: dict[str, list[str]] = {}
    for phrase in secret:
        rarest = min(sorted(_parts(phrase, WINDOW)), key=shared.__getitem__)
        by_part.setdefault(rarest, []).append(phrase)
    return by_part


def _parts(text: str, size: int) -> set[str]:
    return {text[i : i + size] for i in range(max(len(text) - size, 0) + 1)}


def _quotes(text: str, phrase: str) -> bool:
    return phrase in text and (not phrase.isascii() or re.search(_pattern(phrase), text) is not None)


def _pattern(phrase: str) -> str:
    """Return what finds that phrase; a key inside a longer key (R2026-001 in R2026-0012) is another key."""
    whole = re.escape(phrase)
    return rf"(?<![0-9A-Za-z]){whole}(?![0-9A-Za-z])" if phrase.isascii() else whole
