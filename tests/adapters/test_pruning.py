"""Pruning takes the content of old nights that nothing refers to, and changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.adapters.ledger import assessments, audit, documents, pruning, runs, sign_offs, snapshots, tables
from tasks.adapters.ledger.assessments import BACKFILL, Assessment
from tasks.adapters.ledger.backlog_tables import backlog_reviews
from tasks.adapters.ledger.document_tables import rankings
from tasks.adapters.ledger.engine import head
from tasks.adapters.ledger.judgement_tables import finding_reviews
from tasks.adapters.ledger.outbox_tables import messages, plans
from tasks.adapters.ledger.row_histories import changed_rows
from tasks.adapters.recent import Recent
from tasks.domain.documents import Act, Wanted
from tasks.domain.errors import LedgerError
from tasks.domain.frames import ASSIGNMENTS
from tasks.domain.responsibility import handler_changes
from tasks.domain.retention import HistoryPolicy, Then
from tests.adapters.test_documents import POLICY, heading, text
from tests.adapters.test_snapshots import assert_same
from tests.builders import facts

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2025, 1, 1, 23, tzinfo=UTC)  # the morning of 2 January at the office
TODAY = datetime(2026, 12, 1, 1, tzinfo=UTC)
MONTH_ENDS, NONE = HistoryPolicy(31), HistoryPolicy(31, Then.NONE)
NOBODY = pd.DataFrame()


def town(titles, handlers=()):
    """Return facts in which each proposal has a title, and a handler where one is named."""
    rows = [{"proposal_id": f"p{n}", "title": title} for n, title in enumerate(titles) if title]
    given = [
        {"assignment_id": f"a{n}", "proposal_id": f"p{n}", "unit_id": "u", "handler": handler}
        for n, handler in enumerate(handlers)
        if handler and titles[n]
    ]
    return facts(proposals=rows, units=[{"unit_id": "u"}], assignments=given)


def night(ledger, number, titles=("甲",), handlers=(), jurisdiction="demo"):
    """Store the snapshot of the n-th night from FIRST."""
    return snapshots.store(ledger, jurisdiction, town(titles, handlers), NOBODY, FIRST + timedelta(number))


def assess(ledger, taken, content="0", purpose="daily", jurisdiction="demo", as_of=None):
    """Store an assessment of the snapshot's day."""
    as_of = as_of or taken.taken_at.astimezone(ZONE).date()
    made = Assessment(
        f"{jurisdiction}-{as_of}-{purpose}", jurisdiction, as_of, None, taken.snapshot_id, "r", "c", "v", purpose,
        content, taken.taken_at,
    )  # fmt: skip
    return assessments.record(ledger, made)


def nights(ledger, *numbers, **about):
    """Store nights, each with its own title and its assessment; return the assessments."""
    return [assess(ledger, night(ledger, n, [f"第{n}夜"]), f"hash-{n}", **about) for n in numbers]


def prune(ledger, policy=NONE, jurisdiction="demo", now=TODAY, elsewhere=None, dry_run=False):
    return pruning.prune(ledger, jurisdiction, policy, ZONE, elsewhere or {}, "周敏", now, dry_run=dry_run)


def whole(ledger):
    """Return the nights whose assessments are whole, as numbers from FIRST."""
    found = assessments.between(ledger, "demo", date(2024, 1, 1), date(2027, 1, 1))
    return [(each.as_of - date(2025, 1, 2)).days for each in found]


def whole_snapshots(ledger):
    return [each.sequence for each in snapshots.history(ledger, "demo") if each.pruned_at is None]


def rows_of(ledger):
    with ledger.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(sa.select(table)).all()))
            for name, table in tables.metadata.tables.items()
        }


TITLES = st.lists(st.sampled_from(["", "甲", "乙"]), min_size=3, max_size=3)
NIGHT = st.tuples(TITLES, st.lists(st.sampled_from(["", "张三", "李四"]), min_size=3, max_size=3))
NAMES = count()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(NIGHT, min_size=1, max_size=5), chosen=st.sets(st.integers(0, 4)))
def test_whatever_stays_every_snapshot_that_stays_loads_as_before(ledger, history, chosen):
    name = f"town{next(NAMES)}"
    taken = [night(ledger, n, *said, jurisdiction=name) for n, said in enumerate(history)]
    stay = [each for n, each in enumerate(taken) if n in chosen or each is taken[-1]]
    before = {each.snapshot_id: snapshots.load(ledger, each.snapshot_id) for each in stay}
    changes = [changed_rows(ledger, ASSIGNMENTS, each, ZONE) for each in stay]
    prune(ledger, jurisdiction=name, elsewhere={"选中": [each.snapshot_id for each in stay]})
    snapshots.LAST = Recent()
    for each, changed in zip(stay, changes, strict=True):
        again = snapshots.load(ledger, each.snapshot_id)
        assert_same(before[each.snapshot_id], again)
        keyed = {spec.name: snapshots._keyed(again.frames()[spec.name], spec) for spec in snapshots.CANONICAL}
        assert snapshots._content_hash(keyed) == each.content_hash
        pd.testing.assert_frame_equal(changed_rows(ledger, ASSIGNMENTS, each, ZONE), changed)
    for each in taken:
        if each not in stay:
            with pytest.raises(LedgerError, match="清理"):
                snapshots.load(ledger, each.snapshot_id)


def test_row_versions_go_that_only_pruned_snapshots_knew(ledger):
    for n, title in enumerate(["甲", "乙", "丙", "丁"]):
        night(ledger, n, [title])
    made = prune(ledger, elsewhere={"公文": ["demo-000002"]})
    assert (made.snapshots, made.row_versions) == (2, 2)
    with ledger.connect() as connection:
        left = connection.execute(sa.select(tables.VERSIONS["proposals"].c.title)).scalars()
        assert sorted(left) == ["丁", "乙"]


def test_a_snapshot_after_pruning_stores_changes_only_as_before(ledger):
    for n in range(3):
        night(ledger, n, ["甲", f"第{n}夜"])
    prune(ledger)
    taken = night(ledger, 700, ["甲", "第700夜"])
    assert (taken.sequence, taken.changed_rows) == (4, 2)


def test_changes_of_handlers_are_told_with_their_days_also_from_pruned_nights(ledger):
    for n, handler in enumerate(["张三", "李四", "张三", "王五"]):
        taken = night(ledger, n, ["甲"], [handler])
    before = handler_changes(changed_rows(ledger, ASSIGNMENTS, taken, ZONE))
    assert before["after"].tolist() == ["王五", "张三", "李四"]
    prune(ledger)
    pd.testing.assert_frame_equal(handler_changes(changed_rows(ledger, ASSIGNMENTS, taken, ZONE)), before)


def test_what_a_pruned_snapshot_kept_out_goes_with_it(ledger):
    faults = pd.DataFrame([{"frame": "events", "key": "E1", "column": "until", "value": None, "reason": "没有这一天"}])
    for n in range(2):
        snapshots.store(ledger, "demo", town(["甲"]), faults, FIRST + timedelta(n))
    prune(ledger)
    assert [len(snapshots.quarantined(ledger, f"demo-00000{n}")) for n in (1, 2)] == [0, 1]


def test_the_last_days_stay_whole_and_of_older_months_the_last_night(ledger):
    # 2 and 30 January, 5 and 27 February; the last 31 days begin on 1 November 2026, the night 668.
    nights(ledger, 0, 28, 34, 56, 666, 667, 668, 690)
    made = prune(ledger, MONTH_ENDS)
    assert whole(ledger) == [28, 56, 667, 668, 690]
    assert whole_snapshots(ledger) == [2, 4, 6, 7, 8]
    assert (made.assessments, made.snapshots) == (3, 3)
    assert prune(ledger, MONTH_ENDS).is_nothing


def test_none_keeps_no_older_night(ledger):
    nights(ledger, 0, 28, 667, 668, 690)
    prune(ledger)
    assert whole(ledger) == [668, 690]


def test_backfilled_days_go_by_when_they_were_made(ledger):
    old, new = night(ledger, 28), night(ledger, 690)
    assess(ledger, old, "a")
    # The one does not stand for the month in place of the night; the other is of the night's own day.
    assess(ledger, old, "b", BACKFILL, as_of=date(2025, 1, 31))
    assess(ledger, old, "c", BACKFILL)
    assess(ledger, new, "d", BACKFILL, as_of=date(2025, 2, 15))
    assess(ledger, new, "e")
    assert prune(ledger, MONTH_ENDS).unnamed == ("b", "c")
    assert whole(ledger) == [28, 44, 690]


def test_the_next_night_finds_what_it_compares_with_however_old(ledger):
    nights(ledger, 0, 1)
    nights(ledger, 2, purpose="catch_up")
    made = prune(ledger)
    assert whole(ledger) == [1, 2]
    assert made.kept == {"下一次运行要用": 2}
    assert assessments.last_before(ledger, "demo", date(2026, 12, 1)).as_of == date(2025, 1, 3)
    assert snapshots.latest(ledger, "demo").sequence == 3


def test_the_last_night_before_a_day_is_the_last_whole_one(ledger):
    nights(ledger, 0, 1, 2, 690)
    prune(ledger, elsewhere={"网站": ["demo-2025-01-02-daily"]})
    assert assessments.last_before(ledger, "demo", date(2025, 1, 10)).as_of == date(2025, 1, 2)
    assert assessments.newest(ledger, "demo", date(2025, 1, 3)) is None


def draft(ledger, made_from, content="正文"):
    about = heading()
    document = documents.open_document(ledger, "demo", about, TODAY)
    return documents.store_text(ledger, document.document_id, text(content), made_from, TODAY)


def ranked(ledger, key):
    row = {"ranking_id": "k", "jurisdiction": "demo", "assessment_id": key, "as_of": TODAY.date(), "scheme": "s"}
    more = {"scheme_version": "1", "criticisms": {}, "ranking_hash": "h", "made_at": TODAY}
    insert(ledger, rankings, row | more)


def backlog_reviewed(ledger, key):
    row = {"review_id": "b", "jurisdiction": "demo", "as_of": TODAY.date(), "assessment_id": key, "is_past": False}
    more = {"criteria_version": "1", "review_hash": "h", "counts": {}, "reviewed_at": TODAY}
    insert(ledger, backlog_reviews, row | more)


def findings_reviewed(ledger, key):
    row = {"review_id": "f", "jurisdiction": "demo", "as_of": TODAY.date(), "assessment_id": key}
    insert(ledger, finding_reviews, row | {"rules_version": "1", "made_at": TODAY})


def planned(ledger, key):
    versions = dict.fromkeys(("rule_version", "calendar_version", "ladder_version", "code_version", "steps_hash"), "v")
    row = {"plan_id": 1, "jurisdiction": "demo", "as_of": TODAY.date(), "assessment_id": key, "snapshot_id": "s"}
    insert(ledger, plans, versions | row | {"planned_at": TODAY, "counts": {}})


def mailed(ledger, key):
    planned(ledger, key)
    words = dict.fromkeys(("level", "form", "unit_id", "subject", "document_hash", "template_version"), "v")
    row = {"message_id": "m", "plan_id": 1, "position": 0, "jurisdiction": "demo", "as_of": TODAY.date()}
    more = {"recipients": [], "notice": {}, "mail": {}, "needs_sign_off": False, "state": "sent", "queued_at": TODAY}
    insert(ledger, messages, words | row | more)


def insert(ledger, table, row):
    with ledger.begin() as connection:
        connection.execute(table.insert(), row)


def reviewed_then_drafted_anew(ledger, key):
    document = draft(ledger, {"assessment_id": key})
    wanted = Wanted(Act.REVIEWED, "周敏", document.checksum, "")
    sign_offs.sign_document(ledger, "demo", document.document_id, wanted, POLICY, TODAY)
    draft(ledger, {"assessment_id": "another"}, "改过")


REFERENCES = {
    "a ranking": (ranked, "排名"),
    "a backlog review": (backlog_reviewed, "积案核定"),
    "a review of findings": (findings_reviewed, "办理质量核查"),
    "a night with mails": (mailed, "通知和邮件"),
    "a document": (lambda ledger, key: draft(ledger, {"assessment_id": key}), "公文"),
    "a document, deep inside": (lambda ledger, key: draft(ledger, {"about": [{"then": [key, 1, None]}]}), "公文"),
    "a text that was reviewed before it changed": (reviewed_then_drafted_anew, "公文"),
}


@pytest.mark.parametrize(("refer", "label"), REFERENCES.values(), ids=REFERENCES)
def test_an_assessment_stays_with_its_snapshot_because_of(ledger, refer, label):
    first, _, _ = nights(ledger, 0, 1, 690)
    refer(ledger, first.assessment_id)
    made = prune(ledger)
    assert made.kept == {label: 1}
    assert whole(ledger) == [0, 690]
    assert whole_snapshots(ledger) == [1, 3]
    assert made.unnamed == ("hash-1",)


def written_over(ledger, key):
    draft(ledger, {"assessment_id": key})
    draft(ledger, {"assessment_id": "another"}, "改过")


@pytest.mark.parametrize("refer", [planned, written_over], ids=["a night without mails", "a draft written over"])
def test_an_assessment_goes_in_spite_of(ledger, refer):
    first, _ = nights(ledger, 0, 690)
    refer(ledger, first.assessment_id)
    assert prune(ledger).kept == {}
    assert whole(ledger) == [690]


def test_a_snapshot_stays_that_a_document_names_without_an_assessment(ledger):
    nights(ledger, 0, 1, 690)
    draft(ledger, {"snapshot_id": "demo-000001"})
    prune(ledger)
    assert whole_snapshots(ledger) == [1, 3]
    assert whole(ledger) == [690]


def test_every_table_that_names_an_assessment_or_a_snapshot_is_looked_at(ledger):
    with ledger.connect() as connection:
        looked_at = set(pruning.referred_to(connection))
    assert looked_at == {"公文", "排名", "积案核定", "办理质量核查", "通知和邮件"}
    known = {"assessments", "snapshots", "quarantine", "rankings", "backlog_reviews", "finding_reviews", "plans"}
    named = {
        name for name in sa.inspect(ledger.engine).get_table_names() for column in sa.inspect(ledger.engine).get_columns(name)
        if column["name"] in ("assessment_id", "snapshot_id")
    }  # fmt: skip
    assert named == known


def test_content_that_another_row_names_stays_named(ledger):
    taken = [night(ledger, n) for n in (0, 1, 2, 3, 4, 690)]
    contents = ["shared", "a ranking's", "a document's", "the neighbour's", "nobody's", "shared"]
    for each, content in zip(taken, contents, strict=True):
        assess(ledger, each, content)
    neighbour = night(ledger, 0, jurisdiction="other")
    assess(ledger, neighbour, "the neighbour's", jurisdiction="other")
    newer = night(ledger, 690, jurisdiction="other")
    ranking = {
        "ranking_id": "k",
        "jurisdiction": "demo",
        "assessment_id": f"demo-{newer.taken_at.astimezone(ZONE).date()}-daily",
    }
    more = {"scheme": "s", "scheme_version": "1", "criticisms": {}, "as_of": TODAY.date(), "made_at": TODAY}
    insert(ledger, rankings, ranking | more | {"ranking_hash": "a ranking's"})
    draft(ledger, {}, "a document's")
    assert prune(ledger).unnamed == ("nobody's",)
    assert whole(ledger) == [690]


def test_content_goes_when_the_last_that_names_it_goes(ledger):
    first, second, _ = night(ledger, 0), night(ledger, 1), night(ledger, 690)
    assess(ledger, first, "shared")
    assess(ledger, second, "shared")
    assess(ledger, snapshots.latest(ledger, "demo"), "other")
    assert prune(ledger, elsewhere={"网站": ["demo-2025-01-02-daily"]}).unnamed == ()
    assert prune(ledger).unnamed == ("shared",)


def test_what_a_prune_that_died_left_is_named_to_the_next_one(ledger):
    nights(ledger, 0, 690)
    assert prune(ledger).unnamed == ("hash-0",)
    again = prune(ledger)
    assert again.is_nothing
    assert again.unnamed == ("hash-0",)
    assess(ledger, night(ledger, 691), "hash-0")
    assert prune(ledger).unnamed == ()


def test_a_dry_run_finds_the_same_and_changes_nothing(ledger):
    nights(ledger, 0, 1, 690)
    before = rows_of(ledger)
    tried = prune(ledger, dry_run=True)
    assert rows_of(ledger) == before
    assert prune(ledger) == tried
    assert rows_of(ledger) != before


def test_who_pruned_what_by_which_policy_is_on_record(ledger):
    nights(ledger, 0, 690)
    prune(ledger)
    prune(ledger)
    with ledger.connect() as connection:
        (entry,) = audit.entries(connection, "history/demo")
    told = {"days": 31, "then": "none", "snapshots": 1, "row_versions": 1, "assessments": 1, "unnamed": ["hash-0"]}
    assert (entry["actor"], entry["act"], entry["details"]) == ("周敏", "清理历史", told)


def test_a_prune_that_fails_leaves_everything_as_it_was(ledger, monkeypatch):
    nights(ledger, 0, 690)
    before = rows_of(ledger)

    def failing(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(audit, "enter", failing)
    with pytest.raises(RuntimeError):
        prune(ledger)
    assert rows_of(ledger) == before


def test_nothing_is_pruned_while_a_run_of_the_jurisdiction_is_going_on(ledger):
    nights(ledger, 0, 690)
    runs.start(ledger, "other", "delivery", TODAY.date(), TODAY)
    going_on = runs.start(ledger, "demo", "backfill", TODAY.date(), TODAY)
    with pytest.raises(LedgerError, match="backfill"):
        prune(ledger)
    assert not prune(ledger, dry_run=True).is_nothing
    runs.finish(ledger, going_on, runs.RunState.SUCCEEDED, TODAY, {})
    assert not prune(ledger).is_nothing


def test_other_jurisdictions_are_left_alone(ledger):
    nights(ledger, 0, 690)
    taken = [night(ledger, n, [f"第{n}夜"], jurisdiction="other") for n in (0, 690)]
    prune(ledger)
    assert [each.pruned_at for each in snapshots.history(ledger, "other")] == [None, None]
    assert snapshots.load(ledger, taken[0].snapshot_id).proposals["title"].tolist() == ["第0夜"]


def test_a_pruned_snapshot_is_refused_with_the_times_that_can_be_answered(ledger):
    for n in (0, 1, 2, 690):
        night(ledger, n)
    prune(ledger, elsewhere={"公文": ["demo-000001"]})
    with pytest.raises(LedgerError) as refused:
        snapshots.latest(ledger, "demo", FIRST + timedelta(days=2, hours=3))
    assert str(refused.value) == (
        "快照 demo-000003(2025-01-04T07:00:00 取数): 内容已于 2026-12-01T09:00:00 按 jurisdiction.yaml 的 history 清理\n"
        "可改用留存的时点(--known-at,此前最近 2025-01-02T07:00:00,此后最近 2026-11-23T07:00:00),或不写 --known-at,按现在所知计算。"
    )
    # Until the next one was taken, the one that stays is what was known.
    assert snapshots.latest(ledger, "demo", FIRST + timedelta(hours=23)).sequence == 1


def test_a_pruned_assessment_says_since_when_and_how_to_have_the_day_again(ledger):
    first, _ = nights(ledger, 0, 690)
    prune(ledger)
    with pytest.raises(LedgerError, match=r"已于 2026-12-01 .* history 清理\n用 backfill .* 2025-01-02"):
        assessments.by_id(ledger, first.assessment_id)


def test_which_rules_were_in_use_is_known_also_of_pruned_nights(ledger):
    first, _ = nights(ledger, 0, 690)
    newer = replace(first, assessment_id="newer", rule_version="r2", made_at=FIRST + timedelta(days=1))
    assessments.record(ledger, newer)
    prune(ledger)
    assert assessments.rules_in_use(ledger, "demo", FIRST + timedelta(hours=1)) == "r"
    assert assessments.rules_in_use(ledger, "demo", FIRST + timedelta(days=2)) == "r2"


def test_an_assessment_that_is_made_again_is_whole_again(ledger):
    first, _ = nights(ledger, 0, 690)
    prune(ledger)
    with pytest.raises(LedgerError, match="程序错误"):
        assessments.record(ledger, replace(first, obligations_hash="different"))
    assessments.record(ledger, first)
    assert assessments.by_id(ledger, first.assessment_id) == first
    prune(ledger)
    other = replace(first, obligations_hash="another sweep")
    assert assessments.record_all(ledger, [other]) == 1
    assert assessments.record_all(ledger, [other]) == 0
    assert assessments.by_id(ledger, first.assessment_id) == other


def test_an_older_schema_has_no_trace_of_what_was_pruned(ledger):
    kept = nights(ledger, 0, 1, 690)[2]
    prune(ledger)
    ledger.downgrade("0007")
    try:
        names = {
            name: [c["name"] for c in sa.inspect(ledger.engine).get_columns(name)]
            for name in ("snapshots", "assessments")
        }
        with ledger.connect() as connection:
            left = [connection.exec_driver_sql(f"select count(*) from {name}").scalar() for name in names]
    finally:
        ledger.upgrade(head())
    assert left == [1, 1]
    assert not any("pruned_at" in columns for columns in names.values())
    assert assessments.by_id(ledger, kept.assessment_id) == kept
