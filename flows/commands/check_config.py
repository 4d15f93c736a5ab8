"""``check-config``: every mistake of a jurisdiction's configuration, before a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from tasks.check import check_configuration
from tasks.jurisdictions import rehearsal_note


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Check, and say what was checked."""
    print(f"配置无误:{'、'.join(check_configuration(arguments.jurisdiction))}")
    if note := rehearsal_note(arguments.jurisdiction):
        print(note)
    return 0
