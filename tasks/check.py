"""Check a jurisdiction's whole configuration before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tasks.adapters.escalation_files import load_ladder
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.errors import ConfigurationError

# Every file that a run of any flow would read; each check raises ``ConfigurationError`` with all faults of its file.
CHECKS: Mapping[str, Callable[[Workplace], object]] = {
    "source.yaml": lambda workplace: workplace.source_config,
    "calendar": lambda workplace: workplace.calendar(),
    "escalation.yaml": lambda workplace: load_ladder(
        workplace.jurisdiction.folder / "escalation.yaml", workplace.jurisdiction.rules.duties
    ),
}


def check_configuration(jurisdiction: str) -> list[str]:
    """Return what was checked; ``ConfigurationError`` with the faults of all files, not only of the first."""
    workplace = open_workplace(jurisdiction)
    faults = [fault for check in CHECKS.values() if (fault := _fault(check, workplace)) is not None]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        told = "\n".join(str(fault) for fault in faults)
        raise ConfigurationError(
            f"地区 {jurisdiction}", f"{len(faults)} 个配置文件有错误\n{told}", "请逐一改正后重试。"
        )
    return ["jurisdiction.yaml", "rules", *CHECKS]


def _fault(check: Callable[[Workplace], object], workplace: Workplace) -> ConfigurationError | None:
    try:
        check(workplace)
    except ConfigurationError as fault:
        return fault
    return None
