"""Findings about what replies say: copied, empty, off the matter, or claiming a meeting that nobody recorded."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from tasks.domain.finding_rules import Confidence
from tasks.domain.near_copies import near_copies
from tasks.domain.records import chinese_days
from tasks.domain.repeats import matters
from tasks.domain.reply_findings import MEETINGS, Handled, found, is_recorded
from tasks.domain.similarity import BREAK, containment, plain

COPY_IS_SURE_FROM = 0.95
LEAST_TITLE = 4
SAME_TITLE_FROM = 0.5


def reply_empty(case: Handled) -> pd.DataFrame:
    """A reply whose body is blank or shorter than so many characters, unless an attachment may hold the answer."""
    texts = case.texts
    if not is_recorded(case, ~texts["is_blank"]):
        return found(texts.iloc[:0])
    length = texts["body"].str.replace(BREAK, "").str.len()
    least = case.rules.empty_below_characters
    rows = texts[(length < least) & ~_is_attached(texts)]
    short = "除开头结尾外只有" + length[rows.index].astype("str") + f"字，不足{least}字"
    confidence = pd.Series(str(Confidence.MEDIUM), index=rows.index).mask(rows["is_blank"], str(Confidence.LOW))
    return found(rows, short.mask(rows["is_blank"], "答复全文是空的"), confidence)


def reply_off_topic(case: Handled) -> pd.DataFrame:
    """A reply whose body has hardly any of the words of the proposal's title."""
    texts = case.texts
    titles = [plain(title, case.rules.boilerplate) for title in texts["title"].fillna("")]
    shares = [containment(title, body) for title, body in zip(titles, texts["body"], strict=True)]
    share = pd.Series(shares, index=texts.index, dtype="float64")
    long = texts["body"].str.len() >= case.rules.empty_below_characters
    told = pd.Series([len(title) >= LEAST_TITLE for title in titles], index=texts.index, dtype="bool")
    rows = texts[(share < case.rules.off_topic_below_share) & long & told & ~_is_attached(texts)]
    wanted = pd.Series(titles, index=texts.index, dtype="str")[rows.index].str.replace(BREAK, "、")
    confidence = pd.Series(str(Confidence.LOW), index=rows.index).mask(share[rows.index] == 0, str(Confidence.MEDIUM))
    return found(rows, "答复正文几乎没有提到“" + wanted + "”", confidence)


def claimed_meeting_unrecorded(case: Handled) -> pd.DataFrame:
    """A reply that speaks of meeting the proposer while no meeting is on record by then."""
    if not is_recorded(case, _has_met(case, case.replies)):
        return found(case.replies.iloc[:0])
    texts = case.texts
    words = "|".join(map(re.escape, case.rules.meeting_words))
    not_yet = "|".join(map(re.escape, case.rules.not_yet_words))
    said = texts["text"].str.replace(rf"(?:{not_yet})[^，。；、,;]{{0,8}}(?:{words})", "", regex=True)
    claim = said.str.extract(rf"([^，。；！\n,;]*(?:{words})[^，。；！\n,;]*)", expand=False)
    rows = texts[claim.notna() & ~_has_met(case, texts)]
    evidence = (
        "答复写“" + claim[rows.index].str.strip() + "”，而截至" + chinese_days(rows["replied_on"]) + "没有见面记录"
    )
    return found(rows, evidence, Confidence.MEDIUM)


def _has_met(case: Handled, replies: pd.DataFrame) -> pd.Series:
    """Return which replies have a meeting of their unit on record by then."""
    first = case.of_kinds(*MEETINGS).groupby("position")["happened_on"].min()
    return first.reindex(replies["position"]).set_axis(replies.index) <= replies["replied_on"]


def reply_copied(case: Handled) -> pd.DataFrame:
    """A reply nearly the same as the reply to another proposal on another matter.

    Proposals handled as one (并案), of one confirmed chain, or with nearly the same title may be answered alike.
    """
    texts = case.texts
    texts = texts[~(_is_attached(texts) & (texts["body"].str.len() < case.rules.empty_below_characters))]
    texts = texts[~texts["is_blank"]].reset_index(drop=True)
    pairs = near_copies([body.replace(BREAK, "") for body in texts["body"]], case.rules.copied_from_similarity)
    pairs = pairs[~_may_be_alike(texts, pairs, case)]
    both = pd.concat([pairs, pairs.rename(columns={"one": "other", "other": "one"})], ignore_index=True)
    closest = both.sort_values(["similarity", "other"], ascending=[False, True]).drop_duplicates("one").set_index("one")
    rows = texts.iloc[closest.index]
    group = _groups(pairs, len(texts))
    size = pd.Series(group).map(pd.Series(group).value_counts())[rows.index]
    partner = texts["proposal_id"].iloc[closest["other"]].to_numpy()
    evidence = [
        f"与{other}{'' if n == 2 else f'等{n - 1}件'}的答复相同{share:.0%}"
        for other, n, share in zip(partner, size, closest["similarity"], strict=True)
    ]
    sure = np.where(closest["similarity"] >= COPY_IS_SURE_FROM, Confidence.HIGH, Confidence.MEDIUM)
    return found(
        rows, pd.Series(evidence, index=rows.index, dtype="str"), pd.Series(sure, index=rows.index, dtype="str")
    )


def _may_be_alike(texts: pd.DataFrame, pairs: pd.DataFrame, case: Handled) -> pd.Series:
    """Return which pairs answer the same proposal or the same matter."""
    handled_as = texts["merged_into"].fillna(texts["proposal_id"])
    matter = handled_as.map(matters(case.facts.proposals)).fillna(handled_as).to_numpy()
    title = [plain(title, case.rules.boilerplate) for title in texts["title"].fillna("")]
    alike = [
        min(containment(title[i], title[j]), containment(title[j], title[i])) >= SAME_TITLE_FROM
        for i, j in zip(pairs["one"], pairs["other"], strict=True)
    ]
    same = matter[pairs["one"].to_numpy()] == matter[pairs["other"].to_numpy()]
    return pd.Series(same | np.array(alike, dtype=bool), index=pairs.index)


def _groups(pairs: pd.DataFrame, size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return for each text the smallest number of the texts it is linked with, however far."""
    group = np.arange(size)
    for _ in range(size):
        before = group.copy()
        low = np.minimum(group[pairs["one"]], group[pairs["other"]])
        np.minimum.at(group, pairs["one"], low)
        np.minimum.at(group, pairs["other"], low)
        if (group == before).all():
            break
    return group


def _is_attached(texts: pd.DataFrame) -> pd.Series:
    return texts["attachments"].fillna("").str.strip() != ""
