"""Prefect on a closed network: no call home, its files under ``DUBAN_VAR``, and expected errors without a traceback."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path

from tasks.adapters.settings import settings
from tasks.domain.errors import DubanError

__all__ = ["QUIET", "WithoutTraceback", "log_plainly", "prepare", "settings", "settle"]

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_API_URL": "/api",
    "PREFECT_CLI_PROMPT": "false",
    # What children of ours write and read is UTF-8, whatever the system prefers.
    "PYTHONUTF8": "1",
    # The server records task runs one by one otherwise, and lags behind.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
}


def prepare() -> None:
    """Set what Prefect reads from the environment, before it is imported; what the office has set stays."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    chosen = settings()
    if auth := chosen.ui_password():
        for name in ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"):
            os.environ.setdefault(name, auth)
    for name, value in chosen.prefect_servers().items():
        os.environ.setdefault(name, value)
    home = Path(os.environ.setdefault("PREFECT_HOME", str((chosen.var / "prefect").absolute())))
    home.mkdir(parents=True, exist_ok=True)


def server_log() -> Path:
    """Return where the Prefect server that ``serve`` starts writes its log."""
    folder = settings().var / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "prefect-server.log"


class WithoutTraceback(logging.Filter):
    """Log an expected error as its own text: the traceback of a wrong date in a file helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; drop the traceback of a ``DubanError``."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(error, DubanError):
            record.msg, record.args, record.exc_info = "%s", (str(error),), None
        return True


def settle() -> None:
    """Let Python's garbage collector pass over all that is loaded by now, and look less often at what is made from here on.

    A night makes millions of short-lived rows; with the usual settings a tenth of its time goes into looking at modules.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def log_plainly() -> None:
    """Apply ``WithoutTraceback`` to the loggers of flow and task runs."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(WithoutTraceback())
