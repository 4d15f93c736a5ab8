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
NOTHING = """
from flows.environment import prepare; prepare()
from flows.server import temporary_server; ready = temporary_server()
import prefect; ready()
prefect.flow(lambda: None, name='nothing')()
"""


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
        # The first start makes Prefect's own database: an office that has long been at work has one.
        first, nothing = (ran([sys.executable, "-c", NOTHING], given) for _ in range(2))
        command = [sys.executable, "-m", "flows", "run", "daily-supervision", "-j", NAME, "--as-of", str(TODAY)]
        night = ran(command, given)
        mails = len(list((place.var / "mail").rglob("*.eml")))
    line(
        "Prefect alone: a flow that does nothing",
        f"{nothing.seconds:.1f} s",
        f"{_of(nothing)}; the first one {first.seconds:.1f} s",
    )
    line(
        f"a city's night, {proposals:,} proposals, {len(made.units)} units, SQLite",
        f"{night.seconds:.1f} s",
        f"{_of(night)}; without Prefect's start-up {night.seconds - nothing.seconds:.1f} s; {mails} mails sent",
    )


def _of(run) -> str:
    return f"cpu {run.cpu:.1f} s, peak {run.peak_gb:.2f} GB, Prefect's server included"


def one_night(given: dict[str, str], day: date) -> dict:
    """Return the seconds of each step of a night."""
    os.environ.update(given)
    from tasks import review
    from tasks.adapters.workplace import open_workplace
    from tasks.assess import assess_day
    from tasks.refresh import take_snapshot

    with patch.object(review, "publish_table"), patch.object(review, "create_markdown_artifact"):
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
    return steps


def province(proposals: int) -> None:
    made = facts(proposals)
    with office("postgresql", made) as place:
        del made
        first = apart(one_night, place.environment, TODAY)
        change(place.source, SHARE, 2)
        second = apart(one_night, place.environment, TODAY + timedelta(days=1))
    for name, night in (("first", first), ("second", second)):
        line(
            f"{name} night of {proposals:,} proposals on PostgreSQL",
            f"{night['all']:.1f} s",
            f"read and store {night['refresh']:.1f} s, compute and store {night['assess']:.1f} s; "
            f"{night['changed']:,} rows changed; peak {night['peak_gb']:.2f} GB",
        )
    line("the second night", f"{second['all'] / first['all']:.2f}", "of the first")


def main() -> None:
    of_city, of_province = SIZES[scale()]
    city(of_city)
    province(of_province)


if __name__ == "__main__":
    main()
