"""A small office database, the same on every server, and the SQL that reads it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tasks.adapters.source import SourceConfig

metadata = sa.MetaData()
unit = sa.Table(
    "unit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(40)),
    sa.Column("sort", sa.String(10)),
)
matter = sa.Table(
    "matter",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Integer),
    sa.Column("title", sa.Text),
    sa.Column("filed", sa.Date),
    sa.Column("important", sa.Boolean),
    sa.Column("signers", sa.Numeric(4, 0)),
)
duty = sa.Table(
    "duty",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("matter", sa.Integer),
    sa.Column("unit", sa.Integer),
    sa.Column("part", sa.String(10)),
    sa.Column("given", sa.DateTime),
)
log = sa.Table(
    "log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("matter", sa.Integer),
    sa.Column("unit", sa.Integer),
    sa.Column("what", sa.String(10)),
    sa.Column("at", sa.BigInteger),
    sa.Column("day", sa.String(20)),
    sa.Column("result", sa.String(10)),
)

ROWS: Mapping[sa.Table, list[dict[str, Any]]] = {
    unit: [{"id": 1, "name": "市教育局", "sort": "局"}, {"id": 2, "name": "城东街道", "sort": "镇街"}],
    matter: [
        {"id": 10, "kind": 1, "title": "关于100%放学后托管的建议", "filed": date(2026, 1, 20), "important": True, "signers": 3},
        {"id": 11, "kind": 2, "title": "'冒号:名'与\"引号\"", "filed": date(2026, 1, 21), "important": False, "signers": None},
    ],
    duty: [
        {"id": 100, "matter": 10, "unit": 1, "part": "主办", "given": datetime(2026, 3, 9, 16, 0)},
        {"id": 101, "matter": 10, "unit": 2, "part": "协办", "given": datetime(2026, 3, 9, 15, 59, 59)},
        {"id": 102, "matter": 11, "unit": 2, "part": "主办", "given": datetime(2026, 3, 12, 1, 30)},
    ],
    log: [
        {"id": 1000, "matter": 10, "unit": 1, "what": "答复", "at": 1780243200, "day": "2026-06-01", "result": "A"},
        {"id": 1001, "matter": 10, "unit": 2, "what": "意见", "at": 1777593599, "day": "2026-05-01", "result": None},
    ],
}  # fmt: skip

QUERIES: Mapping[str, str] = {
    "units": """SELECT id AS unit_id, name, sort AS "group" FROM unit ORDER BY id""",
    "proposals": """
        -- 100% of what was filed; a colon :is no parameter
        SELECT id AS proposal_id, kind, title, filed AS filed_on, important AS is_key, signers AS co_signer_count
        FROM matter WHERE title NOT LIKE '%none%' ORDER BY id;""",
    "assignments": """SELECT id AS assignment_id, matter AS proposal_id, unit AS unit_id, part AS role,
        given AS assigned_on FROM duty ORDER BY id""",
    "events": """SELECT id AS event_id, matter AS proposal_id, unit AS unit_id, what AS kind, day AS happened_on,
        at AS recorded_at, result AS value FROM log ORDER BY id""",
}

CONFIG = SourceConfig.model_validate(
    {
        "time_zone": "UTC",
        "frames": {
            "units": {"maps": {"group": {"局": "department", "镇街": "town"}}},
            "proposals": {"maps": {"kind": {"1": "deputy_suggestion", "2": "cppcc_proposal"}}},
            "assignments": {"maps": {"role": {"主办": "lead", "协办": "co_organising"}}},
            "events": {
                "maps": {"kind": {"答复": "reply_issued", "意见": "opinion_submitted"}, "value": {"A": "solved"}},
                "units": {"recorded_at": "unix_seconds"},
            },
        },
    }
)


def fill(url: str) -> sa.Engine:
    """Return an engine that may write to the database, filled afresh."""
    engine = sa.create_engine(url)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            connection.execute(table.insert(), rows)
    return engine


def jurisdiction(folder: Path, **changes: str) -> Path:
    """Write the SQL files, some of them changed, below ``folder``; return the folder that holds them."""
    sql = folder / "source"
    sql.mkdir(parents=True, exist_ok=True)
    for name, text in (QUERIES | changes).items():
        (sql / f"{name}.sql").write_text(text, encoding="utf-8")
    return sql
