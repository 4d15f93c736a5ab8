"""What the documents tell people to type is understood, and what they point to is there."""

from __future__ import annotations

import argparse
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from flows.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def told_commands():
    found = {}
    for page in PAGES:
        for block in re.findall(r"```(?:sh|cron)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.splitlines():
                command = line.partition("#")[0].partition(">")[0].strip()
                if "-m flows " in command and not command.endswith("--help"):
                    found[command.partition("-m flows ")[2].replace("[", "").replace("]", "")] = page.name
    return [pytest.param(command, id=f"{page}: {command}") for command, page in found.items()]


@pytest.mark.parametrize("command", told_commands())
def test_a_command_in_the_documents_is_understood(command):
    name, *arguments = shlex.split(command)
    assert name in COMMANDS, f"{name} 不是命令"
    parser = argparse.ArgumentParser(exit_on_error=False)
    import_module(f"flows.commands.{COMMANDS[name][0]}").configure(parser, name)
    parser.parse_args(arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_points_only_to_what_is_there(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "adr"
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("[0-9]*.md"))


@pytest.mark.parametrize(
    "variable", sorted(set(re.findall(r"DUBAN_[A-Z]+(?:_[A-Z]+)*", (ROOT / "docs/operating.md").read_text("utf-8"))))
)
def test_a_setting_in_the_guide_exists(variable):
    from tasks.adapters.settings import Settings

    known = {f"DUBAN_{name.upper()}" for name in Settings.model_fields}
    assert variable in known


def test_every_setting_is_in_the_guide():
    from tasks.adapters.settings import Settings

    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    names = {f"DUBAN_{name.upper()}" for name in Settings.model_fields if not name.endswith("_file")}
    assert sorted(name for name in names if name not in text) == []


def test_every_locked_package_is_in_the_list_of_licences():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+(?:\[\w+\])?)==([^\s;]+)", lock, re.MULTILINE)
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    missing = [name for name, version in locked if f"| {name} | {version} |" not in text]
    assert missing == [], "python docs/deploy/licences.py"
