"""Whether a source's rows may become facts.

A fault of the source as a whole stops the read: a missing column, an unknown category, an empty or doubled key, a day that
does not exist, rows that vanished. A fault of single rows keeps these out, each with its reason; nothing is dropped
silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from tasks.domain.errors import SourceError
from tasks.domain.frames import CANONICAL, QUARANTINE, Facts, concatenated, facts_of
from tasks.domain.intake import EVERY_FRAME, Expectation, Fault, Findings, canonical
from tasks.domain.references import consistent
from tasks.domain.values import Zones

__all__ = ["Checked", "Expectation", "Expectations", "Zones", "checked"]

# A session begins without events; that they vanish later is seen by their number.
NEVER_EMPTY = ("units", "proposals", "assignments")


@dataclass(frozen=True, slots=True)
class Expectations:
    """What one source promises; ``settings_file`` is what a person edits to change it."""

    settings_file: str
    frames: Mapping[str, Expectation]
    zones: Zones = field(default_factory=Zones)

    def of(self, frame: str) -> Expectation:
        """Return what is expected of that frame; nothing beyond its declaration if nothing is stated."""
        return self.frames.get(frame, EVERY_FRAME)


@dataclass(frozen=True, slots=True)
class Checked:
    """The facts of a source, and (frame, key, column, value, reason) of every row or value kept out."""

    facts: Facts
    quarantine: pd.DataFrame

    @property
    def row_counts(self) -> dict[str, int]:
        """Accepted rows by frame."""
        return {name: len(frame) for name, frame in self.facts.frames().items()}


def checked(raw: Iterable[tuple[str, pd.DataFrame]], expectations: Expectations) -> Checked:
    """Return the facts in raw frames, given by name in any order; raise one ``SourceError`` that lists every fault.

    A raw frame is let go as soon as it is judged, before the next one is asked for.
    """
    found = {spec.name: Findings() for spec in CANONICAL}
    specs = {spec.name: spec for spec in CANONICAL}
    frames, read = {}, {}
    for name, frame in raw:
        read[name] = len(frame)
        frames[name] = canonical(specs[name], frame, expectations.of(name), expectations.zones, found[name])
        del frame
    findings = Findings.joined(found.values())
    facts = facts_of(frames)
    if not findings.faults:
        facts = consistent(facts, findings)
    result = Checked(facts, concatenated(findings.quarantined, QUARANTINE))
    # Rows that only a fault keeps out have not vanished.
    counts = result.row_counts | read if findings.faults else result.row_counts
    _stop_if_faulty([*findings.faults, *_vanished(counts, read, expectations)], expectations)
    return result


def _vanished(counts: Mapping[str, int], read: Mapping[str, int], expectations: Expectations) -> list[Fault]:
    """Return the faults of frames that are empty or shorter than the last snapshot by more than their share allows."""
    faults = []
    for frame, now in counts.items():
        expectation = expectations.of(frame)
        before = expectation.previous_count or 0
        kept_out = read.get(frame, 0) - now
        if now < before * (1 - expectation.max_drop):
            faults.append(_drop(frame, before, now, kept_out, expectation))
        elif now == 0 and frame in NEVER_EMPTY:
            faults.append(Fault(frame, "没有可用数据", f"核对 {expectation.file} 和数据源；被隔离 {kept_out} 行"))
    return faults


def _drop(frame: str, before: int, now: int, kept_out: int, expectation: Expectation) -> Fault:
    share = (before - now) / before
    return Fault(
        frame,
        f"由上次快照的 {before} 行减少到 {now} 行（-{share:.1%}，上限 {expectation.max_drop:.1%}；本次另有隔离 {kept_out} 行）",
        f"核对数据源是否完整；情况属实的，调高 frames.{frame}.max_drop",
    )


def _stop_if_faulty(faults: list[Fault], expectations: Expectations) -> None:
    if not faults:
        return
    lines = [f"({i}) {fault.place}：{fault.what}。{fault.to_do}。" for i, fault in enumerate(faults, 1)]
    raise SourceError(
        expectations.settings_file,
        f"数据源有 {len(faults)} 处不合要求\n" + "\n".join(lines),
        "逐条处理后重新运行；在此之前沿用上一份有效快照。",
    )
