"""What is locked is whole, has hashes for every file, and may be used: what can be seen of dependencies without a network."""

from __future__ import annotations

import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def tool(name):
    spec = spec_from_file_location(name, ROOT / "docs" / "deploy" / f"{name}.py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


audit = tool("audit")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]


def without(*lines):
    """Return the entries of the lock without those that begin like this."""
    return [each for each in audit.locked(TEXT) if each.name not in lines]


def test_the_lock_holds_all_that_every_python_needs_each_with_its_hashes():
    assert list(audit.faults(audit.locked(TEXT), WANTED)) == []


@pytest.mark.parametrize("name", ["numpy", "openpyxl", "async-timeout", "prefect-redis"])
def test_a_package_that_is_missing_is_named(name):
    assert any(fault.startswith(f"{name}:") for fault in audit.faults(without(name), WANTED))


def test_an_entry_without_a_hash_is_named():
    entries = audit.locked("alembic==1.18.4\n")
    assert "alembic:没有校验值" in list(audit.faults(entries, []))


def test_a_version_that_does_not_fit_is_named():
    entries = audit.locked(TEXT.replace("yagmail==0.16.0", "yagmail==0.15.0"))
    assert "yagmail:锁定 0.15.0,而 pyproject.toml 需要 ==0.16.0" in list(audit.faults(entries, WANTED))


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-2.1", False),
        ("GNU Lesser General Public License v3", False),
        ("Artistic License、GNU General Public License (GPL)", False),
        ("MIT", False),
    ],
)
def test_a_licence_that_would_bind_our_code_is_refused(licence, refused):
    assert bool(audit.licence_faults(f"| x | 1.0 | {licence} |")) == refused


def test_every_licence_in_use_may_be_used():
    assert audit.licence_faults((ROOT / "docs" / "licences.md").read_text(encoding="utf-8")) == []


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the page is made where all of it is installed")
def test_the_page_of_licences_is_what_the_packages_say():
    written = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert written == tool("licences").page(), "python docs/deploy/licences.py"
