"""The bundle installs on a machine without any network, and the first mail is there."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
FIRST_MAIL = """
set -e
ip link set lo up
bash bundle/duban-*/install.sh "$PWD/installed"
cd installed
DUBAN_VAR="$PWD/var" .venv/bin/python -m flows run daily-supervision -j demo-county --as-of 2026-07-15
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    wanted = {"PYTHON_VERSIONS": ".".join(platform.python_version_tuple()[:2])}
    script = ROOT / "docs" / "deploy" / "bundle.sh"
    done = subprocess.run(
        ["bash", script, folder / "bundle"], env=os.environ | wanted, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def clean_debian(folder):
    """Return what installs the bundle on a Debian that has python3 and nothing else; None where none can be made."""
    if not shutil.which("debootstrap") or os.getuid():
        return None
    (made,) = (folder / "bundle").glob("duban-*.tar")
    return [
        "bash",
        ROOT / "docs" / "deploy" / "try_bundle.sh",
        made,
        folder / "debian",
    ], folder / "debian/var/lib/duban"


def clean_environment(folder):
    """Return what installs the bundle into an environment of its own on this machine."""
    return ["unshare", "--net", "bash", "-c", FIRST_MAIL], folder / "installed" / "var"


def test_without_a_network_it_installs_and_the_first_mail_is_there(bundle):
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this account may not make a network namespace")
    command, var = clean_debian(bundle) or clean_environment(bundle)
    clean = {"PATH": os.environ["PATH"], "HOME": str(bundle), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=bundle, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert list((var / "mail").rglob("*.eml"))
    if command[0] == "bash":
        assert "第一封邮件" in done.stdout


def test_an_arm_server_finds_every_package_that_others_do(bundle):
    (made,) = (bundle / "bundle").glob("duban-*/wheels")
    there = [{path.name.split("-")[0] for path in (made / name).glob("*.whl")} for name in ("x86_64", "aarch64")]
    assert there[0] == there[1]
    assert len(there[0]) > 100


def test_an_altered_file_is_refused(bundle):
    (made,) = (bundle / "bundle").glob("duban-*/")
    altered = bundle / "altered"
    shutil.copytree(made, altered, copy_function=os.link)
    page = altered / "README.md"
    page.unlink()
    page.write_text("other")
    done = subprocess.run(["bash", altered / "install.sh", bundle / "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, "请重新拷贝" in done.stderr) == (1, True)
    assert not (bundle / "x").exists()
