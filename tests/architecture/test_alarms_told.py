"""The operating guide has an entry for every alarm that the code can raise, and its commands are those that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.deployments import REGISTRY
from tasks.alarm import FLOWS, STARTED_BY_PEOPLE

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ALARMS = GUIDE[GUIDE.index("## 告警") : GUIDE.index("## 备份")]


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_that_alarms_has_its_row(flow):
    assert f"| {FLOWS[flow]} |" in ALARMS


def test_every_flow_on_a_schedule_is_called_in_its_alarm_as_in_the_interface():
    scheduled = {entry.flow.replace("_", "-"): entry.load().name for entry in REGISTRY if entry.schedules}
    assert {flow: FLOWS.get(flow) for flow in scheduled} == scheduled


def test_a_form_that_a_person_fills_in_alarms_nobody():
    forms = {entry.flow.replace("_", "-") for entry in REGISTRY if not entry.schedules}
    assert forms == set(STARTED_BY_PEOPLE)


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("tasks/watch.py", "还没有开始每日督办"),
        ("tasks/watch.py", "运行到现在还没有结束"),
        ("tasks/catch_up.py", "进程中途停止"),
        ("tasks/catch_up.py", "小时还没有结束,进程应已停止"),
        ("tasks/account.py", "不是只读的"),
        ("tasks/alarm.py", "没有值班人员邮箱"),
        ("tasks/adapters/source.py", "连接失败"),
        ("tasks/adapters/ledger/engine.py", "打不开"),
        ("flows/serve.py", "意外停止"),
    ],
)
def test_what_an_alarm_says_is_explained(module, told):
    assert told in (ROOT / module).read_text(encoding="utf-8"), "the code says it otherwise now"
    assert told in ALARMS, f"{told}: docs/operating.md"
