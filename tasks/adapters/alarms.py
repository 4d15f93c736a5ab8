"""What the operators have been told: one small file an alarm, so that it works when the database does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from tasks.adapters.archive import write_atomically


@dataclass(frozen=True, slots=True)
class Alarm:
    """One trouble of one day; times are ISO text with a zone."""

    jurisdiction: str
    subject: str
    day: str
    what: str
    raised_at: str
    recovered_at: str | None = None


@dataclass(frozen=True, slots=True)
class Alarms:
    """The folder of alarms."""

    folder: Path

    def find(self, jurisdiction: str, subject: str, day: date) -> Alarm | None:
        """Return the alarm about ``subject`` of that day, recovered or not."""
        path = self._path(jurisdiction, subject, day.isoformat())
        return Alarm(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def open(self, jurisdiction: str, subject: str) -> list[Alarm]:
        """Return the alarms about ``subject`` that are not recovered, oldest first."""
        return [each for each in self._all(jurisdiction, subject) if each.recovered_at is None]

    def keep(self, alarm: Alarm) -> None:
        """Store the alarm."""
        text = json.dumps(asdict(alarm), ensure_ascii=False, indent=1)
        write_atomically(self._path(alarm.jurisdiction, alarm.subject, alarm.day), text.encode())

    def recover(self, alarm: Alarm, now: datetime) -> None:
        """Store that the trouble is over."""
        self.keep(replace(alarm, recovered_at=now.isoformat()))

    def _all(self, jurisdiction: str, subject: str) -> Iterator[Alarm]:
        for path in sorted(self.folder.glob(f"{jurisdiction}.{subject}.*.json")):
            yield Alarm(**json.loads(path.read_text(encoding="utf-8")))

    def _path(self, jurisdiction: str, subject: str, day: str) -> Path:
        return self.folder / f"{jurisdiction}.{subject}.{day}.json"
