import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers import mariadb, postgresql

__all__ = ["mariadb", "postgresql"]

ROOT = Path(__file__).resolve().parents[1]
# A busy machine is no fault of the property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def data_folder() -> Path:
    """Where the optional data folder is expected: records of a real city, kept outside the repository."""
    return Path(os.environ.get("DUBAN_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers a file stays on one, and one of them alone starts the Prefect server."""
    for item in items:
        needs_server = "prefect_server" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("prefect" if needs_server else str(item.path)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The optional data folder; tests that need it skip where it is absent."""
    if not data_folder().is_dir():
        pytest.skip(f"optional data folder {data_folder()} is not there (DUBAN_SHARED_DATA)")
    return data_folder()
