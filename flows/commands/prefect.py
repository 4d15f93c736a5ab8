"""``prefect``: Prefect's own command line with our settings in the environment; imports no Prefect before they stand there."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Callable

from flows.server import KEEP


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Take everything that follows for Prefect."""
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="…", help="如 server start、deploy --all、worker start --pool duban"
    )
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Become Prefect's command line; its exit code is ours."""
    for key, value in KEEP.items():
        os.environ.setdefault(key, value)
    sys.argv = ["prefect", *arguments.words]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
    return 0
