"""What a reply says, without what every reply says."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from tasks.domain.frames import Facts
from tasks.domain.similarity import plain

# Every reply opens by naming the proposal and ends with thanks; neither is an answer.
OPENING = re.compile(r"^.{0,300}?收悉[^。;:]{0,60}[。;:,]?", re.DOTALL)
CLOSING = re.compile(r"(再次|诚挚|衷心)?感谢.{0,60}$", re.DOTALL)


def reply_texts(replies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the replies whose text the source holds, with title, merged_into, text, attachments, ``body`` and ``is_blank``.

    ``body`` is the text without title, opening and closing, in plain characters with a break between its parts.
    """
    texts = facts.reply_texts.drop_duplicates("event_id")
    titles = facts.proposals[["proposal_id", "title", "merged_into"]]
    rows = replies.merge(texts, on="event_id", how="inner").merge(titles, on="proposal_id", how="left")
    text = rows["text"].fillna("")
    body = [_body(whole, title) for whole, title in zip(text, rows["title"], strict=True)]
    return rows.assign(text=text, body=pd.Series(body, index=rows.index, dtype="str"), is_blank=text.str.strip() == "")


def _body(text: str, title: str) -> str:
    written = unicodedata.normalize("NFKC", text).replace(unicodedata.normalize("NFKC", title), "")
    return plain(CLOSING.sub("", OPENING.sub("", written.strip(), count=1)))
