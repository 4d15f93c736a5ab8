"""Say how the day went in each of many jurisdictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from tasks.domain.errors import DubanError, SourceError


@task(name="各地情况", cache_policy=NO_CACHE)
def summarise(outcomes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Publish a row for each jurisdiction; return the summaries, or raise one error that names those that failed."""
    rows = [_row(name, outcome) for name, outcome in outcomes.items()]
    create_table_artifact(rows, key="province", description="各地督办情况")
    failed = [row for row in rows if row["结果"] == FAILED]
    if failed:
        why = "\n".join(f"{row['地区']}:{row['说明']}" for row in failed)
        raise SourceError(
            "多地督办", f"{len(rows)} 地中 {len(failed)} 地失败\n{why}", "其余各地已完成;处理后只对失败的地区重新运行。"
        )
    return dict(outcomes)


DONE, FAILED = "完成", "失败"


def _row(name: str, outcome: Any) -> dict[str, str]:
    if isinstance(outcome, BaseException):
        return {
            "地区": name,
            "结果": FAILED,
            "说明": str(outcome) if isinstance(outcome, DubanError) else repr(outcome),
        }
    return {"地区": name, "结果": DONE, "说明": ",".join(f"{key} {value}" for key, value in outcome.items())}
