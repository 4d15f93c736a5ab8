"""Source and ledger on PostgreSQL and SQLite: reading, writing, the second night, and a history of many nights.

Run ``python -m benchmarks.storage [--scale full]``. Peers: ``pandas.read_sql`` over SQLAlchemy with the same typing, and
``DataFrame.to_sql``. PostgreSQL is the tests' (``DUBAN_TEST_POSTGRESQL_URL``); without a server that part is left out.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from benchmarks.measuring import apart, line, scale, terms, timed
from benchmarks.office import database, fill, queries
from benchmarks.synthetic import TODAY, facts
from tasks.adapters import source
from tasks.adapters.incremental import Keeping, planned
from tasks.adapters.ledger import bulk, snapshots
from tasks.adapters.ledger.engine import Ledger, open_ledger
from tasks.adapters.ledger.tables import VERSIONS, Timestamp
from tasks.adapters.source_config import SourceConfig
from tasks.adapters.source_files import source_files
from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations

SHARE = 0.005
# Kind of database, proposals, nights.
SIZES = {
    "quick": (("PostgreSQL", 300, 5), ("SQLite", 300, 5)),
    "small": (("PostgreSQL", 10_000, 40), ("SQLite", 10_000, 40)),
    "full": (("PostgreSQL", 10_000, 365), ("SQLite", 10_000, 365)),
}
MARKED = SourceConfig.model_validate({"frames": {"events": {"watermark": "recorded_at"}}})
NIGHT = datetime(2026, 7, 15, 7, tzinfo=UTC)


def fast_read(url: str, folder: str) -> dict:
    reading, address = (
        planned(SourceConfig.model_validate({}), source_files(Path(folder)), url, None),
        source.address_of(url),
    )
    through_arrow = address.get_backend_name() == "postgresql"
    answers = source._through_arrow(address, reading) if through_arrow else source._through_driver(address, reading)
    seconds, _ = timed(lambda: dict(answers))
    return {"seconds": seconds}


def plain_read(url: str, folder: str) -> dict:
    engine = sa.create_engine(url)
    files = source_files(Path(folder))
    seconds, _ = timed(lambda: {name: pd.read_sql(sa.text(sql), engine) for name, sql in files.queries.items()})
    return {"seconds": seconds}


def whole_read(url: str, folder: str) -> dict:
    seconds, _ = timed(lambda: source.read_source(SourceConfig.model_validate({}), Path(folder), url))
    return {"seconds": seconds}


def reading(kind: str, url: str, made: Facts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        queries(Path(folder))
        ours, theirs = apart(fast_read, url, folder), apart(plain_read, url, folder)
        base = apart(nothing)["peak_gb"]
        memory = (theirs["peak_gb"] - base) / max(ours["peak_gb"] - base, 0.001)
        line(
            f"{kind}: rows of all frames ({sum(len(f) for f in made.frames().values()):,})",
            f"{ours['seconds']:.2f} s",
            f"{theirs['seconds'] / ours['seconds']:.1f} x read_sql; memory {ours['peak_gb'] - base:.2f} GB, {memory:.1f} x less",
        )
        checked = apart(whole_read, url, folder)
        line(f"{kind}: read and checked", f"{checked['seconds']:.2f} s", f"peak {checked['peak_gb']:.2f} GB")
        apart(marked_read, url, folder, NIGHT)
        moved(url)
        again = apart(marked_read, url, folder, NIGHT + timedelta(days=1))
        line(
            f"{kind}: the next night by watermark, read and checked",
            f"{again['seconds']:.2f} s",
            f"{again['fetched']:,} of {len(made.events):,} events fetched",
        )


def marked_read(url: str, folder: str, now: datetime) -> dict:
    keeping = Keeping(Path(folder) / "kept", now)
    seconds, read = timed(lambda: source.read_source(MARKED, Path(folder), url, keeping=keeping))
    return {"seconds": seconds, "fetched": read.fetched.get("events")}


def moved(url: str) -> None:
    """Change half a percent of the source's records, and their watermark."""
    engine = sa.create_engine(url)
    events = sa.table("src_events", sa.column("event_id"), sa.column("recorded_at", Timestamp))
    chosen = sa.cast(sa.func.substr(events.c.event_id, 2), sa.BigInteger) % round(1 / SHARE) == 1
    with engine.begin() as connection:
        connection.execute(events.update().where(chosen).values(recorded_at=NIGHT))
    engine.dispose()


def nothing() -> dict:
    """Do nothing: the memory of the imports alone."""
    return {}


def writing(kind: str, ledger: Ledger, made: Facts) -> None:
    rules, calendar = terms()
    frame = obligations(made, rules, calendar, TODAY).drop(columns=["assignment_id", "reason"]).iloc[:200_000]
    plain = frame.astype({name: "str" for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)})
    columns = [sa.Column(c, sa.Text if plain[c].dtype == "str" else _sql_type(plain[c])) for c in plain.columns]
    table = sa.Table("bench_results", sa.MetaData(), *columns)
    with ledger.begin() as connection:
        table.create(connection)
        ours, _ = timed(lambda: bulk.insert(connection, table, plain))
    theirs, _ = timed(lambda: plain.to_sql("bench_plain", ledger.engine, index=False))
    line(f"{kind}: write {len(plain):,} obligations", f"{ours:.2f} s", f"{theirs / ours:.1f} x to_sql")


def _sql_type(values: pd.Series) -> type[sa.types.TypeEngine]:
    if isinstance(values.dtype, pd.BooleanDtype):
        return sa.Boolean
    return sa.Date if values.dtype.kind == "M" else sa.BigInteger


def another_night(made: Facts, rng: np.random.Generator, number: int) -> Facts:
    """Return the facts with half a percent of the events changed."""
    chosen = rng.random(len(made.events)) < SHARE
    note = made.events["note"].mask(chosen, f"第{number}夜")
    return replace(made, events=made.events.assign(note=note))


def nights(kind: str, ledger: Ledger, made: Facts, count: int) -> None:
    rng = np.random.default_rng(1)
    first, taken = timed(lambda: snapshots.store(ledger, "bench", made, pd.DataFrame(), NIGHT))
    one_night = stored_rows(ledger)
    today, _ = timed(lambda: read_anew(ledger, taken.snapshot_id))
    made = another_night(made, rng, 2)
    second, _ = timed(lambda: snapshots.store(ledger, "bench", made, pd.DataFrame(), NIGHT + timedelta(days=1)))
    line(f"{kind}: store the first night", f"{first:.2f} s", f"second, 0.5 % changed: {second / first:.2f} of it")
    for number in range(3, count + 1):
        made = another_night(made, rng, number)
        last = snapshots.store(ledger, "bench", made, pd.DataFrame(), NIGHT + timedelta(days=number))
    newest, _ = timed(lambda: read_anew(ledger, last.snapshot_id))
    middle, _ = timed(lambda: read_anew(ledger, f"bench-{count // 2:06d}"))
    size = stored_rows(ledger) / one_night
    line(f"{kind}: history of {count} nights", f"{size:.2f} x", "rows of one; 0.5 % changed a night")
    line(
        f"{kind}: read a night in the middle",
        f"{middle:.2f} s",
        f"{middle / newest:.2f} x today's; one alone {today:.2f} s",
    )


def read_anew(ledger: Ledger, snapshot_id: str) -> Facts:
    """Return the snapshot's facts from the ledger, not those that this thread stored or loaded last."""
    snapshots.LAST.keep(None, None)
    return snapshots.load(ledger, snapshot_id)


def stored_rows(ledger: Ledger) -> int:
    with ledger.connect() as connection:
        return sum(
            connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() or 0 for t in VERSIONS.values()
        )


def large_read(size: int) -> None:
    """Read what a province has: the start of drivers and servers counts for nothing there."""
    made = facts(size)
    print(f"PostgreSQL, {size:,} proposals")
    with database("postgresql") as url:
        fill(url, made)
        reading("PostgreSQL", url, made)


def main() -> None:
    if scale() == "full":
        large_read(1_000_000)
    for kind, size, count in SIZES[scale()]:
        made = facts(size)
        print(f"{kind}, {size:,} proposals")
        with database(kind.lower()) as url:
            fill(url, made)
            reading(kind, url, made)
            ledger = open_ledger(url)
            writing(kind, ledger, made)
            nights(kind, ledger, made, count)
            ledger.engine.dispose()


if __name__ == "__main__":
    main()
