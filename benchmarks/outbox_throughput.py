"""Queue and deliver many notices to a local mail server, and print how fast and with how much memory.

    python -m benchmarks.outbox_throughput [--mails 10000] [--ledger URL]

Each mail is as the office sends it: the demo's words, HTML and text, and the unit's list as a workbook. The mail server is a
process of its own that writes down all it took; every mail must lie there once, with its Chinese names unharmed.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from email.policy import default
from pathlib import Path

from tasks.adapters import sending
from tasks.adapters.archive import Archive
from tasks.adapters.ledger import deliveries, outbox
from tasks.adapters.ledger.engine import open_ledger
from tasks.adapters.mail import Mailer, Security, SmtpConfig
from tasks.adapters.workplace import open_workplace
from tasks.compose import composer
from tests.adapters.outboxes import EVIDENCE, NOW
from tests.builders import facts
from tests.domain.ladders import night

NIGHT = date(2026, 6, 11)
RARE_NAMES = ("司马翀", "徐玥", "李祎", "王珺", "欧阳志强")


def many_units(count: int):
    """Return one overdue case at each of so many units, with a contact each."""
    rows = [{"proposal_id": f"p{n}", "unit_id": f"u{n}"} for n in range(count)]
    units = [{"unit_id": f"u{n}", "name": f"市第{n}局"} for n in range(count)]
    people = [
        {"unit_id": f"u{n}", "role": "section", "name": RARE_NAMES[n % 5], "email": f"section@u{n}.example.cn"}
        for n in range(count)
    ]
    return facts(assignments=rows, units=units, contacts=people)


def peak_mib() -> float:
    """Return the process's peak memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told(what: str, count: int, begun: float) -> None:
    seconds = time.monotonic() - begun
    print(f"{what}: {count} in {seconds:.1f} s, {count / seconds:.0f} a second, peak {peak_mib():.0f} MiB", flush=True)


def run(folder: Path, count: int, url: str, port: int) -> None:
    ledger, archive = open_ledger(url), Archive(folder / "archive")
    begun = time.monotonic()
    plan = night(many_units(count), NIGHT)
    told("planned", len(plan.notices), begun)
    begun = time.monotonic()
    compose = composer(open_workplace("demo"), NOW)
    outbox.queue(ledger, archive, "demo", plan, EVIDENCE, compose, NOW)
    told("written and queued", count, begun)
    del plan
    for part in range(4):
        begun, now = time.monotonic(), NOW
        wanted = set(deliveries.due(ledger, now)[: count // 4])
        outlet = Mailer(SmtpConfig("127.0.0.1", port, security=Security.PLAIN))
        left = iter(range(len(wanted)))
        sending.drain(
            ledger,
            archive,
            outlet,
            "demo",
            worker=str(os.getpid()),
            clock=lambda now=now: now,
            may_send=lambda _, left=left: next(left, None) is not None,
        )
        told(f"delivered, quarter {part + 1}", len(wanted), begun)


def check(mailbox: Path, count: int) -> None:
    """Print whether every mail arrived once and reads back exactly."""
    ids, wrong = Counter(), 0
    for path in mailbox.glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=default)
        ids[mail["Message-ID"]] += 1
        names = [part.get_filename() for part in mail.iter_attachments()]
        is_right = mail["To"].addresses[0].display_name in RARE_NAMES and names == ["催办清单.xlsx"]
        wrong += not (is_right and "催办" in mail["Subject"])
    print(f"arrived: {len(ids)} of {count}, {sum(ids.values()) - len(ids)} twice, {wrong} not read back exactly")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--ledger", help="URL of an empty ledger; by default an SQLite file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        command = [sys.executable, "-m", "tests.mail_server", folder / "mailbox", "--security", "plain"]
        server = subprocess.Popen(command)
        try:
            ready = folder / "mailbox" / "ready.json"
            while not ready.exists():
                time.sleep(0.05)
            url = given.ledger or f"sqlite:///{folder / 'ledger.sqlite'}"
            run(folder, given.mails, url, json.loads(ready.read_text())["port"])
            check(folder / "mailbox", given.mails)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
