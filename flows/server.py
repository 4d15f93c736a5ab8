"""The Prefect server of a one-machine installation, or of a single command, as a child process.

Imports no Prefect: the server's address comes first.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.environment import server_log
from tasks.domain.errors import ConfigurationError, LedgerError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
START_SECONDS = 180
STOP_SECONDS = 20
# Prefect keeps runs, logs and artifacts for ever unless told otherwise; our own ledger keeps what matters.
KEEP = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "7776000",
}
# As Prefect starts the one that it would start itself: without an interface, without what works on schedules.
TEMPORARY = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
APPLICATION = ("-m", "uvicorn", "--factory", "prefect.server.api.server:create_app")


def temporary_server() -> Callable[[], None]:
    """Start the server of one command while that is still loading; return what waits until the server answers.

    Prefect starts one by itself where no server is configured, but only when the first run begins, and for that loads the
    whole server into the command's own process: some seconds later. It is left to Prefect where Prefect is loaded already,
    or its own files may say something of servers.
    """
    if "prefect" in sys.modules or _may_be_configured():
        return lambda: None
    with socket.socket() as probe:
        probe.bind((LOOPBACK[0], 0))
        port = probe.getsockname()[1]
    _address(LOOPBACK[0], port)
    command = [sys.executable, *APPLICATION, "--host", LOOPBACK[0], "--port", str(port)]
    with server_log().open("ab") as log:
        options = ["--log-level", "error", "--lifespan", "on"]
        child = subprocess.Popen([*command, *options], stdout=log, stderr=log, env=_of_server() | TEMPORARY)
    # The first to be registered is the last to be called: Prefect hands over its last records before.
    atexit.register(_stop, child)

    def ready() -> None:
        _wait_until_healthy(child, f"http://{LOOPBACK[0]}:{port}/api/health")
        # Where to look at the run: nowhere, a moment later.
        logging.getLogger("prefect.flow_runs").addFilter(lambda record: getattr(record, "send_to_api", True))

    return ready


def _may_be_configured() -> bool:
    named = any(name in os.environ for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"))
    files = (Path(os.environ["PREFECT_HOME"], "profiles.toml"), Path("prefect.toml"), Path(".env"))
    return named or any(file.exists() for file in files)


@contextmanager
def prefect_server(host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server on that address until the end of the block; its API address is in the environment meanwhile.

    Raises ``ConfigurationError`` when the address is taken, or open to others without a password, and ``LedgerError`` when
    the server does not come up.
    """
    _refuse_open_door(host)
    _refuse_taken(host, port)
    # Also a stop while starting up has to pass through the end of this block.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    client_host = "127.0.0.1" if host in ("0.0.0.0", *LOOPBACK) else host
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    with server_log().open("ab") as log:
        # Its own session: Ctrl-C at the terminal must reach it after the runs are closed, not before.
        child = subprocess.Popen(
            command, stdout=log, stderr=log, env=_environment(client_host, port), start_new_session=True
        )
    try:
        _wait_until_healthy(child, f"http://{client_host}:{port}/api/health")
        yield child
    finally:
        _stop(child)


def _environment(host: str, port: int) -> dict[str, str]:
    _address(host, port)
    os.environ["PREFECT_UI_URL"] = f"http://{host}:{port}/v2"
    if auth := os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        os.environ["PREFECT_API_AUTH_STRING"] = auth
    for name, value in KEEP.items():
        os.environ.setdefault(name, value)
    return _of_server()


def _address(host: str, port: int) -> None:
    os.environ["PREFECT_API_URL"] = f"http://{host}:{port}/api"
    # An office's web proxy cannot reach this machine's own loopback.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), host, "localhost")))


def _of_server() -> dict[str, str]:
    # The child is the server and must not look for another one.
    return {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}


def _refuse_open_door(host: str) -> None:
    if host not in LOOPBACK and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        raise ConfigurationError(
            f"serve --host {host}",
            "界面对其他电脑开放,却没有设密码",
            "请把“用户名:密码”写进文件并设 DUBAN_UI_AUTH_FILE,或只用 127.0.0.1,由反向代理管登录(docs/operating.md)。",
        )


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"{host}:{port}", f"不能监听:{error.strerror}", "请用 --port 另选端口,或先停掉占用它的程序。"
            ) from None


def _wait_until_healthy(child: subprocess.Popen[bytes], address: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        with suppress(OSError), direct.open(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise LedgerError("Prefect 服务", "没有启动成功", f"请看 {server_log()} 的最后几行。")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
