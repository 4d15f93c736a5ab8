"""``deployments``: the text of ``prefect.yaml`` for a process work pool."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.deployments import prefect_yaml
from tasks.jurisdictions import served_jurisdictions


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    help_text = "地区名,可写多次;缺省同 serve"
    parser.add_argument("-j", "--jurisdiction", action="append", default=[], metavar="NAME", help=help_text)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print it."""
    print(prefect_yaml(served_jurisdictions(arguments.jurisdiction)), end="")
    return 0
