"""Look over what requirements.lock would install: nothing missing, nothing without a hash, every licence one that we may use.

    python docs/deploy/audit.py           all that can be seen without a network; exit code 1 and a line for each fault

Known vulnerabilities are another matter: ``make audit`` asks pip-audit too, which needs its service on the Internet.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[\w, -]+)\])?==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+))?", re.M
)
# The oldest that Debian 12 has, and the ones after it.
PYTHONS = ("3.11.2", "3.11.9", "3.12.8", "3.13.2")
FORBIDDEN = re.compile(r"(?<!L)\b(?:A?GPL)|GNU (?:Affero )?General Public", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of the lock; ``marker`` says where it is installed, ``hashes`` what its files must be."""

    name: str
    extras: frozenset[str]
    version: str
    marker: str
    hashes: int

    def is_for(self, environment: dict[str, str]) -> bool:
        """Return whether that Python on Linux installs it."""
        applies = Requirement(f"{self.name} ; {self.marker}" if self.marker else self.name).marker
        return applies is None or applies.evaluate(environment)


def locked(text: str) -> list[Locked]:
    """Return the entries of a lock."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    found = [(match, part) for part in parts if (match := ENTRY.match(part))]
    assert len(found) == len(parts), "an entry of the lock has an unknown form"
    return [
        Locked(
            canonicalize_name(match["name"]),
            frozenset((match["extras"] or "").replace(" ", "").split(",")) - {""},
            match["version"],
            (match["marker"] or "").strip(),
            part.count("--hash=sha256:"),
        )
        for match, part in found
    ]


def environment(python: str) -> dict[str, str]:
    """Return the environment of that Python on Linux."""
    short = ".".join(python.split(".")[:2])
    base = {name: str(value) for name, value in default_environment().items()}
    return base | {"python_full_version": python, "python_version": short, "sys_platform": "linux", "extra": ""}


def faults(entries: list[Locked], wanted: list[str]) -> Iterator[str]:
    """Yield what is wrong: ``wanted`` are the project's own requirements."""
    yield from (f"{each.name}:没有校验值" for each in entries if not each.hashes)
    for python in PYTHONS:
        where = environment(python)
        chosen: dict[str, Locked] = {}
        for each in entries:
            if each.is_for(where):
                if each.name in chosen:
                    yield f"{each.name}:Python {python} 会装两个版本"
                chosen[each.name] = each
        for requirement, by in _needed(chosen, wanted, where):
            mine = chosen.get(canonicalize_name(requirement.name))
            if mine is None:
                yield f"{requirement.name}:Python {python} 没有锁定({by} 需要)"
            elif not requirement.specifier.contains(mine.version, prereleases=True):
                yield f"{requirement.name}:锁定 {mine.version},而 {by} 需要 {requirement.specifier}"


def _needed(chosen: dict[str, Locked], wanted: list[str], where: dict[str, str]) -> Iterator[tuple[Requirement, str]]:
    yield from ((Requirement(each), "pyproject.toml") for each in wanted)
    for each in chosen.values():
        try:
            asked = requires(each.name) or []
        except PackageNotFoundError:
            # For another Python than this one: what it asks for cannot be read here.
            continue
        for requirement in map(Requirement, asked):
            extras = [where | {"extra": extra} for extra in (*each.extras, "")]
            if requirement.marker is None or any(requirement.marker.evaluate(one) for one in extras):
                yield requirement, each.name


def licence_faults(page: str) -> list[str]:
    """Return the packages on the page of licences whose licence would bind our own code."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", page, re.M)
    # Of several licences that a package offers, one that does not bind us is enough.
    return [
        f"{name}:许可证 {told} 不可用" for name, told in rows if all(map(FORBIDDEN.search, told.strip().split("、")))
    ]


def main() -> int:
    """Print the faults and return the exit code."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    entries = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    found = [*faults(entries, wanted), *licence_faults((ROOT / "docs" / "licences.md").read_text(encoding="utf-8"))]
    print("\n".join(found) or f"锁定的 {len(entries)} 个软件包齐全,都有校验值,许可证都可用。")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
