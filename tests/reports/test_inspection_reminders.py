"""A reminder of a joint inspection says only what is late; a unit's only what is its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.inspection_reminders import InspectionReminder, Lapsed, ReportNotice, inspection_reminder, report_notice
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


NEAR = ReportNotice(
    issuer="市政府督查室",
    unit="市水利局",
    plan_no="联合督查〔2026〕1号",
    title="关于开展联合督查的方案",
    leader="副市长赵六",
    as_of=date(2026, 11, 30),
    report_by=date(2026, 12, 7),
    has_passed=False,
    cases=(("2026-003", "2025年人大代表建议第15号 （题目不列）"),),
)


def test_a_unit_is_told_the_date_before_it_and_what_is_asked():
    assert text_lines(report_notice(NEAR)) == [
        "联合督查提醒",
        "联合督查〔2026〕1号督查报告期限临近",
        "市水利局：",
        "《关于开展联合督查的方案》（联合督查〔2026〕1号），由副市长赵六牵头，督查报告应于2026年12月7日前形成。"
        "清单所列1件积案由你单位负责，尚未销号，请在此之前将办理进展和证明材料报送市政府督查室；已经报送的，不必再报。",
        "你单位负责的积案",
        "积案编号\t建议提案",
        "2026-003\t2025年人大代表建议第15号 （题目不列）",
        "市政府督查室",
        "2026年11月30日",
    ]


def test_a_unit_is_told_that_the_date_has_passed():
    lines = text_lines(report_notice(replace(NEAR, has_passed=True)))
    assert lines[1] == "联合督查〔2026〕1号督查报告期限已过"
    assert "现期限已过，报告还没有形成" in lines[3]
    assert "请立即将办理进展和证明材料报送市政府督查室。" in lines[3]
