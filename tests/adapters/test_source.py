"""The same small source on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from tasks.adapters import source
from tasks.adapters.source import SourceRead, read_source
from tasks.domain.frames import Facts, facts_of
from tests.sources import CONFIG, fill, jurisdiction, log

SERVERS = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('source') / 'a b#1.db'}"


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    address = request.getfixturevalue(request.param)
    fill(address).dispose()
    yield address


def read(url: str, folder: Path, **changes: str) -> SourceRead:
    return read_source(CONFIG, jurisdiction(folder, **changes), url)


EXPECTED = facts_of(
    {
        "units": pd.DataFrame(
            {"unit_id": ["1", "2"], "name": ["市教育局", "城东街道"], "group": ["department", "town"]}
        ),
        "proposals": pd.DataFrame(
            {
                "proposal_id": ["10", "11"],
                "kind": ["deputy_suggestion", "cppcc_proposal"],
                "title": ["关于100%放学后托管的建议", "'冒号:名'与\"引号\""],
                "filed_on": ["2026-01-20", "2026-01-21"],
                "is_key": [True, False],
                "co_signer_count": [3, None],
            }
        ),
        "assignments": pd.DataFrame(
            {
                "assignment_id": ["100", "101", "102"],
                "proposal_id": ["10", "10", "11"],
                "unit_id": ["1", "2", "2"],
                "role": ["lead", "co_organising", "lead"],
                # 16:00 UTC is midnight in the office.
                "assigned_on": ["2026-03-10", "2026-03-09", "2026-03-12"],
            }
        ),
        "events": pd.DataFrame(
            {
                "event_id": ["1000", "1001"],
                "proposal_id": ["10", "10"],
                "unit_id": ["1", "2"],
                "kind": ["reply_issued", "opinion_submitted"],
                "happened_on": ["2026-06-01", "2026-05-01"],
                "recorded_at": ["2026-05-31T16:00:00Z", "2026-04-30T23:59:59Z"],
                "value": ["solved", None],
            }
        ),
    }
)


def assert_same_facts(actual: Facts, expected: Facts) -> None:
    for name, frame in expected.frames().items():
        assert_frame_equal(actual.frames()[name], frame, obj=name)


def test_every_server_yields_the_same_facts(url, tmp_path):
    result = read(url, tmp_path)
    assert_same_facts(result.facts, EXPECTED)
    assert result.quarantine.empty
    assert result.row_counts == {
        "units": 2,
        "contacts": 0,
        "proposals": 2,
        "assignments": 3,
        "events": 2,
        "reply_texts": 0,
    }
    assert 0 < result.seconds < 60


def test_rows_are_streamed_in_chunks_without_losing_any(url, tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.adapters.source.CHUNK", 2)
    assert_same_facts(read(url, tmp_path).facts, EXPECTED)


def test_a_query_without_rows_still_has_its_columns(url, tmp_path):
    none = "SELECT id AS event_id, matter AS proposal_id, what AS kind, day AS happened_on FROM log WHERE id < 0"
    assert read(url, tmp_path, events=none).row_counts["events"] == 0


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_all_frames_are_read_from_one_state_of_the_database(server, request, tmp_path, monkeypatch):
    # test_fast_source.py has that reader's.
    monkeypatch.setattr(source, "_through_arrow", source._through_driver)
    url = request.getfixturevalue(server)
    writer = fill(url)
    late = {"id": 1002, "matter": 11, "unit": 2, "what": "答复", "at": 1780243200, "day": "2026-06-02", "result": "A"}

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def write_meanwhile(connection, cursor, statement, parameters, context, many):
        if "FROM duty" in statement:
            with writer.begin() as other:
                other.execute(log.insert(), [late])

    try:
        assert read(url, tmp_path).row_counts["events"] == 2
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", write_meanwhile)
    assert read(url, tmp_path).row_counts["events"] == 3
    writer.dispose()


def test_units_and_contacts_may_come_from_lists_beside_the_queries(url, tmp_path):
    folder = jurisdiction(tmp_path)
    (folder / "units.sql").unlink()
    (tmp_path / "organisations.csv").write_text(
        "unit_id,name,group,former_names\n1,市教育局,局,\n2,城东街道,镇街,东街乡\n", encoding="utf-8-sig"
    )
    (tmp_path / "contacts.csv").write_text(
        "unit_id,role,valid_from,name,email\n1,handler,2026-01-01,王芳,wang@example.org\n", encoding="utf-8"
    )
    facts = read_source(CONFIG, folder, url).facts
    assert facts.units["former_names"].fillna("").tolist() == ["", "东街乡"]
    assert facts.contacts[["unit_id", "role", "name"]].to_numpy().tolist() == [["1", "handler", "王芳"]]
