"""Facts of any size, made column by column: sessions of past years and this one, in the shares that a real city shows.

A proposal has one lead and 0.7 co-organising units on average; the current year's are under way, earlier ones are done. The
same seed gives the same facts.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tasks.domain.frames import CANONICAL, ContactRole, Facts, FrameSpec

TODAY = date(2026, 7, 15)
YEARS = 5  # sessions of five years, so that about a fifth is under way
UNITS = 120
LEFT_UNDONE = 0.01  # of what past sessions left undone, so much was never made good

Days = np.ndarray


def facts(proposals: int, seed: int = 20261123, today: date = TODAY) -> Facts:
    """Return facts with so many proposals and about eleven obligations each."""
    rng = np.random.default_rng(seed)
    number = np.arange(proposals)
    year = today.year - rng.integers(0, YEARS, proposals)
    assigned = _march(year) + rng.integers(0, 20, proposals)
    lead, co = _assignments(rng, number, assigned)
    proposal = _proposals(rng, number, year, assigned)
    is_key = proposal["is_key"].to_numpy(dtype=bool)
    return Facts(
        units=_units(),
        contacts=_contacts(),
        proposals=proposal,
        assignments=_frame(_spec("assignments"), _columns(lead, co), len(lead["number"]) + len(co["number"])),
        events=_events(rng, lead, co, is_key, np.datetime64(today)),
        reply_texts=_frame(_spec("reply_texts"), {}, 0),
    )


def _march(year: np.ndarray) -> Days:
    return (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 68


def _proposals(rng: np.random.Generator, number: np.ndarray, year: np.ndarray, assigned: Days) -> pd.DataFrame:
    size = len(number)
    columns = {
        "proposal_id": _ids("P", number),
        "kind": _chosen(rng, size, {"deputy_suggestion": 0.45, "cppcc_proposal": 0.55}),
        "term": np.full(size, 15),
        "session": year - 2020,
        "number": _ids("", number % 5000),
        "title": _ids("关于改善民生设施的建议之", number),
        "is_key": rng.random(size) < 0.05,
        "needs_reply": rng.random(size) < 0.98,
        "disclosure": _chosen(rng, size, {"open": 0.8, "title_only": 0.15, "withheld": 0.05}),
        "is_confidential": rng.random(size) < 0.002,
        "filed_on": assigned - 40,
        "merged_into": _merged(rng, number),
    }
    return _frame(_spec("proposals"), columns, size)


def _merged(rng: np.random.Generator, number: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(rng.random(len(number)) < 0.02), _ids("P", number // 2), pa.scalar(None, pa.string()))


def _assignments(rng: np.random.Generator, number: np.ndarray, assigned: Days) -> tuple[dict, dict]:
    unit = rng.integers(0, UNITS, len(number))
    copies = rng.choice([0, 1, 2, 3], len(number), p=[0.55, 0.28, 0.1, 0.07])
    co_number = np.repeat(number, copies)
    ordinal = np.arange(len(co_number)) - np.repeat(np.cumsum(copies) - copies, copies)
    co_unit = (unit[co_number] + 1 + ordinal * 7) % UNITS
    lead = {"number": number, "unit": unit, "assigned": assigned, "role": "lead", "id": number}
    co = {
        "number": co_number,
        "unit": co_unit,
        "assigned": assigned[co_number] + (rng.random(len(co_number)) < 0.05) * 30,
        "role": "co_organising",
        "id": np.arange(len(co_number)) + len(number),
    }
    return lead, co


def _columns(*parts: dict) -> dict:
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ("number", "unit", "assigned", "id")}
    size = len(joined["id"])
    named = pa.array((joined["id"] % 10 > 0) | _is_past(joined["assigned"]))
    none = pa.scalar(None, pa.string())
    return {
        "assignment_id": _ids("A", joined["id"]),
        "proposal_id": _ids("P", joined["number"]),
        "unit_id": _unit_ids(joined["unit"]),
        "role": _repeated([(part["role"], len(part["id"])) for part in parts]),
        "assigned_on": joined["assigned"],
        "leader": pc.if_else(named, pa.scalar("甲"), none),
        "section": pc.if_else(named, pa.scalar("综合科"), none),
        "handler": pa.array(["乙"]).take(pa.array(np.zeros(size, np.int64))),
    }


def _events(rng: np.random.Generator, lead: dict, co: dict, is_key: np.ndarray, today: np.datetime64) -> pd.DataFrame:
    """Return what happened until today; proposals are numbered like their lead assignments."""
    size, co_size = len(lead["id"]), len(co["id"])
    replied = lead["assigned"] + np.minimum(92 - rng.exponential(12, size).astype(int), 92)
    replied += (rng.random(size) < 0.08) * rng.integers(1, 120, size)
    graded = np.array(["satisfied", "basically_satisfied", "dissatisfied"])[rng.choice(3, size, p=[0.85, 0.12, 0.03])]
    outcome = np.array(["solved", "planned", "explained", "reference"])[rng.choice(4, size, p=[0.75, 0.1, 0.1, 0.05])]
    after = replied + rng.integers(3, 25, size)
    bad, promising = _only(lead, graded == "dissatisfied"), _only(lead, rng.random(size) < 0.1)
    again = after[bad["at"]] + rng.integers(10, 40, len(bad["at"]))
    kept_on = replied[promising["at"]] + rng.integers(60, 400, len(promising["at"]))
    parts = [
        _part(rng, lead, "accepted", lead["assigned"] + rng.integers(0, 8, size), 0.98),
        _part(rng, co, "accepted", co["assigned"] + rng.integers(0, 8, co_size), 0.97),
        _part(rng, _only(lead, is_key), "plan_made", lead["assigned"][is_key] + 20, 0.95),
        _part(rng, lead, "meeting_before", lead["assigned"] + rng.integers(2, 26, size), 0.9),
        _part(rng, co, "meeting_before", co["assigned"] + rng.integers(2, 26, co_size), 0.8),
        _part(rng, lead, "meeting_during", lead["assigned"] + rng.integers(20, 75, size), 0.9),
        _part(rng, co, "meeting_during", co["assigned"] + rng.integers(20, 75, co_size), 0.8),
        _part(rng, co, "opinion_submitted", co["assigned"] + rng.integers(5, 40, co_size), 0.9),
        _part(rng, lead, "extension_approved", lead["assigned"] + rng.integers(60, 90, size), 0.02, is_duty=False),
        _part(rng, lead, "reply_issued", replied, 0.97, outcome),
        _part(rng, lead, "feedback", after, 0.9, graded),
        _part(rng, lead, "meeting_after", replied + rng.integers(1, 40, size), 0.9),
        _part(rng, co, "meeting_after", replied[co["number"]] + rng.integers(1, 40, co_size), 0.8),
        _part(rng, lead, "published", replied + rng.integers(1, 40, size), 0.7),
        _part(rng, lead, "looked_back", replied + rng.integers(120, 190, size), 0.7),
        _part(rng, promising, "commitment_made", replied[promising["at"]], 1),
        *(_part(rng, promising, "progress_reported", replied[promising["at"]] + 80 * n, 0.95) for n in (1, 2, 3, 4)),
        _part(rng, promising, "commitment_fulfilled", kept_on, 0.9),
        _part(rng, bad, "reply_issued", again, 0.9, "solved"),
        _part(rng, bad, "meeting_after", again + 20, 0.9),
        _part(rng, bad, "published", again + 25, 0.7),
        _part(rng, bad, "looked_back", again + 150, 0.7),
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ("number", "unit", "day")}
    known = joined["day"] <= today
    identity = rng.permutation(len(known))[known]
    columns = {
        "event_id": _ids("E", identity),
        "proposal_id": _ids("P", joined["number"][known]),
        "unit_id": _unit_ids(joined["unit"][known]),
        "kind": _repeated([(part["kind"], len(part["day"])) for part in parts]).filter(pa.array(known)),
        "happened_on": joined["day"][known],
        "recorded_at": joined["day"][known].astype("datetime64[s]") + rng.integers(3600, 5 * 86400, int(known.sum())),
        "value": pa.concat_arrays([part["value"] for part in parts]).filter(pa.array(known)),
    }
    return _frame(_spec("events"), columns, int(known.sum()))


def _part(
    rng: np.random.Generator,
    owner: dict,
    kind: str,
    day: Days,
    share: float,
    value: object = None,
    *,
    is_duty: bool = True,
) -> dict:
    """Return a share of the events; of what a session of past years owed, hardly anything is left undone."""
    missing = np.where(_is_past(owner["assigned"]) & is_duty, (1 - share) * LEFT_UNDONE, 1 - share)
    kept = rng.random(len(day)) >= missing
    values = pa.array(value, pa.string()) if isinstance(value, np.ndarray) else pa.repeat(_text(value), len(day))
    return {
        "number": owner["number"][kept],
        "unit": owner["unit"][kept],
        "day": day[kept],
        "kind": kind,
        "value": values.filter(pa.array(kept)),
    }


def _is_past(assigned: Days) -> np.ndarray:
    return assigned < np.datetime64(TODAY.replace(month=1, day=1))


def _only(owner: dict, mask: np.ndarray) -> dict:
    """Return some of the assignments, with where they are among all (``at``)."""
    chosen = {name: value[mask] if isinstance(value, np.ndarray) else value for name, value in owner.items()}
    return chosen | {"at": np.flatnonzero(mask)}


def _units() -> pd.DataFrame:
    number = np.arange(UNITS)
    columns = {
        "unit_id": _unit_ids(number),
        "name": _ids("单位", number),
        "group": pa.array(["county", "department", "park", "other"]).take(pa.array(number % 4)),
    }
    return _frame(_spec("units"), columns, UNITS)


def _contacts() -> pd.DataFrame:
    roles = [str(role) for role in ContactRole]
    size = UNITS * len(roles)
    unit, role = np.repeat(np.arange(UNITS), len(roles)), np.tile(np.arange(len(roles)), UNITS)
    columns = {
        "unit_id": _unit_ids(unit),
        "role": pa.array(roles).take(pa.array(role)),
        "name": _ids("联系人", np.arange(size)),
        "email": pc.binary_join_element_wise(_ids("c", np.arange(size)), "@linjiang.gov.example", ""),
    }
    return _frame(_spec("contacts"), columns, size)


def _spec(name: str) -> FrameSpec:
    return next(spec for spec in CANONICAL if spec.name == name)


def _frame(spec: FrameSpec, columns: dict, size: int) -> pd.DataFrame:
    given = {
        name: pd.Series(pd.array(values, dtype="str") if isinstance(values, pa.Array) else values)
        for name, values in columns.items()
    }
    return spec.typed(pd.DataFrame(given, index=pd.RangeIndex(size)))


def _text(value: object) -> pa.Scalar:
    return pa.scalar(value, pa.string())


def _ids(prefix: str, number: np.ndarray) -> pa.Array:
    digits = pc.utf8_lpad(pc.cast(pa.array(number), pa.string()), 8 if prefix else 1, "0")
    return pc.binary_join_element_wise(prefix, digits, "").cast(pa.string())


def _unit_ids(number: np.ndarray) -> pa.Array:
    return _ids("U", np.arange(UNITS)).take(pa.array(number))


def _chosen(rng: np.random.Generator, size: int, shares: dict[str, float]) -> pa.Array:
    return pa.array(list(shares)).take(pa.array(rng.choice(len(shares), size, p=list(shares.values()))))


def _repeated(runs: list[tuple[str, int]]) -> pa.Array:
    return pa.concat_arrays([pa.repeat(_text(value), count) for value, count in runs])
