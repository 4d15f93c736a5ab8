"""Facts are in the order of their keys, whoever gave them."""

from __future__ import annotations

import pandas as pd

from tasks.domain.frames import CONTACTS, EVENTS, Facts, facts_of
from tasks.domain.order import in_key_order

EMPTY = facts_of({})


def of(name: str, spec, rows) -> Facts:
    return facts_of({name: spec.typed(pd.DataFrame(rows))})


def test_rows_are_sorted_by_code_points_and_numbered_afresh():
    rows = [{"event_id": key} for key in ("e10", "e2", "E1", "乙", "甲")]
    found = in_key_order(of("events", EVENTS, rows)).events
    assert found["event_id"].tolist() == ["E1", "e10", "e2", "乙", "甲"]
    assert found.index.tolist() == [0, 1, 2, 3, 4]


def test_a_key_of_several_columns_sorts_by_all_of_them():
    rows = [
        {"unit_id": unit, "role": role, "valid_from": pd.Timestamp(day) if day else pd.NaT}
        for unit, role, day in (("u2", "leader", None), ("u1", "leader", "2026-01-01"), ("u1", "handler", None))
    ]
    found = in_key_order(of("contacts", CONTACTS, rows)).contacts
    assert list(zip(found["unit_id"], found["role"], strict=True)) == [
        ("u1", "handler"),
        ("u1", "leader"),
        ("u2", "leader"),
    ]


def test_frames_without_rows_stay_as_they_are():
    for name, frame in in_key_order(EMPTY).frames().items():
        pd.testing.assert_frame_equal(frame, EMPTY.frames()[name])
