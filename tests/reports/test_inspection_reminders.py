"""A reminder of a joint inspection says only what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.inspection_reminders import InspectionReminder, Lapsed, inspection_reminder
from reports.official_text import text_lines

LATE = InspectionReminder(
    "市政府督查室", "demo-inspection-2026-001", "关于开展联合督查的方案", "副市长赵六", date(2026, 12, 14), date(2026, 12, 7)
)  # fmt: skip
CASE = Lapsed("2026-003", "2025年人大代表建议第15号", "市水利局", "尚未开工", date(2026, 12, 1))


def text(reminder):
    return "\n".join(text_lines(inspection_reminder(reminder)))


def test_a_late_report_says_by_how_many_days():
    assert "督查报告应于2026年12月7日前形成，至2026年12月14日已逾期7天。" in text(LATE)
    assert "整改期限" not in text(LATE)


def test_lapsed_deadlines_are_listed_with_units_and_findings():
    told = text(replace(LATE, report_by=None, lapsed=(CASE,)))
    assert "2026-003\t2025年人大代表建议第15号\t市水利局\t尚未开工\t2026.12.1" in told
    assert "demo-inspection-2026-001整改期限已过" in told
    assert "督查报告应于" not in told
