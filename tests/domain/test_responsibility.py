"""Three-level responsibility: who is not named, on whom the work piles up, and who was replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from tasks.adapters.findings_files import load_findings
from tasks.domain.obligations import obligations
from tasks.domain.reply_findings import handled
from tasks.domain.responsibility import handler_changes, handler_loads, missing_responsible
from tests.builders import PLAIN_CALENDAR, ROOT, facts, rule_book

RULES = load_findings(ROOT / "config" / "jurisdictions" / "demo" / "findings.yaml")
AS_OF = date(2026, 6, 1)
NAMED = {"leader": "王", "section": "办公室", "handler": "李"}


def seen(*assignments, events=(), rules=RULES):
    rows = [{"proposal_id": f"P{place}", "unit_id": "交通局", **row} for place, row in enumerate(assignments)]
    known = facts(assignments=rows, events=events)
    return handled(known, obligations(known, rule_book(), PLAIN_CALENDAR, AS_OF), rules, AS_OF)


def missing(*assignments, **more):
    rows = missing_responsible(seen(*assignments, **more))
    return dict(zip(rows["proposal_id"], rows["missing"], strict=True))


def test_who_is_not_named_is_listed_with_what_is_missing():
    assert missing(NAMED, NAMED, {**NAMED, "handler": " ", "leader": None}) == {"P2": "主管领导、承办人员"}


def test_a_full_set_of_names_is_not_listed():
    assert missing(NAMED, NAMED) == {}


def test_a_young_assignment_has_time_left():
    young = {**NAMED, "handler": None, "assigned_on": "2026-05-17"}
    assert missing(NAMED, young) == {}
    assert missing(NAMED, {**young, "assigned_on": "2026-05-16"}) == {"P1": "承办人员"}


def test_an_assignment_that_ended_and_a_withdrawn_proposal_are_not_listed():
    ended = {**NAMED, "handler": None, "ended_on": "2026-04-01", "end_reason": "returned"}
    withdrawn = {"proposal_id": "P1", "kind": "withdrawn", "happened_on": "2026-05-01"}
    assert missing(NAMED, ended) == {}
    assert missing(NAMED, {**NAMED, "handler": None}, events=[withdrawn]) == {}


def test_a_level_that_the_source_does_not_record_is_not_asked_for():
    assert missing({"leader": "王", "section": "办公室"}, {"leader": None, "section": "办公室"}, {"leader": "王"}) == {
        "P1": "主管领导",
        "P2": "承办科室",
    }


def loads(*handlers, **limits):
    rules = replace(RULES, **{"handler_above_items": 3, "handler_above_share": 0.6, "handler_least_items": 5, **limits})
    rows = handler_loads(seen(*({**NAMED, "handler": name} for name in handlers), rules=rules))
    return list(zip(rows["handler"], rows["load"], rows["items"], strict=True))


@pytest.mark.parametrize(
    ("handlers", "listed"),
    [
        ("李李李李", [("李", 4, 4)]),
        ("李李李", []),
        ("李李李张张", []),
        ("李李李李张张", [("李", 4, 6)]),
    ],
)
def test_more_than_so_many_items_are_too_many(handlers, listed):
    assert loads(*handlers) == listed


@pytest.mark.parametrize(("handlers", "listed"), [("李李李李张", [("李", 4, 5)]), ("李李李张张", []), ("李李李李", [])])
def test_more_than_a_share_of_items_that_are_not_few_is_too_much(handlers, listed):
    assert loads(*handlers, handler_above_items=99) == listed


def test_each_year_and_unit_counts_for_itself():
    rows = handler_loads(
        seen(
            *[{**NAMED, "assigned_on": "2025-03-10"}] * 2,
            *[NAMED] * 2,
            *[{**NAMED, "unit_id": "水利局"}] * 2,
            rules=replace(RULES, handler_above_items=3),
        )
    )
    assert rows.empty


def versions(*rows):
    """The same assignment as it was read on several days."""
    known = [
        facts(assignments=[{"assignment_id": "a", "proposal_id": "甲", "unit_id": "交通局", **row}]).assignments.assign(
            seen_on=pd.Timestamp(day)
        )
        for day, row in rows
    ]
    return pd.concat(known, ignore_index=True)


def changes(*rows):
    found = handler_changes(versions(*rows))
    return [
        [row["person"], row["before"], "" if pd.isna(row["after"]) else row["after"], row["seen_on"].date()]
        for row in found.to_dict("records")
    ]


FIRST, SECOND, THIRD = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


def test_a_change_of_handler_is_seen_on_the_day_it_was_read_first():
    assert changes((FIRST, NAMED), (SECOND, {**NAMED, "handler": "赵"})) == [["handler", "李", "赵", SECOND]]


def test_every_change_is_listed_the_newest_first():
    found = changes((FIRST, NAMED), (SECOND, {**NAMED, "handler": "赵"}), (THIRD, {**NAMED, "handler": "钱"}))
    assert [(row[1], row[2]) for row in found] == [("赵", "钱"), ("李", "赵")]


def test_a_handler_who_is_no_longer_named_is_a_change():
    assert changes((FIRST, NAMED), (SECOND, {**NAMED, "handler": None})) == [["handler", "李", "", SECOND]]


def test_a_name_filled_in_for_the_first_time_is_no_change():
    assert changes((FIRST, {}), (SECOND, NAMED)) == []


def test_an_assignment_that_ended_changes_no_handler():
    ended = {**NAMED, "handler": "赵", "ended_on": "2026-04-20", "end_reason": "returned"}
    assert changes((FIRST, NAMED), (SECOND, ended)) == []


def test_the_same_name_with_spaces_and_a_change_of_something_else_are_no_change():
    assert changes((FIRST, NAMED), (SECOND, {**NAMED, "handler": "李 "})) == []
    assert changes((FIRST, NAMED), (SECOND, {**NAMED, "role": "sole"})) == []


def test_rows_that_never_changed_give_no_change():
    assert handler_changes(versions((FIRST, NAMED)).iloc[:0]).empty
