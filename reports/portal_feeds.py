"""The record for machines: CSV, JSON, an Atom feed, and the rows that the search in the browser reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

import pandas as pd

from reports.portal_edition import Edition
from reports.portal_rows import Row, Unit, proposal_url, readable
from reports.portal_words import spoken
from reports.workbooks import csv_bytes, labels_of
from tasks.domain.public_frames import PUBLICATION, STATE_LABELS, PublicRecord
from tasks.domain.public_rates import RATE_COLUMNS

ROWS_PER_SHARD = 5000
FEED_LENGTH = 50
RATE_LABELS = {"total": "应办", "done": "已办", "fallen_due": "已到期", "on_time": "到期按时", "overdue": "逾期"}
SIDES = {"lead": "主办", "co": "协办"}
OPENNESS_LABELS = {"open": "全文公开", "title_only": "仅公开标题"}
# Writing that turns or hides what follows, and what ends a script or a line, is spelled out; parsed, the text is as it was.
SPELLED_OUT = re.compile("[<>&\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def as_json(value: Any) -> str:
    """Return compact JSON in which nothing is hidden and nothing can end a script: those signs are spelled out."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return SPELLED_OUT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def proposals_csv(record: PublicRecord, rows: Sequence[Row], edition: Edition) -> bytes:
    """Return the proposals as CSV with Chinese heads and values, only columns that are public."""
    frame = record.proposals[list(record.columns)]
    words = {name: _in_words(frame[name], name, edition) for name in frame}
    words |= {"page": [row.url for row in rows]} | _unit_names(rows, frame) | _related(rows, frame)
    return csv_bytes(pd.DataFrame(words, columns=list(frame)).rename(columns=PUBLICATION.labels))


def _in_words(values: pd.Series, name: str, edition: Edition) -> pd.Series | list[str]:
    column = PUBLICATION.column(name)
    own = {"state": STATE_LABELS, "openness": OPENNESS_LABELS}
    if name == "outcome":
        return values.map({code: edition.outcome(code) for code in column.values})
    if column.type == "category":
        return values.map(own.get(name) or labels_of(column))
    if column.type == "boolean":
        return values.map({True: "是", False: "否"})
    return readable(values) if column.type == "text" else values


def _unit_names(rows: Sequence[Row], frame: pd.DataFrame) -> dict[str, list[str]]:
    names = {
        "lead_unit": [row.lead_unit.name if row.lead_unit else "" for row in rows],
        "other_units": ["、".join(unit.name for unit in row.other_units) for row in rows],
    }
    return {name: values for name, values in names.items() if name in frame}


def _related(rows: Sequence[Row], frame: pd.DataFrame) -> dict[str, list[str]]:
    pages = {"merged_into": [row.merged_into for row in rows], "repeats": [row.repeats for row in rows]}
    return {name: [page and proposal_url(page) for page in of] for name, of in pages.items() if name in frame}


def proposals_json(record: PublicRecord, rows: Sequence[Row], edition: Edition) -> bytes:
    """Return the proposals as JSON: raw texts, codes, days as ISO text, null where nothing is known."""
    frame = record.proposals[list(record.columns)]
    columns = {name: _raw(frame[name]) for name in frame}
    columns["page"] = [row.url for row in rows]
    columns |= {name: [url or None for url in urls] for name, urls in _related(rows, frame).items()}
    if "lead_unit" in columns:
        columns["lead_unit"] = [row.lead_unit and row.lead_unit.name for row in rows]
    if "other_units" in columns:
        columns["other_units"] = [[unit.name for unit in row.other_units] for row in rows]
    listed = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    head = {"title": edition.title, "office": edition.office, "as_of": edition.as_of.isoformat()}
    about = {"cut_off": edition.cut_off.isoformat(), "count": len(rows)}
    labels = {"columns": {name: PUBLICATION.labels[name] for name in frame}}
    return as_json({**head, **about, **labels, "proposals": listed}).encode()


def _raw(values: pd.Series) -> list[Any]:
    if values.dtype.kind == "M":
        return [day or None for day in values.dt.strftime("%Y-%m-%d").fillna("").tolist()]
    return values.astype("object").where(values.notna(), None).tolist()


def rates_frame(rates: pd.DataFrame, units: Mapping[str, Unit], edition: Edition) -> pd.DataFrame:
    """Return the rates with units and duties in words, columns in Chinese."""
    words = {
        "单位": [units[page].name for page in rates["unit"]],
        "组别": [units[page].group for page in rates["unit"]],
        "承办方式": rates["side"].map(SIDES),
        "事项": [edition.duty(duty) for duty in rates["duty"]],
    }
    return pd.DataFrame(words, index=rates.index).join(rates[list(RATE_COLUMNS)].rename(columns=RATE_LABELS))


def rates_json(rates: pd.DataFrame, units: Mapping[str, Unit], edition: Edition) -> bytes:
    """Return the rates as JSON: per unit, side and duty the counts."""
    named = rates.assign(unit=[units[page].name for page in rates["unit"]])
    head = {"title": edition.title, "as_of": edition.as_of.isoformat(), "cut_off": edition.cut_off.isoformat()}
    return as_json({**head, "count": len(named), "rates": named.to_dict("records")}).encode()


def atom_feed(rows: Iterable[Row], edition: Edition) -> bytes:
    """Return the latest replies as an Atom feed; entries keep their id, and change only when their reply does."""
    latest = sorted((row for row in rows if row.replied_on), key=lambda row: row.replied_on, reverse=True)[:FEED_LENGTH]
    entries = "".join(_entry(row, edition) for row in latest)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"<title>{escape(edition.title)}：最新答复</title>\n<id>{_id(edition, '')}</id>\n"
        f"<updated>{edition.cut_off.isoformat()}</updated>\n<author><name>{escape(edition.office)}</name></author>\n"
        f'{_self_link(edition)}<link href="{_link("index.html", edition)}"/>\n{entries}</feed>\n'
    ).encode()


def _entry(row: Row, edition: Edition) -> str:
    replied_at = datetime.combine(date.fromisoformat(row.replied_on), time(), edition.cut_off.tzinfo)
    return (
        f"<entry>\n<title>{escape(row.title)}</title>\n<id>{_id(edition, row.page)}</id>\n"
        f'<link href="{_link(row.url, edition)}"/>\n<updated>{replied_at.isoformat()}</updated>\n'
        f"<summary>{escape(''.join(spoken(row, edition)))}</summary>\n</entry>\n"
    )


def _id(edition: Edition, page: str) -> str:
    return uuid5(NAMESPACE_URL, f"{edition.place}/{page}").urn


def _link(path: str, edition: Edition) -> str:
    return escape(urljoin(edition.address.rstrip("/") + "/", path) if edition.address else path, {'"': "&quot;"})


def _self_link(edition: Edition) -> str:
    return f'<link rel="self" href="{_link("feed.xml", edition)}"/>\n' if edition.address else ""


@dataclass(frozen=True, slots=True)
class Shard:
    """Some rows of one year for the search in the browser."""

    year: str
    rows: Sequence[Row]


def shards(rows: Sequence[Row]) -> list[Shard]:
    """Return the rows in their order, cut by year and into pieces that load quickly."""
    years = dict.fromkeys(row.year for row in rows)
    by_year = {year: [row for row in rows if row.year == year] for year in years}
    return [
        Shard(year, part[start : start + ROWS_PER_SHARD])
        for year, part in by_year.items()
        for start in range(0, len(part), ROWS_PER_SHARD)
    ]


def shard_script(shard: Shard, unit_index: Mapping[str, int]) -> bytes:
    """Return the script that hands a shard's rows to the search, column by column; units are places in the catalogue."""
    rows = shard.rows
    columns = {
        "page": [row.page for row in rows],
        "reference": [row.reference for row in rows],
        "number": [row.numbered for row in rows],
        "kind": [row.kind for row in rows],
        "title": [row.title for row in rows],
        "topic": [row.topic for row in rows],
        "proposer": [row.lead_proposer for row in rows],
        "unit": [unit_index[row.lead_unit.page] if row.lead_unit else -1 for row in rows],
        "others": [[unit_index[unit.page] for unit in row.other_units] for row in rows],
        "person": [row.person for row in rows],
        "due": [row.due_on for row in rows],
        "replied": [row.replied_on for row in rows],
        "grade": [row.grade for row in rows],
        "state": [row.state for row in rows],
        "late": [row.days_late for row in rows],
    }
    return f"duban.add({as_json(shard.year)},{as_json(columns)});\n".encode()


def catalogue_script(parts: Sequence[tuple[Shard, str]], units: Mapping[str, Unit], rows_per_page: int) -> bytes:
    """Return the script that tells the search which shards there are (with their files) and what the codes mean."""
    catalogue = {
        "perPage": rows_per_page,
        "total": sum(len(shard.rows) for shard, _ in parts),
        "units": [[unit.page, unit.name] for unit in units.values()],
        "states": STATE_LABELS,
        "shards": [[shard.year, len(shard.rows), file] for shard, file in parts],
    }
    return f"duban.open({as_json(catalogue)});\n".encode()
