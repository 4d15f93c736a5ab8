"""Kill the process at every point of planning, queueing, claiming, sending and recording, and count what was lost or doubled.

    python -m benchmarks.delivery_kills [--every N] [--units N] [--postgresql URL]

A night's process is forked and ends itself with SIGKILL at its n-th point, for every n: before and after each SQL statement,
commit, archived file and SMTP command. A second process then recovers and goes on; a person then resolves what is uncertain by
looking into the mailbox; a third process finishes. The mail server is a process of its own that writes down all it took.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from tasks.adapters import mail, sending
from tasks.adapters.archive import Archive
from tasks.adapters.ledger import decisions, deliveries, outbox_views
from tasks.adapters.ledger.engine import Ledger, open_ledger
from tasks.adapters.ledger.outbox_tables import TABLES
from tasks.adapters.mail import Mailer, Security, SmtpConfig
from tasks.domain.delivery import Decision, MessageState
from tests.adapters.outboxes import NOW, cases, queue, record_of, run_night
from tests.domain.ladders import night

FIRST_NIGHT, TONIGHT = date(2026, 6, 10), date(2026, 6, 25)
COMMANDS = {"mail": "MAIL", "rcpt": "RCPT", "docmd": "DATA", "send": "body", "getreply": "answer"}


@dataclass
class Points:
    """Counts the points a process passes, names each by its stage, and kills the process at one of them."""

    kill_at: int = 0
    passed: list[str] = field(default_factory=list)
    stage: str = "plan"

    def hit(self, stage: str | None = None) -> None:
        self.passed.append(stage or self.stage)
        if len(self.passed) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def within(self, stage: str):
        before, self.stage = self.stage, stage
        self.hit()
        yield
        self.hit()
        self.stage = before


class Watched:
    """An SMTP connection that passes a point before and after each command."""

    def __init__(self, smtp, points: Points) -> None:
        self._smtp, self._points = smtp, points

    def __getattr__(self, name):
        found = getattr(self._smtp, name)
        if name not in COMMANDS:
            return found

        def call(*values):
            with self._points.within(COMMANDS[name]):
                return found(*values)

        return call


@dataclass
class World:
    """A ledger, an archive and a mail server, as one office has them."""

    name: str
    folder: Path
    url: str
    port: int
    units: int

    @property
    def mailbox(self) -> Path:
        return self.folder / "mailbox"

    def reset(self) -> None:
        """Start again on the morning before the missed nights."""
        for path in self.mailbox.glob("*.eml"):
            path.unlink()
        shutil.rmtree(self.folder / "archive", ignore_errors=True)
        if self.url.startswith("sqlite"):
            for suffix in ("-wal", "-shm"):
                (self.folder / f"ledger.sqlite{suffix}").unlink(missing_ok=True)
            shutil.copy(self.folder / "template.sqlite", self.folder / "ledger.sqlite")
        else:
            self.first_night()

    def first_night(self) -> None:
        ledger = open_ledger(self.url)
        if ledger.engine.dialect.name == "postgresql":
            with ledger.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {', '.join(t.name for t in TABLES)} RESTART IDENTITY CASCADE")
        run_night(ledger, Archive(self.folder / "archive"), self.cases(), FIRST_NIGHT)
        for message_id in deliveries.due(ledger, NOW):
            claimed = deliveries.claim(ledger, message_id, NOW, "setup")
            deliveries.record(ledger, claimed, mail.SendResult(mail.SendState.SENT, "250"), None, NOW)
        ledger.engine.dispose()

    def cases(self):
        return cases(2 * self.units, self.units)

    def delivered(self) -> Counter:
        """Return how often each mail lies in the mailbox."""
        names = [email.message_from_bytes(path.read_bytes())["Message-ID"] for path in self.mailbox.glob("*.eml")]
        return Counter(name.strip("<>").split("@")[0] for name in names)


def one_night(world: World, points: Points, now: datetime) -> None:
    """Live through one night's process: recover, plan, queue, send."""
    ledger, archive = Ledger(world.url), Archive(world.folder / "archive")
    with watched(ledger, points):
        with points.within("recover"):
            deliveries.recover(ledger, "demo", timedelta(0), now)
        with points.within("plan"):
            plan = night(world.cases(), TONIGHT, record_of(ledger))
        with points.within("queue"):
            queue(ledger, archive, plan, now)
        config = SmtpConfig("127.0.0.1", world.port, security=Security.PLAIN, timeout=10)
        clock = lambda: now  # noqa: E731
        sending.drain(
            ledger, archive, Mailer(config), "demo", worker=f"{os.getpid()}", clock=clock, may_send=lambda _: True
        )
    ledger.engine.dispose()


@contextmanager
def watched(ledger: Ledger, points: Points):
    """Pass points at every statement, commit, stored file, claim, record, connection and SMTP command."""
    engine, dialect = ledger.engine, ledger.engine.dialect
    hit = lambda *_: points.hit()  # noqa: E731
    for event in ("before_cursor_execute", "after_cursor_execute"):
        sa.event.listen(engine, event, hit)
    wrapped = [
        (dialect, "do_commit", None),
        (Archive, "put", None),
        (deliveries, "claim", "claim"),
        (deliveries, "record", "record"),
        (Mailer, "_connect", "connect"),
    ]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in wrapped]
    for (owner, name, stage), (*_, original) in zip(wrapped, originals, strict=True):
        setattr(owner, name, passing(points, original, stage))
    hand_over = mail.hand_over
    mail.hand_over = lambda smtp, *values: hand_over(Watched(smtp, points), *values)
    try:
        yield
    finally:
        mail.hand_over = hand_over
        for owner, name, original in originals:
            setattr(owner, name, original)


def passing(points: Points, original, stage: str | None):
    def call(*values, **named):
        with points.within(stage or points.stage):
            return original(*values, **named)

    return call


def in_process(work) -> int:
    """Run ``work`` in a forked process and return its exit status; negative is the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def count_points(world: World) -> list[str]:
    """Return the stage of every point that an undisturbed night passes."""
    world.reset()
    told = world.folder / "points.json"

    def work():
        points = Points()
        one_night(world, points, NOW)
        told.write_text(json.dumps(points.passed))

    assert in_process(work) == 0
    return json.loads(told.read_text())


@dataclass
class Outcome:
    """What a kill led to; of several kills, the sums."""

    lost: int = 0
    doubled: int = 0
    uncertain: int = 0
    most_uncertain: int = 0


def kill_at(world: World, point: int, expected: set[str]) -> Outcome:
    """Kill tonight's process at that point, let the office go on, and return what became of the night's mails."""
    world.reset()
    assert in_process(lambda: one_night(world, Points(point), NOW)) == -signal.SIGKILL
    assert in_process(lambda: one_night(world, Points(), NOW + timedelta(hours=1))) == 0
    ledger = Ledger(world.url)
    uncertain = [row["message_id"] for row in outbox_views.list_mails(ledger, "demo", [MessageState.UNCERTAIN])]
    time.sleep(0.02 if uncertain else 0)  # the server may still be writing what it took
    for message_id in uncertain:
        seen = Decision.SENT if world.delivered()[message_id] else Decision.NOT_SENT
        decisions.resolve(ledger, "demo", message_id, seen, "值班员", "查看收件箱", NOW + timedelta(hours=2))
    ledger.engine.dispose()
    assert in_process(lambda: one_night(world, Points(), NOW + timedelta(hours=3))) == 0
    delivered = world.delivered()
    lost = len(expected - set(delivered)) + len(unsent(world))
    return Outcome(lost, sum(count - 1 for count in delivered.values()), len(uncertain), len(uncertain))


def unsent(world: World) -> list[str]:
    """Return the mails that the ledger does not hold as sent."""
    ledger = Ledger(world.url)
    found = [row["message_id"] for row in outbox_views.list_mails(ledger, "demo") if row["state"] != MessageState.SENT]
    ledger.engine.dispose()
    return found


def run(world: World, every: int) -> tuple[Counter, Outcome]:
    """Kill at every ``every``-th point and return the kills by stage and the sums."""
    stages = count_points(world)
    expected = set(world.delivered())
    assert expected, "the undisturbed night delivers nothing"
    kills, total = Counter(), Outcome()
    for point in range(1, len(stages) + 1, every):
        outcome = kill_at(world, point, expected)
        kills[stages[point - 1]] += 1
        total = Outcome(
            total.lost + outcome.lost,
            total.doubled + outcome.doubled,
            total.uncertain + outcome.uncertain,
            max(total.most_uncertain, outcome.most_uncertain),
        )
        if outcome.lost or outcome.doubled or outcome.uncertain > 1:
            print(f"  {world.name}: point {point} ({stages[point - 1]}): {outcome}", file=sys.stderr)
    return kills, total


@contextmanager
def worlds(units: int, postgresql: str | None):
    """Yield a world on SQLite and, if there is a server, one on PostgreSQL."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.mail_server", folder / "mailbox", "--security", "plain"]
        )
        try:
            ready = folder / "mailbox" / "ready.json"
            while not ready.exists():
                time.sleep(0.05)
            port = json.loads(ready.read_text())["port"]
            sqlite = World("SQLite", folder, f"sqlite:///{folder / 'ledger.sqlite'}", port, units)
            sqlite.first_night()
            shutil.move(folder / "ledger.sqlite", folder / "template.sqlite")
            found = [sqlite]
            if postgresql:
                open_ledger(postgresql).engine.dispose()
                found.append(World("PostgreSQL", folder, postgresql, port, units))
            yield found
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="kill at every N-th point only")
    parser.add_argument("--units", type=int, default=4, help="units in the world; four mails each")
    parser.add_argument("--postgresql", help="URL of an empty database of its own")
    given = parser.parse_args()
    begun, kills, faults = time.monotonic(), Counter(), 0
    with worlds(given.units, given.postgresql) as found:
        for world in found:
            by_stage, total = run(world, given.every)
            kills += by_stage
            faults += total.lost + total.doubled + (total.most_uncertain > 1)
            print(
                f"{world.name}: {sum(by_stage.values())} kills, {total.lost} lost, {total.doubled} sent twice, "
                f"{total.uncertain} uncertain in all, at most {total.most_uncertain} a kill"
            )
    print("kills by stage:", ", ".join(f"{stage} {count}" for stage, count in sorted(kills.items())))
    print(f"{sum(kills.values())} kills in {time.monotonic() - begun:.0f} s")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
