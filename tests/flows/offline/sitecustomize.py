"""On PYTHONPATH: writes down every attempt of any Python process to look up or reach another machine."""

import os
import sys
from pathlib import Path

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::")


def note(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and not str(host).startswith(LOOPBACK):
        with Path(os.environ["CALLS_FILE"]).open("a", encoding="utf-8") as file:
            file.write(f"{event} {host}\n")


sys.addaudithook(note)
