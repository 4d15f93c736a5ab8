"""An office that prunes: what it referred to works on, what it pruned says so, and the files that go are told to the byte."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from flows.__main__ import main
from tasks import sign_off
from tasks.adapters.archive import Archive
from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.frame_files import sweep_bytes
from tasks.adapters.ledger import assessments, backlog_reviews, outbox_views, publications, snapshots
from tasks.adapters.ledger.backlog_reviews import Found
from tasks.adapters.past_days import keep, missing, past_days, stored, sweep_of_stretch
from tasks.adapters.publishing import folder_of
from tasks.adapters.settings import ROOT
from tasks.adapters.site import About
from tasks.adapters.source import read_source
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day, load_assessed, obligations_of
from tasks.domain.documents import Act, Wanted
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.history import known
from tasks.draft import draft_circular
from tasks.escalate import backlog_of, plan_notices, queue_notices
from tasks.explain import explain_proposal
from tasks.export import computed_day
from tasks.prune_history import prune_history
from tasks.rank import rank_assessed
from tasks.rebuild import rebuild_into
from tasks.record import office_day
from tasks.shelve import reviewed_cases

NAME, ZONE = "demo-county", ZoneInfo("Asia/Shanghai")
TODAY = datetime(2028, 6, 1, 22, tzinfo=ZONE)
# What becomes of each night: the last of its month, referred to, recent, or none of it.
GOES = [date(2026, 7, 13), date(2026, 7, 20), date(2026, 8, 12), date(2026, 11, 20)]
CIRCULAR, MAILS, BACKLOG, SITE = date(2026, 7, 15), date(2026, 7, 16), date(2026, 8, 11), date(2026, 11, 18)
MONTH_ENDS, RECENT = [date(2026, 7, 31), date(2026, 8, 31), date(2026, 11, 27)], date(2028, 5, 30)
STAYS = sorted([CIRCULAR, MAILS, BACKLOG, SITE, *MONTH_ENDS, RECENT])


def morning(day, hour=7):
    return datetime.combine(day, time(hour), ZONE)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """An office's installation after some nights, made once."""
    var = tmp_path_factory.mktemp("office")
    shutil.copytree(ROOT / "config" / "jurisdictions" / NAME, var / "own" / NAME)
    with (var / "own" / NAME / "jurisdiction.yaml").open("a", encoding="utf-8") as file:
        file.write("history: {days: 400, then: month_ends}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(var))
        patch.setenv("DUBAN_JURISDICTIONS", str(var / "own"))
        for module in ("papers", "compose_circular"):
            patch.setattr(f"tasks.{module}.fonts_of", lambda workplace: None)
        live(open_workplace(NAME))
    for path in (var / "archive").rglob("*"):
        os.utime(path, (morning(RECENT).timestamp(),) * 2)
    return var


def live(office):
    folder = office.jurisdiction.folder / "source"
    everything = read_source(office.source_config, folder, office.source_url(), None, zone=str(ZONE)).facts
    for day in sorted([*GOES, *STAYS]):
        now = morning(day)
        facts = known(everything, day, now)
        if day == GOES[0]:
            facts = replace(facts, proposals=facts.proposals.assign(title="只在这一夜"))
        taken = snapshots.store(office.ledger, NAME, facts, pd.DataFrame(), now)
        assessed = assess_day(office, taken.snapshot_id, day, now)
        if day == CIRCULAR:
            issue_circular(office, assessed, now)
        if day == MAILS:
            assert queue_notices(office, assessed, plan_notices(office, assessed), now).mails > 0
        if day == BACKLOG:
            criteria = load_backlog(office.jurisdiction.folder / "backlog.yaml")[0]
            current = backlog_of(office, assessed.facts, assessed.obligations, day)
            found = Found(day, assessed.record.assessment_id, criteria.version, current)
            backlog_reviews.record_review(office.ledger, office.archive, NAME, found, now)
        if day == SITE:
            site = folder_of(office).stage(
                [("index.html", b"site")], About(day, now, assessed.record.assessment_id), now
            )
            folder_of(office).show(site.name, 3)
            publications.record(office.ledger, NAME, site.name, day, now, pd.DataFrame())
    office.ledger.engine.dispose()


def issue_circular(office, assessed, now):
    ranked = rank_assessed(office, assessed, None, now)
    circular, _ = draft_circular(office, ranked, office_day(NAME, CIRCULAR, None, now), None, "")
    for what, who in ((Act.REVIEWED, "周敏"), (Act.SIGNED, "王志远")):
        sign_off.act_on(NAME, circular.document_id, Wanted(what, who, circular.checksum), now)


@pytest.fixture
def office(lived_in, tmp_path, monkeypatch):
    """A copy of the installation, as the test's own."""
    shutil.copytree(lived_in, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "own"))
    for module in ("papers", "compose_circular"):
        monkeypatch.setattr(f"tasks.{module}.fonts_of", lambda workplace: None)
    workplace = open_workplace(NAME)
    yield workplace
    workplace.ledger.engine.dispose()


def prune(now=TODAY, **how):
    return prune_history(NAME, "周敏", now, **how)


def files(office):
    return {path.name: path.stat().st_size for path in office.archive.root.glob("??/*")}


def daily(office):
    found = assessments.between(office.ledger, NAME, date(2026, 1, 1), date(2028, 12, 31))
    return {made.as_of: made for made in found if made.purpose == "daily"}


def test_what_is_referred_to_the_last_of_each_month_and_the_last_days_stay(office):
    before, made = files(office), daily(office)
    told = prune()
    gone = {made[day].obligations_hash for day in GOES}
    assert sorted(daily(office)) == STAYS
    assert before.keys() - files(office).keys() == gone
    freed = sum(before[digest] for digest in gone)
    rows = len(snapshots.load(office.ledger, f"{NAME}-000002").proposals)
    assert told == (
        f"青云县(最近 400 天全留,此前每月留最后一夜)已清理:快照 4 次、行版本 {rows} 行、核定结果 4 次;"
        f"档案文件 4 个,共 {freed:,} 字节。\n"
        "政策之外仍保留的核定结果(有引用):公文 1 次、积案核定 1 次、通知和邮件 2 次、排名 1 次、公开网站 1 次。\n"
        "台账文件本身没有变小;要变小,停下 serve 后运行 python -m flows ledger vacuum。"
    )


def test_a_dry_run_tells_the_same_and_changes_nothing(office):
    before, made = files(office), daily(office)
    tried = prune(dry_run=True)
    assert (files(office), daily(office)) == (before, made)
    assert prune().startswith(tried.replace("将清理", "已清理"))


def test_the_obligations_that_stay_are_the_same(office):
    before = {day: load_assessed(office, daily(office)[day].assessment_id) for day in STAYS}
    prune()
    for day in STAYS:
        again = load_assessed(office, daily(office)[day].assessment_id)
        pd.testing.assert_frame_equal(again.obligations, before[day].obligations)
        pd.testing.assert_frame_equal(again.facts.events, before[day].facts.events)


def test_a_document_of_long_ago_is_rebuilt_byte_by_byte(office):
    prune()
    compared, _ = rebuild_into(NAME, f"{NAME}-circular-2026-001", None)
    assert len(compared) > 4
    assert all(one.is_same for one in compared)


def test_mails_and_backlog_cases_show_what_they_showed(office):
    mails = [mail["message_id"] for mail in outbox_views.list_mails(office.ledger, NAME)]
    (review,) = backlog_reviews.reviews(office.ledger, NAME)
    shown = [outbox_views.show_mail(office.ledger, NAME, mail) for mail in mails]
    lines = reviewed_cases(office, review.review_id).lines
    prune()
    assert [outbox_views.show_mail(office.ledger, NAME, mail) for mail in mails] == shown
    assert reviewed_cases(office, review.review_id).lines == lines
    assert len(lines) > 0


def explained(proposal, day, known_at=None):
    return explain_proposal(NAME, proposal, day, known_at, TODAY)


def test_days_are_explained_as_known_now_and_as_known_on_a_night_that_stays(office):
    proposal = load_assessed(office, daily(office)[MAILS].assessment_id).obligations["proposal_id"].iloc[0]
    asked = [(GOES[0], None), (MAILS, None), (MAILS, morning(MAILS, 12)), (MONTH_ENDS[0], morning(MONTH_ENDS[0], 8))]
    before = [explained(proposal, *when) for when in asked]
    prune()
    assert [explained(proposal, *when) for when in asked] == before


def test_a_time_whose_snapshot_was_pruned_is_refused(office, capsys):
    prune()
    asked = ["explain", "-j", NAME, "x", "--as-of", str(GOES[1]), "--known-at", f"{GOES[1]}T12:00"]
    assert main(asked) == 1
    told = capsys.readouterr().err
    assert "2026-07-20T07:00:00 取数): 内容已于 2028-06-01T22:00:00 按 jurisdiction.yaml 的 history 清理" in told
    assert "此前最近 2026-07-16T07:00:00,此后最近 2026-07-31T07:00:00" in told
    assert computed_day(office, GOES[1], datetime.fromisoformat("2026-07-16T07:00:00+08:00"), TODAY).facts is not None


def backfilled(office, days, known_at):
    asked = past_days(office, days, known_at)
    facts = snapshots.load(office.ledger, asked[0].snapshot_id)
    keep(office, asked, sweep_bytes(sweep_of_stretch(facts, asked)), TODAY)
    return [obligations_of(office, made) for made in stored(office, asked) if made]


def test_a_pruned_day_is_computed_again_as_known_now(office):
    before = backfilled(office, GOES, [None] * 4)
    later = TODAY + timedelta(days=500)
    taken = snapshots.store(office.ledger, NAME, snapshots.load(office.ledger, f"{NAME}-000012"), pd.DataFrame(), later)
    assess_day(office, taken.snapshot_id, later.date(), later)
    newer = past_days(office, GOES[:1], [None])
    keep(office, newer, sweep_bytes(sweep_of_stretch(snapshots.load(office.ledger, taken.snapshot_id), newer)), later)
    prune(later)
    days = past_days(office, GOES, [None] * 4)
    assert len(missing(office, days)) == 3
    for one, other in zip(backfilled(office, GOES, [None] * 4), before, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_day_as_known_then_is_backfilled_from_a_night_that_stays_and_from_no_other(office):
    (before,) = backfilled(office, MONTH_ENDS[:1], [morning(MONTH_ENDS[0], 8)])
    prune()
    (again,) = backfilled(office, MONTH_ENDS[:1], [morning(MONTH_ENDS[0], 8)])
    pd.testing.assert_frame_equal(again, before)
    with pytest.raises(LedgerError, match="history 清理"):
        past_days(office, GOES[:1], [morning(GOES[0], 8)])


def test_files_that_a_killed_prune_left_go_with_the_next_one(office, monkeypatch):
    before = files(office)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            prune()
    assert files(office) == before
    assert sorted(daily(office)) == STAYS
    assert "快照 0 次、行版本 0 行、核定结果 0 次;档案文件 4 个" in prune()
    assert len(before) - len(files(office)) == 4
    assert "档案文件 0 个,共 0 字节" in prune()


def test_a_file_that_a_run_has_just_stored_again_stays_until_the_next_time(office):
    digest = daily(office)[GOES[0]].obligations_hash
    content = office.archive.get(digest)
    office.archive.put(content)
    os.utime(office.archive.path(digest), ((TODAY - timedelta(hours=20)).timestamp(),) * 2)
    assert "档案文件 3 个" in prune()
    assert office.archive.get(digest) == content
    assert "档案文件 1 个" in prune(TODAY + timedelta(days=2))


def test_without_a_policy_nothing_goes(office):
    path = office.jurisdiction.folder / "jurisdiction.yaml"
    path.write_text(path.read_text("utf-8").replace("history:", "# history:"), "utf-8")
    before, made = files(office), daily(office)
    assert prune() == "青云县:jurisdiction.yaml 没有 history,全部保留,什么也没有清理。"
    assert (files(office), daily(office)) == (before, made)


def test_the_commands_prune_and_give_the_space_back(office, monkeypatch, capsys):
    monkeypatch.setattr("flows.commands.ledger.clock", lambda: TODAY)
    assert main(["ledger", "prune", "-j", NAME, "--dry-run"]) == 0
    assert "将清理:快照 4 次" in capsys.readouterr().out
    assert main(["ledger", "prune", "-j", NAME, "--by", "周敏"]) == 0
    assert "已清理:快照 4 次" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["ledger", "prune", "-j", NAME])
    # What went was little: make the space that a year leaves.
    with office.ledger.begin() as connection:
        connection.exec_driver_sql("create table ballast as select zeroblob(3000000) as much")
        connection.exec_driver_sql("drop table ballast")
    capsys.readouterr()
    assert main(["ledger", "vacuum"]) == 0
    before, after = (int(size.replace(",", "")) for size in re.findall(r"[\d,]+", capsys.readouterr().out))
    assert after == (office.settings.var / "ledger.sqlite").stat().st_size < before - 2_000_000
    assert sorted(daily(office)) == STAYS


def test_a_ledger_in_use_is_not_compacted(office, monkeypatch, capsys):
    with office.ledger.begin() as connection:
        connection.exec_driver_sql("delete from runs")
        assert main(["ledger", "vacuum"]) == 1
    assert "请停下 serve、腾出磁盘空间,再运行一次。" in capsys.readouterr().err


def test_postgresql_compacts_itself(office, monkeypatch):
    from tasks.adapters.ledger import backup
    from tasks.adapters.ledger.engine import Ledger

    with pytest.raises(ConfigurationError, match="autovacuum"):
        backup.compact(Ledger("postgresql+psycopg://root@127.0.0.1/none"))
