"""Which jurisdictions this installation serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.adapters.config_files import Jurisdiction, jurisdiction_names
from tasks.adapters.ranking_files import load_ranking
from tasks.adapters.settings import settings
from tasks.adapters.workplace import open_workplace

DEMONSTRATION = "demo"
RANKING = "ranking.yaml"


@dataclass(frozen=True, slots=True)
class Served:
    """A jurisdiction as deployments name it; ``files`` are the names of its configuration files.

    ``schemes`` are its ranking schemes as people call them, the default one first.
    """

    name: str
    title: str
    time_zone: str
    files: frozenset[str]
    schemes: tuple[str, ...] = ()


def served_jurisdictions(names: Sequence[str] = ()) -> list[Served]:
    """Return these jurisdictions; without names those in ``DUBAN_JURISDICTIONS``, and without any the demonstration."""
    own = settings().jurisdiction_folders()[:-1]
    chosen = names or jurisdiction_names(own) or [DEMONSTRATION]
    return [_served(open_workplace(name).jurisdiction) for name in chosen]


def _served(jurisdiction: Jurisdiction) -> Served:
    files = frozenset(path.name for path in jurisdiction.folder.iterdir())
    schemes: tuple[str, ...] = ()
    if RANKING in files:
        schemes = load_ranking(jurisdiction.folder / RANKING, jurisdiction.rules.duties).labels
    return Served(jurisdiction.name, _title(jurisdiction), str(jurisdiction.zone), files, schemes)


def rehearsal_note(name: str) -> str | None:
    """Return where the mail and the ledger of a jurisdiction that rehearses are; None if it does not rehearse."""
    workplace = open_workplace(name)
    if workplace.jurisdiction.rehearsal_to is None:
        return None
    return (
        f"演练中:所有邮件只投到 {workplace.jurisdiction.rehearsal_to},主题标“演练”,台账和文件另存 {workplace.settings.var};"
        "上线时把 jurisdiction.yaml 的 rehearsal_to 改为 null。"
    )


def _title(jurisdiction: Jurisdiction) -> str:
    return f"{jurisdiction.title}（演练）" if jurisdiction.rehearsal_to else jurisdiction.title
