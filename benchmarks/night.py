"""Whole nights: a city of 40,000 proposals with Prefect, from its database to the mails; and a million on PostgreSQL.

Run ``python -m benchmarks.night [--scale full]``. The city's night is ``python -m flows run daily-supervision``, as an office
runs it, on a day of its steady life: what was told before is in the outbox, half a percent of the records are new. Prefect's
own start-up is that of a flow that does nothing. The large night is the tasks' bodies in one process, without Prefect, and
without the mails of a city that does not exist.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import sqlalchemy as sa

from benchmarks.measuring import apart, line, ran, scale
from benchmarks.office import NAME, change, environment, office
from benchmarks.synthetic import TODAY, facts

SHARE = 0.005
# Proposals of the city and of the province.
SIZES = {"quick": (300, 300), "small": (40_000, 20_000), "full": (40_000, 1_000_000)}
NOTHING = (
    "from flows.environment import prepare; prepare(); import prefect; prefect.flow(lambda: None, name='nothing')()"
)


def lived_in(given: dict[str, str], day: date) -> dict:
    """Supervise a first day, its mails told with stand-ins: an office that has long been at work."""
    os.environ.update(given)
    from tasks.adapters.ledger.outbox_mails import Composed
    from tasks.adapters.workplace import open_workplace
    from tasks.assess import assess_day
    from tasks.compose import composer
    from tasks.escalate import plan_notices, queue_notices
    from tasks.refresh import take_snapshot

    def stand_ins(workplace, moment):
        write, known = composer(workplace, moment), {}

        def compose(notice, message_id):
            if notice.level not in known:
                known[notice.level] = write(notice, message_id)
            draft = replace(known[notice.level].draft, message_id=f"<{message_id}@bench>", attachments=())
            return Composed(draft, "stand-in")

        return compose

    workplace, now = open_workplace(NAME), datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    assessed = assess_day(workplace, take_snapshot(workplace, now).snapshot_id, day, now)
    with patch("tasks.escalate.composer", stand_ins):
        queued = queue_notices(workplace, assessed, plan_notices(workplace, assessed), now)
    with workplace.ledger.begin() as connection:
        connection.execute(sa.text("UPDATE messages SET state = 'sent'"))
    return {"mails": queued.mails, "steps": queued.steps}


def city(proposals: int) -> None:
    made = facts(proposals)
    with office("sqlite", made) as place:
        before = apart(lived_in, place.environment, TODAY - timedelta(days=1))
        line("told before", f"{before['mails']:,} mails", f"{before['steps']:,} steps")
        change(place.source, SHARE, 1)
        given = environment(place.environment)
        nothing = ran([sys.executable, "-c", NOTHING], given)
        command = [sys.executable, "-m", "flows", "run", "daily-supervision", "-j", NAME, "--as-of", str(TODAY)]
        night = ran(command, given)
        mails = len(list((place.var / "mail").rglob("*.eml")))
    line("Prefect alone: a flow that does nothing", f"{nothing.seconds:.1f} s", _of(nothing))
    line(
        f"a city's night, {proposals:,} proposals, {len(made.units)} units, SQLite",
        f"{night.seconds:.1f} s",
        f"{_of(night)}; without Prefect's start-up {night.seconds - nothing.seconds:.1f} s; {mails} mails sent",
    )


def _of(run) -> str:
    return f"cpu {run.cpu:.1f} s, peak {run.peak_gb:.2f} GB, Prefect's server included"


def two_nights(given: dict[str, str], source: str) -> dict:
    """Return the seconds of each step of two nights, the second after a change of half a percent of the records."""
    os.environ.update(given)
    from tasks import review
    from tasks.adapters.workplace import open_workplace
    from tasks.assess import assess_day
    from tasks.refresh import take_snapshot

    found = {}
    with patch.object(review, "publish_table"), patch.object(review, "create_markdown_artifact"):
        for number, day in enumerate((TODAY, TODAY + timedelta(days=1))):
            now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            steps = {}
            start = time.perf_counter()
            workplace = open_workplace(NAME)
            taken = take_snapshot(workplace, now)
            steps["refresh"] = time.perf_counter() - start
            made = assess_day(workplace, taken.snapshot_id, day, now)
            steps["assess"] = time.perf_counter() - start - steps["refresh"]
            review.review.fn(NAME, made.record.assessment_id, {})
            steps["all"] = time.perf_counter() - start
            steps["changed"] = taken.changed_rows
            found[number] = steps
            change(source, SHARE, 2)
    return found


def province(proposals: int) -> None:
    made = facts(proposals)
    with office("postgresql", made) as place:
        del made
        found = apart(two_nights, place.environment, place.source)
    first, second = found[0], found[1]
    for name, night in (("first", first), ("second", second)):
        line(
            f"{name} night of {proposals:,} proposals on PostgreSQL",
            f"{night['all']:.1f} s",
            f"read and store {night['refresh']:.1f} s, compute and store {night['assess']:.1f} s; {night['changed']:,} rows changed",
        )
    line("the second night", f"{second['all'] / first['all']:.2f}", f"of the first; peak {found['peak_gb']:.2f} GB")


def main() -> None:
    of_city, of_province = SIZES[scale()]
    city(of_city)
    province(of_province)


if __name__ == "__main__":
    main()
