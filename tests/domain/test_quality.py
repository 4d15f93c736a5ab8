from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from tasks.domain.errors import SourceError
from tasks.domain.quality import Checked, Expectation, Expectations, Zones, checked

GOOD: Mapping[str, list[dict[str, Any]]] = {
    "units": [
        {"unit_id": 1, "name": "市教育局", "group": "department"},
        {"unit_id": 2, "name": "市财政局", "group": "department"},
    ],
    "proposals": [
        {"proposal_id": 10, "kind": "deputy_suggestion", "title": "甲", "filed_on": "2026-01-20"},
        {"proposal_id": 11, "kind": "cppcc_proposal", "title": "乙", "filed_on": "2026-01-20"},
    ],
    "assignments": [
        {"assignment_id": 100, "proposal_id": 10, "unit_id": 1, "role": "lead", "assigned_on": "2026-03-10"},
        {"assignment_id": 101, "proposal_id": 10, "unit_id": 2, "role": "co_organising", "assigned_on": "2026-03-10"},
    ],
    "events": [
        {"event_id": 1000, "proposal_id": 10, "unit_id": 1, "kind": "accepted", "happened_on": "2026-03-12"},
    ],
}


def source(**changes: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(rows, dtype=object) for name, rows in (GOOD | changes).items()}


def check(raw: Mapping[str, pd.DataFrame], zones: Zones | None = None, **settings: Mapping[str, Any]) -> Checked:
    frames = {name: Expectation(file=f"source/{name}.sql", **settings.get(name, {})) for name in raw}
    return checked(raw.items(), Expectations("source.yaml", frames, zones or Zones()))


def refusal(raw: Mapping[str, pd.DataFrame], **settings: Mapping[str, Any]) -> str:
    with pytest.raises(SourceError) as caught:
        check(raw, **settings)
    return str(caught.value)


def message(*faults: str) -> str:
    lines = [f"({i}) {fault}" for i, fault in enumerate(faults, 1)]
    return "\n".join(
        [
            f"source.yaml: 数据源有 {len(faults)} 处不合要求",
            *lines,
            "逐条处理后重新运行；在此之前沿用上一份有效快照。",
        ]
    )


def kept_out(result: Checked) -> list[tuple[str, str, str, str, str]]:
    return list(result.quarantine.itertuples(index=False, name=None))


def event(**changes: Any) -> dict[str, Any]:
    return GOOD["events"][0] | changes


def assignment(**changes: Any) -> dict[str, Any]:
    return GOOD["assignments"][0] | changes


def proposal(**changes: Any) -> dict[str, Any]:
    return GOOD["proposals"][0] | changes


def test_a_good_source_becomes_typed_facts_and_nothing_is_kept_out():
    result = check(source())
    assert kept_out(result) == []
    assert result.row_counts == {
        "units": 2, "contacts": 0, "proposals": 2, "assignments": 2, "events": 1, "reply_texts": 0
    }  # fmt: skip
    assert result.facts.assignments["assigned_on"].dtype == "datetime64[s]"
    assert result.facts.assignments["proposal_id"].tolist() == ["10", "10"]


# --- faults that stop the read: the whole message ---------------------------------------------------------------------


@pytest.mark.parametrize("column", ["event_id", "kind", "happened_on"])
def test_a_missing_column_stops_the_read(column):
    rows = [{key: value for key, value in event(value="solved").items() if key != column}]
    assert refusal(source(events=rows)) == message(f"events：缺少列 {column}。在 source/events.sql 的 SELECT 中补上。")


def test_a_column_nobody_knows_stops_the_read_because_it_may_be_a_misspelt_one():
    assert refusal(source(units=[row | {"valid_form": "2020-01-01"} for row in GOOD["units"]])) == message(
        "units：有不认识的列 valid_form。在 source/units.sql 中改成规范列名或去掉；"
        "可用的列：unit_id、name、group、parent_id、valid_from、valid_to、former_names。"
    )


def test_unknown_categories_stop_the_read_sorted_and_counted():
    rows = [event(event_id=i, kind=kind) for i, kind in enumerate(["转办", "会签", "转办"])]
    assert refusal(source(events=rows)) == message(
        "events.kind：未知取值 “会签”（1 行）、“转办”（2 行）。"
        "在 frames.events.maps.kind 中映射，或列入 frames.events.ignore.kind。"
    )


def test_a_mapped_text_column_holds_mapped_values_only():
    rows = [GOOD["units"][0] | {"group": "局"}, GOOD["units"][1] | {"group": "镇街"}]
    assert refusal(source(units=rows), units={"maps": {"group": {"局": "department"}}}) == message(
        "units.group：未知取值 “镇街”（1 行）。在 frames.units.maps.group 中映射，或列入 frames.units.ignore.group。"
    )


@pytest.mark.parametrize(
    ("kind", "value"), [("reply_issued", "E"), ("feedback", "satisfied/一般"), ("looked_back", "solved")]
)
def test_a_result_that_its_kind_of_event_does_not_have_stops_the_read(kind, value):
    assert refusal(source(events=[event(kind=kind, value=value)])) == message(
        f"events.value：未知取值 “{value}”（1 行）。"
        "在 frames.events.maps.value 中映射，或列入 frames.events.ignore.value。"
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [("reply_issued", "A"), ("feedback", "satisfied/dissatisfied"), ("looked_back", "done"), ("explained", "因修路")],
)
def test_each_kind_of_event_has_its_own_results(kind, value):
    result = check(source(events=[event(kind=kind, value=value)]), events={"maps": {"value": {"A": "solved"}}})
    assert result.facts.events["value"].tolist() == ["solved" if value == "A" else value]


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_key_stops_the_read(empty):
    assert refusal(source(events=[event(), event(event_id=empty)])) == message(
        "events.event_id：键为空，共 1 行。核对 source/events.sql 的连接条件和数据源。"
    )


def test_a_doubled_key_stops_the_read_with_the_first_ten():
    rows = [proposal(proposal_id=f"P{i % 12:02}") for i in range(24)]
    listed = "、".join(f"“P{i:02}”（2 行）" for i in range(10))
    assert refusal(source(proposals=[*GOOD["proposals"], *rows])) == message(
        f"proposals.proposal_id：键重复：{listed} 等 12 个。"
        "核对 source/proposals.sql 是否因连接产生重复行，或换用数据源自己的主键。"
    )


@pytest.mark.parametrize("impossible", ["2026-09-31", "9月31日", "2026-02-29 08:00:00", "0000-00-00", "20260301"])
def test_an_impossible_date_stops_the_read_and_never_becomes_another_date(impossible):
    assert refusal(source(events=[event(event_id="E17", happened_on=impossible)])) == message(
        f"events.happened_on：不是有效日期：“{impossible}”（event_id=E17）。"
        "在数据源中更正，或在 source/events.sql 中转换为 YYYY-MM-DD。"
    )


def test_no_more_than_ten_impossible_dates_are_listed():
    rows = [event(event_id=i, happened_on="2026-09-31") for i in range(12)]
    assert "（event_id=9） 等 12 行。" in refusal(source(events=rows))


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("session", "三", "不是整数：“三”"),
        ("session", "2.5", "不是整数：“2.5”"),
        ("is_key", "重点", "不是 0/1、true/false、是/否：“重点”"),
    ],
)
def test_a_value_of_another_type_stops_the_read(column, value, what):
    assert f"proposals.{column}：{what}（proposal_id=10）。" in refusal(source(proposals=[proposal(**{column: value})]))


def test_a_source_that_lost_a_fifth_of_its_rows_stops_the_read():
    rows = [event(event_id=i) for i in range(80)]
    assert refusal(source(events=rows), events={"previous_count": 100}) == message(
        "events：由上次快照的 100 行减少到 80 行（-20.0%，上限 10.0%；本次另有隔离 0 行）。"
        "核对数据源是否完整；情况属实的，调高 frames.events.max_drop。"
    )


def test_rows_that_are_kept_out_count_as_lost():
    rows = [event(event_id=i, proposal_id=10 if i < 80 else 999) for i in range(100)]
    assert "由上次快照的 100 行减少到 80 行（-20.0%，上限 10.0%；本次另有隔离 20 行）" in refusal(
        source(events=rows), events={"previous_count": 100}
    )


def test_a_drop_of_exactly_the_stated_share_is_tolerated():
    rows = [event(event_id=i) for i in range(90)]
    assert check(source(events=rows), events={"previous_count": 100}).row_counts["events"] == 90


@pytest.mark.parametrize("frame", ["units", "proposals", "assignments"])
def test_a_frame_without_rows_stops_the_read(frame):
    raw = source()
    raw[frame] = raw[frame].iloc[:0]
    assert f"{frame}：没有可用数据。核对 source/{frame}.sql 和数据源；被隔离 0 行。" in refusal(raw)


def test_a_new_session_may_have_no_events_yet():
    raw = source()
    raw["events"] = raw["events"].iloc[:0]
    assert check(raw).row_counts["events"] == 0


def test_all_faults_are_told_at_once():
    raw = source(
        units=[GOOD["units"][0], GOOD["units"][0]],
        proposals=[proposal(kind="议案", filed_on="2026-13-01")],
        events=[event(kind="会签")],
    )
    told = refusal(raw, assignments={"previous_count": 4})
    assert told.startswith("source.yaml: 数据源有 5 处不合要求\n")
    for fault in ("units.unit_id：键重复", "proposals.kind：未知取值", "proposals.filed_on：不是有效日期"):
        assert fault in told
    assert "events.kind：未知取值" in told
    assert "assignments：由上次快照的 4 行减少到 2 行" in told


# --- rows kept out ----------------------------------------------------------------------------------------------------


def test_ignored_values_are_kept_out_before_anything_else_is_judged():
    rows = [event(), event(event_id=None, kind="阅", happened_on="9月31日")]
    result = check(source(events=rows), events={"ignore": {"kind": ["阅"]}})
    assert kept_out(result) == [("events", pytest.approx(float("nan"), nan_ok=True), "kind", "阅", "按配置忽略")]
    assert result.row_counts["events"] == 1


def test_rows_of_unknown_proposals_or_units_are_kept_out():
    result = check(
        source(
            assignments=[*GOOD["assignments"], assignment(assignment_id=102, proposal_id=99)],
            events=[event(), event(event_id=1001, unit_id=88), event(event_id=1002, proposal_id=99)],
        )
    )
    assert kept_out(result) == [
        ("assignments", "102", "proposal_id", "99", "建议提案不存在或已隔离"),
        ("events", "1002", "proposal_id", "99", "建议提案不存在或已隔离"),
        ("events", "1001", "unit_id", "88", "承办单位不存在或已隔离"),
    ]
    assert (result.row_counts["assignments"], result.row_counts["events"]) == (2, 1)


def test_an_event_of_the_whole_proposal_needs_no_unit():
    assert check(source(events=[event(kind="withdrawn", unit_id=None)])).row_counts["events"] == 1


def test_rows_of_a_proposal_that_is_kept_out_are_kept_out_too():
    rows = [*GOOD["proposals"], proposal(proposal_id=12, title=None)]
    result = check(source(proposals=rows, events=[event(), event(event_id=1001, proposal_id=12)]))
    assert kept_out(result) == [
        ("proposals", "12", "title", pytest.approx(float("nan"), nan_ok=True), "缺少必填内容"),
        ("events", "1001", "proposal_id", "12", "建议提案不存在或已隔离"),
    ]


def test_dates_outside_the_stated_bounds_are_kept_out_and_the_bounds_themselves_are_in():
    rows = [
        assignment(assignment_id=i, proposal_id=10 + i % 2, unit_id=1 + i // 2, assigned_on=day)
        for i, day in enumerate(["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"])
    ]
    bounds = {"assigned_on": (date(2026, 3, 1), date(2026, 3, 31))}
    result = check(source(assignments=rows), assignments={"bounds": bounds})
    assert result.facts.assignments["assignment_id"].tolist() == ["1", "2"]
    assert kept_out(result) == [
        ("assignments", "0", "assigned_on", "2026-02-28", "日期不在 2026-03-01 至 2026-03-31 之内"),
        ("assignments", "3", "assigned_on", "2026-04-01", "日期不在 2026-03-01 至 2026-03-31 之内"),
    ]


def kept_assignments(*rows: dict[str, Any]) -> tuple[list[str], list[str]]:
    result = check(source(assignments=[assignment(assignment_id=i, **row) for i, row in enumerate(rows)]))
    assert set(result.quarantine["reason"]) <= {"同一单位同期重复交办，保留主办或较早的一条"}
    return result.facts.assignments["assignment_id"].tolist(), result.quarantine["key"].tolist()


def test_of_a_unit_assigned_twice_at_the_same_time_the_lead_role_stays():
    assert kept_assignments({"role": "co_organising"}, {"role": "lead", "assigned_on": "2026-03-20"}) == (["1"], ["0"])


def test_of_two_equal_assignments_at_the_same_time_the_earlier_stays():
    assert kept_assignments({"assigned_on": "2026-03-20"}, {"assigned_on": "2026-03-10"}) == (["1"], ["0"])


def test_a_unit_may_be_assigned_again_on_the_day_its_assignment_ended():
    ended = {"assigned_on": "2026-03-10", "ended_on": "2026-03-15", "end_reason": "returned"}
    assert kept_assignments(ended, {"assigned_on": "2026-03-15"}) == (["0", "1"], [])


def test_a_co_unit_may_become_the_lead_on_the_day_its_assignment_ended():
    ended = {"role": "co_organising", "ended_on": "2026-03-15", "end_reason": "reassigned"}
    assert kept_assignments(ended, {"role": "lead", "assigned_on": "2026-03-15"}) == (["0", "1"], [])


def test_a_unit_assigned_again_before_its_assignment_ended_is_assigned_twice():
    ended = {"assigned_on": "2026-03-10", "ended_on": "2026-03-15", "end_reason": "returned"}
    assert kept_assignments(ended, {"assigned_on": "2026-03-14"}) == (["0"], ["1"])


def test_an_assignment_dropped_as_double_drops_no_other():
    first = {"assigned_on": "2026-03-01", "ended_on": "2026-03-11"}
    second = {"assigned_on": "2026-03-10", "ended_on": "2026-03-21"}
    third = {"assigned_on": "2026-03-20"}
    assert kept_assignments(first, second, third) == (["0", "2"], ["1"])


def test_references_to_no_proposal_are_emptied_and_noted_but_the_proposal_stays():
    rows = [proposal(merged_into=404, repeats=403), proposal(proposal_id=11, merged_into=10, repeats=10)]
    result = check(source(proposals=rows))
    assert result.facts.proposals["merged_into"].isna().tolist() == [True, False]
    assert result.facts.proposals["repeats"].isna().tolist() == [True, False]
    assert kept_out(result) == [
        ("proposals", "10", "merged_into", "404", "所并入的建议提案不存在，已留空"),
        ("proposals", "10", "repeats", "403", "所指往届建议提案不存在，已留空"),
    ]


def test_contacts_of_unknown_units_and_texts_of_unknown_events_are_kept_out():
    raw = source() | {
        "contacts": pd.DataFrame([{"unit_id": 7, "role": "handler", "valid_from": "2026-01-01"}], dtype=object),
        "reply_texts": pd.DataFrame([{"event_id": 1000, "text": "收悉"}, {"event_id": 5}], dtype=object),
    }
    assert kept_out(check(raw)) == [
        ("contacts", "7|handler|2026-01-01", "unit_id", "7", "承办单位不存在"),
        ("reply_texts", "5", "event_id", "5", "办理记录不存在或已隔离"),
    ]


def test_a_reply_before_its_assignment_is_a_fact():
    result = check(source(events=[event(kind="reply_issued", happened_on="2026-03-01")]))
    assert kept_out(result) == []


def test_an_event_half_a_year_before_the_filing_is_a_mistyped_year():
    rows = [event(event_id="E1", happened_on="2025-07-24"), event(event_id="E2", happened_on="2025-07-23")]
    result = check(source(events=rows))
    assert kept_out(result) == [("events", "E2", "happened_on", "2025-07-23", "早于立案日期 180 天以上")]


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-10",
        date(2026, 3, 10),
        datetime(2026, 3, 10, 23, 59),
        "2026-03-10 23:59:59",
        "2026-03-10T00:00",
        "2026-03-09T16:00:00Z",
        "2026-03-10T23:59:59.123456+08:00",
    ],
)
def test_a_day_is_the_offices_day_however_it_is_written(raw):
    result = check(source(assignments=[assignment(assigned_on=raw)]))
    assert result.facts.assignments["assigned_on"].tolist() == [pd.Timestamp("2026-03-10")]


@pytest.mark.parametrize(("raw", "day"), [("2026-03-09 15:59:59", "2026-03-09"), ("2026-03-09 16:00:00", "2026-03-10")])
def test_timestamps_of_a_source_in_utc_fall_on_the_offices_day(raw, day):
    result = check(source(assignments=[assignment(assigned_on=raw)]), Zones("UTC"))
    assert result.facts.assignments["assigned_on"].tolist() == [pd.Timestamp(day)]


def test_a_plain_day_has_no_zone():
    result = check(source(assignments=[assignment(assigned_on="2026-03-09")]), Zones("America/New_York"))
    assert result.facts.assignments["assigned_on"].tolist() == [pd.Timestamp("2026-03-09")]


def test_unix_seconds_are_read_only_where_the_source_says_so():
    rows = [event(happened_on=1773158399, recorded_at="1773158400")]
    result = check(source(events=rows), events={"seconds": {"happened_on", "recorded_at"}})
    assert result.facts.events["happened_on"].tolist() == [pd.Timestamp("2026-03-10")]
    assert result.facts.events["recorded_at"].tolist() == [pd.Timestamp("2026-03-10T16:00:00Z")]
    assert "events.happened_on：不是有效日期：“1773158399”" in refusal(source(events=rows))


def test_a_moment_without_zone_is_the_sources():
    rows = [event(event_id=i, recorded_at=at) for i, at in enumerate(["2026-03-10 08:00:00", "2026-03-10T08:00:00Z"])]
    recorded = check(source(events=rows)).facts.events["recorded_at"]
    assert recorded.tolist() == [pd.Timestamp("2026-03-10T00:00:00Z"), pd.Timestamp("2026-03-10T08:00:00Z")]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        *((raw, True) for raw in (1, "1", True, "TRUE", "是", b"\x01")),
        *((raw, False) for raw in (0, "0", False, "false", "否", b"\x00")),
    ],
)
def test_truth_is_written_in_many_ways(raw, meant):
    assert check(source(proposals=[proposal(is_key=raw)])).facts.proposals["is_key"].tolist() == [meant]


def test_maps_apply_to_any_column_before_its_type_is_read():
    maps = {"session": {"第三次": "3"}, "is_key": {"重点": "1"}}
    facts = check(source(proposals=[proposal(session="第三次", is_key="重点")]), proposals={"maps": maps}).facts
    assert (facts.proposals["session"].tolist(), facts.proposals["is_key"].tolist()) == ([3], [True])


def test_blanks_around_a_value_do_not_count():
    facts = check(source(proposals=[proposal(proposal_id=" 10 ", kind="deputy_suggestion　", number=" ")])).facts
    assert facts.proposals["proposal_id"].tolist() == ["10"]
    assert facts.proposals["number"].isna().all()
