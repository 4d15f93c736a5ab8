"""Handing mails to an SMTP server: one connection, one attempt, and an outcome that never guesses.

yagmail (pinned) connects, encrypts and logs in through its public ``login()``; the commands go over the connection it leaves
in ``client.smtp``, one by one, because only then is it known whether a failure came before the body left or after.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import yagmail

from tasks.adapters.messages import Letter, build_message
from tasks.adapters.smtp_dialogue import Connection, SendResult, SendState, hand_over, text_of
from tasks.domain.errors import ConfigurationError
from tasks.domain.notices import is_mail_address

__all__ = ["Mailer", "Security", "SendResult", "SendState", "SmtpConfig", "build_message"]


CAUSES: tuple[tuple[type[OSError], str], ...] = (
    (ssl.SSLCertVerificationError, "证书校验未通过，请核对 DUBAN_SMTP__HOST 和 DUBAN_SMTP__CA_FILE"),
    (ssl.SSLError, "TLS 握手失败，请核对 DUBAN_SMTP__SECURITY 和端口"),
    (ConnectionRefusedError, "连接被拒绝，请核对 DUBAN_SMTP__HOST、DUBAN_SMTP__PORT 和服务是否已启动"),
    (socket.gaierror, "主机名无法解析，请核对 DUBAN_SMTP__HOST"),
    (TimeoutError, "连接超时，请核对网络和 DUBAN_SMTP__PORT"),
)


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    SSL = "ssl"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where and how mail is handed over; without ``user`` there is no login (an intranet relay).

    ``timeout`` is in seconds and holds for each answer; ``per_minute`` is the most mails a minute, 0 for no limit.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    security: Security = Security.STARTTLS
    ca_file: Path | None = None
    timeout: float = 30.0
    per_minute: int = 0

    def __post_init__(self) -> None:
        if self.user and not self.password:
            # yagmail would ask for it at the terminal.
            raise ConfigurationError(
                "DUBAN_SMTP__PASSWORD", "已设登录用户，未设密码", "请设置密码，或去掉 DUBAN_SMTP__USER"
            )
        if not f"{self.user or ''}{self.password or ''}".isascii():
            raise ConfigurationError(
                "DUBAN_SMTP__USER / DUBAN_SMTP__PASSWORD", "含有非 ASCII 字符", "请改用 ASCII 字符"
            )
        if self.per_minute < 0:
            raise ConfigurationError("DUBAN_SMTP__PER_MINUTE", f"{self.per_minute} 小于 0", "请改为正整数，或不设")


class Mailer:
    """An outlet to an SMTP server; keeps its connection over many mails and reconnects after a loss.

    Certificates are verified. Raises ``ConfigurationError`` for an unreadable ``ca_file``, and nothing while sending.
    """

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config
        self._tls = _tls_context(config)
        self._client: yagmail.SMTP | None = None
        self._login_refused: SendResult | None = None
        self._next_at = 0.0

    def __enter__(self) -> Self:
        """Return itself; the connection is made with the first mail."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave of the server."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def send(self, letter: Letter, recipients: Sequence[str]) -> SendResult:
        """Try once to hand ``letter`` over for ``recipients`` (plain addresses) and return what became of it."""
        refused = {address: (553, "邮箱地址不合格式") for address in recipients if not is_mail_address(address)}
        valid = [address for address in dict.fromkeys(recipients) if address not in refused]
        if not valid:
            return SendResult(SendState.REJECTED, "没有一个收件地址合格式", refused)
        self._wait_for_turn()
        smtp = self._connection()
        if isinstance(smtp, SendResult):
            return smtp
        sender = str(letter.message["From"].addresses[0].addr_spec)
        result = hand_over(smtp, sender, valid, letter.content)
        return replace(result, refused={**refused, **result.refused})

    def _connection(self) -> Connection | SendResult:
        """Return a live connection, or why there is none. A refused login isn't repeated: that locks accounts."""
        if self._client is not None:
            if _is_alive(self._client.smtp):
                return cast(Connection, self._client.smtp)
            self._client.smtp.close()
            self._client = None
        return self._login_refused or self._connect()

    def _connect(self) -> Connection | SendResult:
        client = _client(self._config, self._tls)
        try:
            client.login()
            client.smtp.ehlo_or_helo_if_needed()  # only a login has greeted the server so far
            # Else the last packet of a body waits for an acknowledgement: 48 ms a mail against 4.
            client.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            result = SendResult(SendState.RETRY, _cause(error, client, self._config), reached=False)
            if _was_login_refused(error, client):
                self._login_refused = result
            if client.smtp is not None:
                client.smtp.close()
            return result
        self._client = client
        return cast(Connection, client.smtp)

    def _wait_for_turn(self) -> None:
        if self._config.per_minute == 0:
            return
        time.sleep(max(0.0, self._next_at - time.monotonic()))
        self._next_at = time.monotonic() + 60 / self._config.per_minute


def _tls_context(config: SmtpConfig) -> ssl.SSLContext | None:
    if config.security == Security.PLAIN:
        return None
    try:
        return ssl.create_default_context(cafile=config.ca_file)
    except OSError as error:
        raise ConfigurationError(
            "DUBAN_SMTP__CA_FILE", f"{config.ca_file} 无法读取：{error}", "请给出 PEM 证书文件"
        ) from error


def _client(config: SmtpConfig, tls: ssl.SSLContext | None) -> yagmail.SMTP:
    """Return a client that has not connected yet and whose every implicit choice of yagmail's is made here."""
    over_ssl = {"context": tls} if config.security == Security.SSL else {}
    user = config.user or "anonymous"
    return yagmail.SMTP(
        user={user: user},  # a plain text without @ would become an address at gmail.com
        password=config.password,
        host=config.host,
        port=config.port,
        smtp_ssl=config.security == Security.SSL,
        smtp_starttls={"context": tls} if config.security == Security.STARTTLS else False,
        smtp_skip_login=config.user is None,
        soft_email_validation=False,
        timeout=config.timeout,
        **over_ssl,
    )


def _is_alive(smtp: Connection) -> bool:
    """Return whether the server answers; the same command clears a mail that it refused half-way."""
    try:
        return smtp.docmd("RSET")[0] == 250
    except OSError:
        return False


def _was_login_refused(error: OSError, client: yagmail.SMTP) -> bool:
    # yagmail clears ``is_closed`` between the handshake and the login; smtplib's refusals carry the server's code.
    return client.is_closed is False and getattr(error, "smtp_code", 0) // 100 == 5


def _cause(error: OSError, client: yagmail.SMTP, config: SmtpConfig) -> str:
    """Return why no mail could be handed over, and which setting to look at."""
    where, answer = f"{config.host}:{config.port}", getattr(error, "smtp_error", None)
    said = f"{getattr(error, 'smtp_code', '')} {text_of(answer)}" if isinstance(answer, bytes) else str(error)
    if _was_login_refused(error, client):
        return f"登录 {where} 被拒绝（{said}），请核对 DUBAN_SMTP__USER 和 DUBAN_SMTP__PASSWORD"
    return next(
        (f"{where} {text}（{said}）" for kind, text in CAUSES if isinstance(error, kind)), f"{where} 未受理：{said}"
    )
