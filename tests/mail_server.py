"""A real SMTP server for tests: TLS, login, and faults on demand; in a thread, or in a process of its own.

    with MailServer(security="starttls", users={"duban@example.cn": "secret"}) as server:
        server.faults.append(Fault("rcpt", "550 5.1.1 no such user", address="bad@example.cn"))
        ...
        server.received[0].content

    python -m tests.mail_server FOLDER [--security starttls] [--user NAME --password WORD] [--fault STAGE:ACTION[:TIMES]]

The process writes each accepted mail to ``FOLDER/NNNNNN.eml`` before it answers, and ``FOLDER/ready.json`` (port, ca_file)
once it listens. Stages: connect, mail, rcpt, data (instead of 354), content (after the body), rset. Actions: an SMTP reply;
``drop`` closes the connection, ``silence`` never answers. With ``keep`` before it (``keep drop``, ``keep silence``), the stage
content stores the mail and only then misbehaves: what a client can't tell from a loss.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import ipaddress
import json
import logging
import os
import ssl
import tempfile
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, syntax
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

STAGES = ("connect", "mail", "rcpt", "data", "content", "rset")


@dataclass
class Fault:
    """What goes wrong at ``stage``, for the next ``times`` times (-1: always); ``address`` limits it to one recipient."""

    stage: str
    action: str
    times: int = -1
    address: str | None = None

    def __post_init__(self):
        assert self.stage in STAGES, self.stage

    @classmethod
    def parse(cls, text):
        stage, action, *times = text.split(":")
        return cls(stage, action, int(times[0]) if times else -1)


@dataclass(frozen=True)
class Received:
    sender: str
    to: tuple[str, ...]
    content: bytes


@dataclass
class MailServer:
    """Listens on 127.0.0.1 while it is a context; ``ca_file`` verifies its certificate for localhost and 127.0.0.1."""

    security: str = "starttls"
    users: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    folder: Path | None = None
    port: int = 0
    certificate_names: tuple[str, ...] = ("localhost", "127.0.0.1")
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    logins: int = 0

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(dir=self.folder)
        self.ca_file = Path(self._scratch.name, "ca.pem")
        self._context = _server_context(self.ca_file, self.certificate_names)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the mail server does not listen"
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._scratch.cleanup()

    def hit(self, stage, address=None):
        """Return the action of the first fault due at this stage, and count it."""
        for fault in self.faults:
            if fault.stage == stage and fault.times and fault.address in (None, address):
                fault.times -= 1
                return fault.action
        return None

    def store(self, envelope):
        mail = Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        self.received.append(mail)
        if self.folder:
            _write_whole(self.folder / f"{len(self.received):06}.eml", mail.content)

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda loop, context: None)
        over_ssl = self._context if self.security == "ssl" else None
        server = await self._loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=over_ssl)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def _protocol(self):
        with warnings.catch_warnings(action="ignore"):
            return _Protocol(
                self,
                hostname="mail.example.cn",
                loop=self._loop,
                tls_context=self._context if self.security == "starttls" else None,
                require_starttls=self.security == "starttls",
                auth_required=bool(self.users),
                auth_require_tls=self.security == "starttls",
                authenticator=self._authenticated,
            )

    def _authenticated(self, server, session, envelope, mechanism, data):
        known = isinstance(data, LoginPassword) and self.users.get(data.login.decode()) == data.password.decode()
        self.logins += 1
        return AuthResult(success=known, handled=False)


class _Protocol(SMTP):
    """aiosmtpd's protocol, which asks the server before each stage what is to go wrong."""

    def __init__(self, server, **options):
        super().__init__(_Handler(server), **options)
        self._server = server
        self._seen = False

    def connection_made(self, transport):
        if not self._seen:
            self._seen = True
            self._server.connections += 1
            action = self._server.hit("connect")
            if action == "drop":
                transport.abort()
                return
            if action:
                transport.write(action.encode() + b"\r\n")
                transport.close()
                return
        super().connection_made(transport)

    def connection_lost(self, error):
        if self.session is not None:
            super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg):
        reply = await misbehave(self, self._server.hit("data"))
        if reply:
            await self.push(reply)
        else:
            await super().smtp_DATA(arg)


class _Handler:
    """Stores what is accepted."""

    def __init__(self, server):
        self._server = server

    async def handle_MAIL(self, protocol, session, envelope, address, options):
        reply = await misbehave(protocol, self._server.hit("mail"))
        if not reply:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(self, protocol, session, envelope, address, options):
        reply = await misbehave(protocol, self._server.hit("rcpt", address))
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_RSET(self, protocol, session, envelope):
        return await misbehave(protocol, self._server.hit("rset")) or "250 OK"

    async def handle_DATA(self, protocol, session, envelope):
        action = self._server.hit("content")
        if action is None or action.startswith("keep "):
            self._server.store(envelope)
        return await misbehave(protocol, (action or "").removeprefix("keep ")) or "250 2.0.0 taken"


async def misbehave(protocol, action):
    """Carry out a drop or a silence, which never come back; return any other action: it is the reply."""
    if action == "drop":
        protocol.transport.abort()
        raise asyncio.CancelledError
    if action == "silence":
        await asyncio.sleep(3600)
    return action


def _server_context(ca_file, names):
    """Return a TLS context with a fresh certificate for ``names`` and leave the certificate of its authority in ``ca_file``."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("测试根证书", authority_key, "测试根证书", authority_key, is_authority=True)
    own = _certificate(names[0], key, "测试根证书", authority_key, names=names)
    ca_file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    chain = ca_file.with_name("server.pem")
    chain.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + own.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def _certificate(subject, key, issuer, issuer_key, *, is_authority=False, names=()):
    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(_alternative, names))), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _alternative(text):
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write_whole(path, content):
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--security", choices=("starttls", "ssl", "plain"), default="starttls")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--fault", action="append", default=[])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    users = {given.user: given.password} if given.user else {}
    faults = [Fault.parse(text) for text in given.fault]
    server = MailServer(given.security, users, faults, given.folder, given.port)
    server.received = [None] * len(list(given.folder.glob("*.eml")))  # after a restart the numbers go on
    with server:
        ready = json.dumps({"port": server.port, "ca_file": str(server.ca_file), "pid": os.getpid()})
        _write_whole(given.folder / "ready.json", ready.encode())
        threading.Event().wait()


if __name__ == "__main__":
    main()
