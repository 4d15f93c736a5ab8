"""Rule books by version, so that a past day can be answered with the rules that were then in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from tasks.adapters.archive import write_atomically
from tasks.domain.errors import LedgerError
from tasks.domain.rules import Duty, FixedDate, RuleBook, RuleValue


@dataclass(frozen=True, slots=True)
class _Written:
    """A rule book as JSON has it: no tuple can be a key there."""

    duties: dict[str, Duty]
    values: list[tuple[str, str, tuple[RuleValue, ...]]]
    fixed_dates: tuple[FixedDate, ...]
    duties_off: dict[str, str]
    counts_since: date | None
    files: dict[str, str]


FORM = TypeAdapter(_Written)


def keep(folder: Path, rules: RuleBook) -> None:
    """Keep the rule book under its version; what is kept never changes."""
    path = _path(folder, rules.version)
    if not path.exists():
        values = [(kind, duty, values) for (kind, duty), values in rules.values.items()]
        written = _Written(
            dict(rules.duties), values, rules.fixed_dates, dict(rules.duties_off), rules.counts_since, dict(rules.files)
        )
        write_atomically(path, FORM.dump_json(written, indent=1, warnings=False))


def kept(folder: Path, version: str) -> RuleBook | None:
    """Return the rule book of that version, None where it was never kept; ``LedgerError`` if the file was altered."""
    path = _path(folder, version)
    if not path.exists():
        return None
    read = FORM.validate_json(path.read_bytes())
    values = {(kind, duty): values for kind, duty, values in read.values}
    rules = RuleBook(read.duties, values, read.fixed_dates, read.duties_off, read.counts_since, read.files)
    if rules.version != version:
        raise LedgerError(f"规则存档 {path}", "内容与其版本不符", "请从备份恢复 DUBAN_VAR/rules。")
    return rules


def _path(folder: Path, version: str) -> Path:
    return folder / f"{version}.json"
