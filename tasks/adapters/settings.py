"""What the environment says: places, addresses and secrets. Every name starts with ``DUBAN_``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks.domain.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
# What a single Prefect server keeps in its own memory, by Prefect's setting and the module that keeps it in Redis.
THROUGH_REDIS = {
    "PREFECT_MESSAGING_BROKER": "messaging",
    "PREFECT_MESSAGING_CACHE": "messaging",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "ordering",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "lease_storage",
}


class SmtpSettings(BaseModel):
    """The mail server; without a host, mail is caught in a folder."""

    host: str | None = None
    port: int = 465
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    security: Literal["ssl", "starttls", "plain"] = "ssl"
    ca_file: Path | None = None
    timeout: float = 30
    per_minute: int = 0


class Settings(BaseSettings):
    """All settings. A secret may stand in a file named by the same variable with ``_FILE`` behind it."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", env_nested_delimiter="__", extra="forbid")

    var: Path = ROOT / "var"
    jurisdictions: str = ""
    ledger_url: SecretStr | None = None
    ledger_url_file: Path | None = None
    source_url: dict[str, SecretStr] = {}
    source_url_file: dict[str, Path] = {}
    smtp: SmtpSettings = SmtpSettings()
    mail_domains: str = ""
    mail_redirect: str = ""
    operators: str = ""
    ui_auth: SecretStr | None = None
    ui_auth_file: Path | None = None
    prefect_database_url: SecretStr | None = None
    prefect_database_url_file: Path | None = None
    redis_url: SecretStr | None = None
    redis_url_file: Path | None = None
    fonts: Path | None = None
    task_runner: Literal["threads", "dask"] = "threads"
    max_workers: int = 4
    dask_address: str | None = None

    def ledger(self) -> str:
        """Return the ledger's URL; by default an SQLite file under ``var``."""
        return secret(self.ledger_url, self.ledger_url_file) or f"sqlite:///{(self.var / 'ledger.sqlite').absolute()}"

    def source(self, jurisdiction: str, default: str) -> str:
        """Return the source URL of a jurisdiction: the environment's, else ``default`` with ``{var}`` filled in."""
        name = jurisdiction.replace("-", "_").lower()
        given = secret(self.source_url.get(name), self.source_url_file.get(name))
        return given or default.replace("{var}", str(self.var.absolute()))

    def ui_password(self) -> str | None:
        """Return ``user:password`` of the Prefect UI and API; None where they are open.

        Raises ``ConfigurationError`` for what Prefect's server could not compare.
        """
        given = secret(self.ui_auth, self.ui_auth_file)
        if given is not None and not (given.isascii() and all(given.partition(":"))):
            raise ConfigurationError("DUBAN_UI_AUTH", "写法不对", "请写“用户名:密码”,只用英文字母、数字和半角符号。")
        return given

    def prefect_servers(self) -> dict[str, str]:
        """Return what Prefect's servers read of their database and of the Redis by which several of them speak."""
        found = {}
        if database := secret(self.prefect_database_url, self.prefect_database_url_file):
            found["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
        if redis := secret(self.redis_url, self.redis_url_file):
            found |= {name: f"prefect_redis.{module}" for name, module in THROUGH_REDIS.items()}
            found["PREFECT_REDIS_MESSAGING_URL"] = f"{redis.rstrip('/')}/0"
            found["PREFECT_SERVER_DOCKET_URL"] = f"{redis.rstrip('/')}/1"
        return found

    def jurisdiction_folders(self) -> tuple[Path, ...]:
        """Return the folders that hold jurisdictions; ours comes last, so that an office can override a name."""
        added = tuple(Path(part) for part in self.jurisdictions.split(os.pathsep) if part)
        return (*added, ROOT / "config" / "jurisdictions")

    def rehearsing(self, jurisdiction: str, mail_to: str) -> Settings:
        """Return the settings of a jurisdiction that rehearses: all it writes lies apart, all its mail goes to one mailbox.

        Nothing of a rehearsal counts afterwards: no unit was told, no number used up, no day answered for.
        """
        apart = {"var": self.var / "rehearsal" / jurisdiction, "ledger_url": None, "ledger_url_file": None}
        return self.model_copy(update={**apart, "mail_redirect": mail_to})


def settings() -> Settings:
    """Read the environment; ``ConfigurationError`` names the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"DUBAN_{'__'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise ConfigurationError("环境变量", faults, "请改正或删去该变量;可用的变量见 docs/operating.md。") from None


def secret(value: SecretStr | None, file: Path | None) -> str | None:
    """Return the secret given directly, else the content of its file; None where there is neither."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"密钥文件 {file}", f"读不到:{error.strerror}", "请检查路径与读取权限。") from None
