"""What the documents tell people to type is understood, and what they point to is there."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from flows.__main__ import COMMANDS, main
from flows.environment import QUIET
from tests.installations import new_installation

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


@pytest.mark.parametrize("command", list(told_commands()))
def test_a_command_in_the_documents_is_understood(command):
    name, *arguments = shlex.split(command)
    assert name in COMMANDS, f"{name} 不是命令"
    parser = argparse.ArgumentParser(exit_on_error=False)
    import_module(f"flows.commands.{COMMANDS[name][0]}").configure(parser, name)
    parser.parse_args(arguments)


def units():
    """Every command of ours in what systemd, cron and containers start."""
    for path in sorted((ROOT / "docs" / "deploy").glob("*")):
        if path.suffix in (".service", ".yaml", "") and path.is_file():
            text = path.read_text(encoding="utf-8").replace('", "', " ").replace(", ", " ")
            for found in re.findall(r"-m flows ([^\n\"\]]+)", text):
                yield pytest.param(found.strip(), id=f"{path.name}: {found.strip()}")


@pytest.mark.parametrize("command", list(units()))
def test_what_systemd_and_containers_start_is_understood(command):
    name, *arguments = shlex.split(command)
    parser = argparse.ArgumentParser(exit_on_error=False)
    import_module(f"flows.commands.{COMMANDS[name][0]}").configure(parser, name)
    parser.parse_args(arguments)


# Without a server, without changing anything, in a few seconds each.
CHEAP = ("check-config", "rules", "explain", "obligations", "cases", "ranking", "outbox list", "sign-off list", "silence list",
         "ledger version", "deployments")  # fmt: skip


def cheap_commands():
    for param in told_commands():
        (command,) = param.values
        if command.startswith(CHEAP) and ("-j demo" in command or command.startswith("ledger")):
            yield param


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(new_installation(folder / "var", "demo")))
        patch.setenv("PREFECT_HOME", str(folder / "prefect"))
        patch.chdir(folder)
        yield folder


@pytest.mark.parametrize("command", list(cheap_commands()))
def test_a_cheap_command_in_the_documents_does_what_it_says(command, installation, capsys):
    arguments = shlex.split(command)
    assert main(arguments) == 0, capsys.readouterr().err
    if "-o" in arguments:
        assert (installation / arguments[arguments.index("-o") + 1]).stat().st_size > 100


@pytest.mark.slow
@pytest.mark.parametrize("command", [each for each in told_commands() if each.values[0].startswith("prefect ")])
def test_a_command_of_prefects_own_in_the_documents_exists(command):
    """Prefect's command line is asked for the help of the very words; unknown words and options are refused."""
    _, *words = shlex.split(command)
    options = [word for word in words if word.startswith("--")]
    names = [word for word in words if not word.startswith("-")]
    verb = names[:3] if names[:2] == ["server", "database"] else names[:2] if names[0] != "deploy" else names[:1]
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *verb, "--help"],
        capture_output=True, text=True, encoding="utf-8", check=False, env=os.environ | QUIET | {"COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [
        option for option in options if option not in done.stdout and option.replace("--no-", "--") not in done.stdout
    ] == []


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
