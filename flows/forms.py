"""How a flow's run form looks to people: Chinese titles for its parameters, and the choices that its jurisdiction has.

Prefect shows a parameter under its own name and offers no choices; both stand in the schema that a deployment is made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.jurisdictions import Served

TITLES: Mapping[str, str] = {
    "jurisdiction": "地区",
    "as_of": "业务日期",
    "scheme": "排名方案",
    "corrects": "更正第几期",
    "reason": "更正原因",
    "monthly": "只在每月该做的那天做（定时用）",
    "weekly": "只在每周该做的那天做（定时用）",
    "yearly": "只在每年该做的那天做（定时用）",
    "scheduled": "只做到了日子的（定时用）",
    "unless_done": "当天做过就不再做（定时用）",
    "send": "为今天以外的日子真正发信",
    "dry_run": "只演练，不改不发",
    "year": "年份",
    "leader": "领办领导",
    "form": "处理内容",
    "start": "自何日",
    "end": "至何日",
    "every": "间隔",
    "known_at": "只用此时已知的数据",
    "known_then": "各用当天已知的数据",
}
# What a flow calls otherwise than the rest.
OF_FLOW: Mapping[tuple[str, str], str] = {("ranking_circular", "as_of"): "统计截止日"}


def title(flow: str, parameter: str) -> str:
    """Return what people read above that parameter; its own name where nobody has given it one."""
    return OF_FLOW.get((flow, parameter)) or TITLES.get(parameter, parameter)


def in_chinese(flow: str, properties: Mapping[str, Any], served: Served) -> dict[str, Any]:
    """Return the parameters' schemas with titles, and with choices where the jurisdiction names some."""
    choices = {"scheme": list(served.schemes), "jurisdiction": [served.name]}
    return {
        name: _plain(schema) | {"title": title(flow, name)} | _offered(choices.get(name, []))
        for name, schema in properties.items()
    }


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out as that of one kind of value: a date asks for a date.

    Otherwise the form would ask first whether there is to be a value at all.
    """
    kinds = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(kinds) != 1 or "$ref" in kinds[0]:
        return dict(schema)
    kept = {name: value for name, value in schema.items() if name != "anyOf" and (name, value) != ("default", None)}
    return kept | kinds[0]


def _offered(choices: list[str]) -> dict[str, list[str]]:
    return {"enum": choices} if choices else {}
