"""docs/sources.md says what the code does."""

import re

import pytest
import sqlalchemy as sa

from tasks.adapters.source import PACKAGES, READ_ONLY_VIEW, SourceConfig
from tasks.adapters.source_files import LISTS, REQUIRED
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.frames import CANONICAL
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("spec", CANONICAL, ids=lambda spec: spec.name)
def test_the_guide_lists_every_column_of_a_frame(spec):
    row = re.search(rf"^\| `{spec.name}` .*$", GUIDE, re.MULTILINE)
    assert row
    _, title, needed, required, optional, _ = (cell.strip() for cell in row[0].split("|"))
    assert title == f"`{spec.name}` {spec.label}"
    assert needed == ("是" if spec.name in REQUIRED else "否")
    assert required.split(", ") == [column.name for column in spec.columns if column.required]
    assert optional.split(", ") == [column.name for column in spec.columns if not column.required]


def test_the_guides_settings_load(tmp_path):
    path = tmp_path / "source.yaml"
    path.write_text(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0], encoding="utf-8")
    assert load_yaml(path, SourceConfig).frames.events.max_drop == 0.05


def test_the_guide_has_an_address_for_every_supported_database():
    addresses = [sa.make_url(url) for url in re.findall(r"\| `([a-z]+[+a-zA-Z0-9]*://[^`]*)` \|", GUIDE)]
    # MariaDB's own scheme is another name for MySQL's.
    assert {address.get_backend_name() for address in addresses} == READ_ONLY_VIEW.keys() - {"mariadb"}
    assert PACKAGES.keys() == READ_ONLY_VIEW.keys() - {"sqlite"}


def test_the_guide_names_the_lists():
    assert all(f"`{name}`" in GUIDE for name in LISTS.values())
