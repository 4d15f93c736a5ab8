"""``demo``: one night of a fictional city, and where to look."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date

from flows.environment import settle
from flows.server import temporary_server

JURISDICTION, DAY = "demo", date(2026, 6, 12)


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add no argument: the demonstration is always the same."""
    # The story is told below; Prefect's own log lines would drown it.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Run the night of the demonstration and tell what happened and what to open next."""
    print(f"正在运行虚构城市“临江市”{DAY} 的每日督办和公开网站，约半分钟……", flush=True)
    ready = temporary_server()
    from flows.daily_supervision import daily_supervision
    from flows.publication import publication
    from tasks.site import site_page
    from tasks.tell import tell_night

    settle()
    ready()
    daily_supervision(JURISDICTION, DAY)
    publication(JURISDICTION, DAY)
    print(tell_night(JURISDICTION, DAY))
    print(f"  向社会公开的网站，请用浏览器打开：\n    {site_page(JURISDICTION)}")
    print(f"    或运行 python -m flows site serve -j {JURISDICTION}，再打开它写出的网址")
    return 0
