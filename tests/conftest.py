import os
from pathlib import Path

import pytest

from tests.servers import mariadb, postgresql

__all__ = ["mariadb", "postgresql"]

ROOT = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Where the optional data folder is expected: records of a real city, kept outside the repository."""
    return Path(os.environ.get("DUBAN_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The optional data folder; tests that need it skip where it is absent."""
    if not data_folder().is_dir():
        pytest.skip(f"optional data folder {data_folder()} is not there (DUBAN_SHARED_DATA)")
    return data_folder()
