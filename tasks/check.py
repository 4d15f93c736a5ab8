"""Check a jurisdiction's whole configuration before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from reports.environment import TEMPLATES, environment
from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS, COMMON_RULES, jurisdiction_folder, load_jurisdiction
from tasks.adapters.disclosure_files import load_disclosure
from tasks.adapters.escalation_files import load_ladder
from tasks.adapters.findings_files import load_findings
from tasks.adapters.incremental import check_watermarks
from tasks.adapters.inspection_files import load_inspection
from tasks.adapters.key_files import load_key_terms
from tasks.adapters.list_files import check_list
from tasks.adapters.ranking_files import load_ranking
from tasks.adapters.rule_files import load_rules
from tasks.adapters.settings import settings
from tasks.adapters.source import SourceConfig
from tasks.adapters.source_files import LISTS, source_files
from tasks.adapters.summary_files import load_summary
from tasks.adapters.yaml_files import load_yaml, shown
from tasks.domain.errors import ConfigurationError, DubanError
from tasks.domain.rules import RuleBook

JINJA = (".txt", ".html", ".typ")
FOLDERS: Mapping[str, tuple[str, ...]] = {"source": (".sql",), "rules": (".yaml",)}


@dataclass(frozen=True, slots=True)
class Draft:
    """A jurisdiction's folder under check; ``rules`` is None where they are at fault themselves."""

    folder: Path
    rules: RuleBook | None

    @property
    def duties(self) -> frozenset[str]:
        """The duties that other files may name."""
        return frozenset(self.rules.duties if self.rules else ())


def check_configuration(jurisdiction: str) -> list[str]:
    """Return what was checked; ``ConfigurationError`` with the faults of all files, not only of the first."""
    folders = settings().jurisdiction_folders()
    folder = jurisdiction_folder(jurisdiction, folders)
    faults = [*_faults(lambda: load_jurisdiction(jurisdiction, folders)), *_faults(lambda: _rules(folder))]
    draft = Draft(folder, None if any(_faults(lambda: _rules(folder))) else _rules(folder))
    checks = {name: check for name, check in CHECKS.items() if name not in OPTIONAL or (folder / name).exists()}
    for name, check in checks.items():
        if draft.rules or name not in NAMING_DUTIES:
            faults += _faults(partial(check, draft))
    _refuse(jurisdiction, list(dict.fromkeys(map(str, faults))))
    return ["jurisdiction.yaml", "rules", *checks]


def _refuse(jurisdiction: str, faults: list[str]) -> None:
    if faults:
        told = "\n".join(faults)
        what = f"{len(faults)} 个文件有错误,什么也没有运行\n{told}"
        raise ConfigurationError(f"地区 {jurisdiction}", what, "逐一改正后,用 check-config 再检查一遍。")


def _faults(check: Callable[[], object]) -> Iterator[DubanError]:
    try:
        check()
    except DubanError as fault:
        yield fault


def _rules(folder: Path) -> RuleBook:
    return load_rules(COMMON_RULES, folder / "rules" if (folder / "rules").is_dir() else None)


def _only_known_files(draft: Draft) -> None:
    """A file that nothing reads is a mistake: most often its name is misspelt."""
    strays = [shown(path) for path in sorted(draft.folder.iterdir()) if path.name not in KNOWN_FILES]
    for name, endings in FOLDERS.items():
        inside = sorted((draft.folder / name).glob("*"))
        strays += [shown(path) for path in inside if path.suffix not in endings]
    if strays:
        raise ConfigurationError(
            "、".join(strays), "没有程序会读取这些文件", f"请改名或移走;可用:{'、'.join(sorted(KNOWN_FILES))}。"
        )


def _templates(draft: Draft) -> None:
    """Compile every template of the jurisdiction; one that replaces none of ours would never be used."""
    folder = draft.folder / "templates"
    own = environment(folder if folder.is_dir() else None)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if not (TEMPLATES / name).exists():
            ours = [each.relative_to(TEMPLATES).as_posix() for each in TEMPLATES.rglob("*.*")]
            near = "".join(f"是不是 {each}?" for each in get_close_matches(name, sorted(ours), n=1))
            raise ConfigurationError(
                shown(path), "没有同名的默认模板,不会被使用", f"请改名;{near}可以替换的模板见 reports/templates。"
            )
        if path.suffix in JINJA:
            own.compiled(name)


def _lists(draft: Draft) -> None:
    for frame, name in LISTS.items():
        if (draft.folder / name).exists():
            check_list(draft.folder / name, frame, load_yaml(draft.folder / "source.yaml", SourceConfig))


def _queries(draft: Draft) -> None:
    files = source_files(draft.folder / "source")
    check_watermarks(load_yaml(draft.folder / "source.yaml", SourceConfig), files)


# Every file that a run of any flow would read; each check raises ``DubanError`` with all faults of its file.
CHECKS: Mapping[str, Callable[[Draft], object]] = {
    "source.yaml": lambda draft: load_yaml(draft.folder / "source.yaml", SourceConfig),
    "source": _queries,
    "organisations.csv/contacts.csv": _lists,
    "escalation.yaml": lambda draft: load_ladder(draft.folder / "escalation.yaml", draft.duties),
    "ranking.yaml": lambda draft: load_ranking(draft.folder / "ranking.yaml", draft.duties),
    "backlog.yaml": lambda draft: load_backlog(draft.folder / "backlog.yaml"),
    "inspection.yaml": lambda draft: load_inspection(draft.folder / "inspection.yaml"),
    "findings.yaml": lambda draft: load_findings(draft.folder / "findings.yaml"),
    "key_proposals.yaml": lambda draft: load_key_terms(draft.folder / "key_proposals.yaml", draft.duties),
    "summary.yaml": lambda draft: load_summary(draft.folder / "summary.yaml"),
    "disclosure.yaml": lambda draft: load_disclosure(draft.folder / "disclosure.yaml", draft.duties),
    "templates": _templates,
    "calendar": lambda draft: load_calendar(CALENDARS),
    "files": _only_known_files,
}
OPTIONAL = (
    "ranking.yaml",
    "backlog.yaml",
    "inspection.yaml",
    "findings.yaml",
    "key_proposals.yaml",
    "summary.yaml",
    "disclosure.yaml",
    "templates",
)
NAMING_DUTIES = ("escalation.yaml", "key_proposals.yaml", "ranking.yaml", "disclosure.yaml")
KNOWN_FILES = {"jurisdiction.yaml", "templates", "README.md", *FOLDERS, *LISTS.values()} | {
    name for name in CHECKS if name.endswith(".yaml")
}
