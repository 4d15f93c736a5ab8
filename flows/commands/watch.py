"""``watch``: run by cron, a systemd timer or a Windows task; alarms when today's supervision is missing."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, time

from flows.commands import options
from tasks.watch import watch


def hour(text: str) -> time:
    """Return the time written as HH:MM; anything else is wrong use."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是时刻,请写 09:00 这样的时刻") from None


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("--by", type=hour, default=time(9, 0), metavar="HH:MM", help="最迟几点应已完成,缺省 09:00")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Watch once; exit code 1 says that something is wrong."""
    # Its own clock: nothing here may depend on Prefect being well.
    found = watch(arguments.jurisdiction, arguments.by, datetime.now(UTC))
    print(found.what)
    return 0 if found.is_well else 1
