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
    wanted = {"ARCHITECTURES": platform.machine(), "PYTHON_VERSIONS": ".".join(platform.python_version_tuple()[:2])}
    script = ROOT / "docs" / "deploy" / "bundle.sh"
    done = subprocess.run(
        ["bash", script, folder / "bundle"], env=os.environ | wanted, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def test_without_a_network_it_installs_and_the_first_mail_is_there(bundle):
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this account may not make a network namespace")
    clean = {"PATH": os.environ["PATH"], "HOME": str(bundle), "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["unshare", "--net", "bash", "-c", FIRST_MAIL],
        cwd=bundle,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert list((bundle / "installed" / "var" / "mail").rglob("*.eml"))


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
