"""What would fail on Windows, or where the locale is not UTF-8, and can be seen without such a system."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest

from flows.environment import QUIET
from tests.architecture.trees import CODE, ROOT, nodes_of

# Of POSIX alone, or differently there: os.rename fails on Windows where the target exists, Path.replace does not.
POSIX = {"fcntl", "pwd", "grp", "resource", "termios"}
CALLS = {("os", "rename"), ("os", "fork"), ("os", "getuid"), ("os", "symlink"), ("os", "setsid"), ("os", "kill")}
TEXT = {"read_text", "write_text", "open"}
BINARY = re.compile(r"[rwax+]*b[rwax+]*")


def nodes(kind):
    for path in CODE:
        for node in nodes_of(path):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


def test_no_module_of_posix_alone_is_needed():
    names = [(at, alias.name) for at, node in nodes(ast.Import) for alias in node.names]
    names += [(at, node.module) for at, node in nodes(ast.ImportFrom)]
    assert [at for at, name in names if (name or "").split(".")[0] in POSIX] == []


def test_no_call_of_posix_alone_is_made():
    found = [
        at
        for at, node in nodes(ast.Attribute)
        if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CALLS
    ]
    assert found == []


def test_every_text_file_says_its_encoding():
    """The default is the system's: GBK on a Chinese Windows."""
    found = []
    for at, node in nodes(ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        modes = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        is_binary = any(BINARY.fullmatch(mode) for mode in modes)
        says_so = any(word.arg == "encoding" for word in node.keywords) or "utf-8" in modes
        if name in TEXT and not is_binary and not says_so and "opener" not in at:
            found.append(f"{at} {ast.unparse(node)[:60]}")
    allowed = ("direct.open(", "urlopen(", "load_workbook", "alarms.open(")
    assert [each for each in found if not any(name in each for name in allowed)] == []


def test_children_write_utf_8_too():
    assert QUIET["PYTHONUTF8"] == "1"


def test_no_file_has_a_name_that_windows_refuses():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    names = done.stdout.decode("utf-8").split("\0")
    assert [name for name in names if re.search(r'[<>:"|?*\\]|[ .](/|$)', name)] == []
    assert [name for name in names if len(name) > 180] == []
