"""Is the account that reads the source one that can only read? Asked at every start; ``source.yaml`` warns or refuses."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.adapters.source_account import write_rights
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.adapters.yaml_files import shown
from tasks.domain.errors import ConfigurationError, SourceError

TO_DO = "请业务库管理员另建一个只有查询权限的账号(语句见 docs/sources.md),换上它的地址"


def account_warning(workplace: Workplace) -> str | None:
    """Return what is wrong with the source's account, None if it can only read."""
    rights = write_rights(workplace.source_url())
    if not rights:
        return None
    where = f"数据源 {workplace.name} 的账号"
    what = f"不是只读的:{';'.join(rights)}"
    if workplace.source_config.writable_account == "refuse":
        file = shown(workplace.jurisdiction.folder / "source.yaml")
        raise ConfigurationError(where, what, f"{TO_DO};确有原因的,把 {file} 的 writable_account 改为 warn。")
    return f"{where}{what}。{TO_DO}。"


def account_warnings(jurisdictions: Iterable[str]) -> list[str]:
    """Return the warnings of these jurisdictions' accounts; a source that is away now is no reason not to start."""
    found = []
    for name in jurisdictions:
        try:
            found.append(account_warning(open_workplace(name)))
        except SourceError as error:
            found.append(f"{error}")
    return [warning for warning in found if warning]
