"""A read by watermark says what a full read says, and falls back to one where it could not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.adapters import source
from tasks.adapters.incremental import Keeping, planned
from tasks.adapters.source import SourceConfig, read_source
from tasks.adapters.source_files import source_files
from tasks.domain.errors import ConfigurationError, SourceError
from tests.adapters.test_fast_source import refuse
from tests.sources import CONFIG, QUERIES, ROWS, jurisdiction, log, matter, metadata

NOW = datetime(2026, 6, 10, 23, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, 8, 0, 0, 123456)
QUERY = QUERIES["events"].replace("result AS value", "result AS value, changed AS changed_at -- 何时改动\n")
SERVERS = ("sqlite", "postgresql", "mariadb")


def config(**frames):
    given_ = CONFIG.model_dump(exclude_unset=True)
    events = given_["frames"]["events"] | {"watermark": "changed_at"}
    given_["frames"] |= {"events": events} | frames
    return SourceConfig.model_validate(given_)


MARKED = config()


class Office:
    """A source whose log says when each row was changed, read by its watermark and, to compare, in full."""

    def __init__(self, url, folder, chosen=MARKED, query=QUERY):
        self.url, self.config = url, chosen
        self.sql, self.kept = jurisdiction(folder, events=query), folder / "kept"
        self.engine = sa.create_engine(url)
        self.clock = NOW
        metadata.drop_all(self.engine)
        metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            connection.execute(sa.text("alter table log add column changed timestamp(6) null"))
            for table, rows in ROWS.items():
                connection.execute(table.insert(), rows)
        self.mark(LONG_AGO)

    def run(self, statement, **values):
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement) if isinstance(statement, str) else statement, values)

    def mark(self, moment, where="1 = 1"):
        moment = moment if self.engine.dialect.name != "sqlite" else str(moment)
        self.run(f"update log set changed = :moment where {where}", moment=moment)

    def add(self, number, moment, proposal=10):
        row = {"id": number, "matter": proposal, "unit": 1, "what": "答复", "at": 1780243200, "day": "2026-06-02"}
        self.run(log.insert().values(row | {"result": "A"}))
        self.mark(moment, f"id = {number}")

    def read(self, days=1):
        """Return the read of the next day, and how many events came; None if all were read."""
        self.clock += timedelta(days=days)
        found = read_source(self.config, self.sql, self.url, keeping=Keeping(self.kept, self.clock))
        return found, found.fetched.get("events")

    def full(self):
        return read_source(self.config, self.sql, self.url)


def assert_same(found, full):
    for name, frame in full.facts.frames().items():
        pd.testing.assert_frame_equal(found.facts.frames()[name], frame, obj=name)
    pd.testing.assert_frame_equal(found.quarantine, full.quarantine)


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("server", SERVERS)
def test_only_what_changed_is_fetched_and_the_facts_are_those_of_a_full_read(server, request, tmp_path, monkeypatch):
    url = request.getfixturevalue(server) if server != "sqlite" else f"sqlite:///{tmp_path / 'office.db'}"
    if server == "postgresql":
        # A time to the microsecond is no reason to leave the fast reader.
        monkeypatch.setattr(source, "_through_driver", refuse)
    office = Office(url, tmp_path)
    assert office.read()[1] is None
    office.add(1002, office.clock)
    office.run("update log set result = NULL where id = 1000")
    office.mark(office.clock, "id = 1000")
    office.run("delete from log where id = 1001")
    found, fetched = office.read()
    assert fetched == 2
    assert found.facts.events["event_id"].tolist() == ["1000", "1002"]
    assert found.facts.events["value"].isna().tolist() == [True, False]
    assert_same(found, office.full())
    found, fetched = office.read()
    # The overlap: what was changed within a day of the last mark comes once more.
    assert (fetched, len(found.facts.events)) == (2, 2)
    metadata.drop_all(office.engine)
    office.engine.dispose()


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "delete", "orphan", "adopt", "unmark", "read"]), st.integers(0, 5)),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_to_a_source_a_read_by_watermark_equals_a_full_one(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("office")
    office = Office(f"sqlite:///{folder / 'office.db'}", folder)
    numbers = count(2000)
    office.read(0)
    for act, which in [*steps, ("read", 0)]:
        office.clock += timedelta(hours=3)
        chosen = f"id = (select id from log order by id limit 1 offset {which})"
        match act:
            case "add":
                office.add(next(numbers), office.clock, proposal=10 + which % 3)
            case "change":
                office.run(f"update log set result = case when result = 'A' then null else 'A' end where {chosen}")
                office.mark(office.clock, chosen)
            case "delete":
                office.run(f"delete from log where {chosen}")
            case "orphan":
                office.run(matter.delete().where(matter.c.id == 11, which < 3))
            case "adopt":
                office.run("insert or ignore into matter (id, kind, title, filed) values (12, 1, '新', '2026-01-01')")
            case "unmark":
                office.run(f"update log set changed = null where {chosen}")
            case "read":
                assert_same(office.read(0)[0], office.full())
    office.engine.dispose()


def test_rows_without_a_mark_come_every_time(office):
    office.run("update log set changed = null where id = 1001")
    office.read()
    office.run("update log set result = 'A' where id = 1001")
    found, fetched = office.read()
    assert fetched == 2
    assert_same(found, office.full())


def test_one_date_in_the_far_future_hides_no_change(office):
    office.mark(datetime(2099, 1, 1), "id = 1001")
    office.read()
    office.run("update log set result = NULL where id = 1000")
    office.mark(office.clock, "id = 1000")
    found, fetched = office.read()
    assert fetched == 2
    assert_same(found, office.full())


def test_a_row_that_appears_with_an_old_mark_makes_the_read_a_full_one(office):
    office.read()
    office.mark(office.clock)
    office.read()
    office.add(1002, LONG_AGO)
    found, fetched = office.read()
    assert fetched is None
    assert_same(found, office.full())


def test_a_change_that_does_not_move_the_mark_comes_with_the_full_read_of_the_week(office):
    office.read()
    office.mark(office.clock, "id = 1001")
    office.read()
    office.run("update log set result = NULL where id = 1000")
    for _ in range(5):
        assert office.read()[0].facts.events["value"].notna().any()
    found, fetched = office.read()
    assert fetched is None
    assert_same(found, office.full())
    assert office.read()[1] is not None


def test_a_clock_set_back_reads_in_full(office):
    office.read()
    assert office.read(days=-2)[1] is None


@pytest.mark.parametrize("damage", [b"", b"ARROW1 and then nothing"])
def test_kept_rows_that_cannot_be_read_are_read_anew(office, damage):
    office.read()
    (office.kept / "events.feather").write_bytes(damage)
    found, fetched = office.read()
    assert fetched is None
    assert_same(found, office.full())
    assert office.read()[1] is not None


def test_kept_rows_cut_off_behind_their_schema_are_read_anew(office, monkeypatch):
    office.read()
    monkeypatch.setattr("tasks.adapters.incremental.feather.read_table", _broken)
    found, fetched = office.read()
    assert fetched is None
    assert_same(found, office.full())


def _broken(*_, **__):
    raise OSError("cut off")


def test_another_query_or_another_meaning_of_its_values_is_read_in_full(office):
    office.read()
    (office.sql / "events.sql").write_text(QUERY + " LIMIT 1", encoding="utf-8")
    assert office.read()[1] is None
    assert office.read()[1] is not None
    office.config = config(events=MARKED.frames.events.model_dump() | {"ignore": {"note": ["x"]}})
    assert office.read()[1] is None


def test_another_database_is_read_in_full(office, tmp_path):
    office.read()
    (tmp_path / "copy.db").write_bytes((tmp_path / "office.db").read_bytes())
    office.url = f"sqlite:///{tmp_path / 'copy.db'}"
    assert office.read()[1] is None


def test_rows_that_came_as_other_types_are_read_in_full(postgresql, tmp_path, monkeypatch):
    office = Office(postgresql, tmp_path)
    office.read()
    monkeypatch.setattr(source, "_through_arrow", refuse)
    found, fetched = office.read()
    assert fetched is None
    assert_same(found, office.full())
    metadata.drop_all(office.engine)
    office.engine.dispose()


def test_a_read_that_was_refused_leaves_the_kept_rows_as_they_were(office):
    office.read()
    office.run("update log set result = 'Z' where id = 1000")
    office.mark(office.clock, "id = 1000")
    before = (office.kept / "events.feather").read_bytes()
    with pytest.raises(SourceError, match="未知取值"):
        office.read()
    assert [path.name for path in office.kept.iterdir()] == ["events.feather"]
    assert (office.kept / "events.feather").read_bytes() == before
    office.run("update log set result = NULL where id = 1000")
    found, fetched = office.read()
    assert fetched == 2
    assert_same(found, office.full())


def test_a_row_that_lost_its_key_is_told_as_a_full_read_tells_it(tmp_path):
    query = QUERY.replace("id AS event_id", "nullif(id, unit * 500) AS event_id")
    office = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path, query=query)
    office.mark(office.clock, "id = 1000")
    office.read()
    office.run("update log set unit = 2 where id = 1000")
    office.mark(office.clock, "id = 1000")
    with pytest.raises(SourceError) as in_full:
        office.full()
    with pytest.raises(SourceError) as by_mark:
        office.read()
    assert "键为空，共 1 行" in str(in_full.value)
    assert str(by_mark.value) == str(in_full.value)
    office.engine.dispose()


def test_unix_seconds_can_be_the_watermark(tmp_path):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    seconds = config(events=CONFIG.frames.events.model_dump() | {"watermark": "recorded_at"})
    office = Office(url, tmp_path, seconds, QUERIES["events"])
    office.read()
    office.add(1002, LONG_AGO)
    found, fetched = office.read()
    # Those of 31 May; not that of 30 April.
    assert fetched == 2
    assert_same(found, office.full())
    office.engine.dispose()


def test_what_is_kept_does_not_hold_the_password(postgresql, tmp_path):
    url = sa.make_url(postgresql)
    office = Office(url.set(password="geheim").render_as_string(hide_password=False), tmp_path)
    office.read()
    assert b"geheim" not in (office.kept / "events.feather").read_bytes()
    # Another password is no other database.
    office.url = url.set(password="neu").render_as_string(hide_password=False)
    assert office.read()[1] is not None
    metadata.drop_all(office.engine)
    office.engine.dispose()


@pytest.mark.parametrize("url", ["oracle+oracledb://reader@host/?service_name=s", "dm+dmPython://reader@host:5236"])
def test_databases_that_do_not_compare_times_with_texts_get_a_time(office, url):
    keeping = Keeping(office.kept, NOW)
    files = source_files(office.sql)
    made = planned(MARKED, files, url, keeping)
    list(made.frames([("events", pd.DataFrame({"event_id": ["1"], "changed_at": ["2026-06-01 08:00:00"]}))]))
    made.keep()
    asked = planned(MARKED, files, url, keeping).queries
    assert asked["events"].endswith(") q WHERE q.changed_at >= TIMESTAMP '2026-05-31 08:00:00' OR q.changed_at IS NULL")
    assert asked["events:keys"].startswith("SELECT event_id FROM (SELECT id AS event_id")


def test_a_watermark_that_the_query_does_not_give_is_named(office):
    office.config = config(events=CONFIG.frames.events.model_dump() | {"watermark": "updated"})
    with pytest.raises(SourceError) as error:
        office.full()
    assert str(error.value).endswith(
        "source.yaml frames.events.watermark: 查询结果里没有这一列“updated”\n"
        f"在 {office.sql.parent / 'source' / 'events.sql'} 的 SELECT 中补上，或改列名。"
    )


def test_a_watermark_that_is_no_time_is_named(office):
    office.config = config(events=CONFIG.frames.events.model_dump() | {"watermark": "value"})
    with pytest.raises(SourceError, match=r"frames\.events\.watermark: value 不是时间，如“A”\n.*Unix 秒要写进 units"):
        office.read()


def test_a_watermark_for_what_a_list_gives_is_refused(office):
    (office.sql / "units.sql").unlink()
    (office.sql.parent / "organisations.csv").write_text(
        "unit_id,name,group\n1,市教育局,局\n2,城东街道,镇街\n", "utf-8"
    )
    office.config = config(units=CONFIG.frames.units.model_dump() | {"watermark": "changed_at"})
    with pytest.raises(ConfigurationError, match=r"frames\.units\.watermark.*没有 units\.sql"):
        office.full()
