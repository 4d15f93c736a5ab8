"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/documents anew, then read the difference before committing it."""

import os
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openxml_audit import OpenXmlValidator

from reports.circular_content import (
    Correction,
    Deadlines,
    Difference,
    Listed,
    Measure,
    Named,
    RankRow,
    Rate,
    Total,
    UnitCount,
    ZeroRate,
)
from reports.circular_words import shared_out
from reports.circulars import circular
from reports.fonts import find_fonts
from reports.official import Heading, Paragraph, Table
from reports.official_docx import docx_bytes
from reports.official_pdf import pdf_bytes
from reports.official_text import text_lines
from reports.passages import blocks_of
from tasks.domain.errors import DocumentError
from tests.reports.circular_samples import full_content, group, overdue_cases, quiet_content

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
CORRECTION = Correction(
    8, date(2026, 10, 9), "市水利局补录答复3件", (Difference("市水利局答复进度", "70.00%（14/20）", "85.00%（17/20）"),)
)


def text(content):
    return "\n".join(text_lines(circular(content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("circular", full_content()),
        ("circular_quiet", quiet_content()),
        ("circular_corrected", full_content(correction=CORRECTION, is_backfill=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_whole_text_is_as_agreed(name, content):
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        golden.write_text(text(content) + "\n", encoding="utf-8")
    assert text(content) + "\n" == golden.read_text(encoding="utf-8")


def test_a_month_without_faults_names_no_problem_and_praises_nobody():
    quiet = text(quiet_content())
    assert "存在问题" not in quiet
    assert "主要成效" not in quiet
    assert not re.search(r"(?<!\d)0件", quiet)


def test_the_first_figures_are_one_paragraph():
    first = circular(quiet_content()).blocks[2]
    assert first.text.endswith("按期答复12件，按期答复率100.00%。分类办理情况见表1。")


def test_sections_are_numbered_without_gap_when_one_is_left_out():
    headings = [block.text for block in circular(quiet_content()).blocks if isinstance(block, Heading)]
    assert headings == ["一、总体情况", "二、下一步工作要求"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zero_rates": (ZeroRate("市民政局", "三见面率", 5),)}, "市民政局应办5件，三见面率为0。"),
        (
            {"dissatisfied_units": (UnitCount("市商务局", 2),)},
            "代表、委员首次反馈时对2件答复评价为“不满意”，涉及市商务局2件。有关单位均已重新办理并再次答复。",
        ),
        (
            {"lapsed_units": (UnitCount("市商务局", 3),)},
            "历年答复中作出的承诺，有3件已到期而未兑现，涉及市商务局3件。",
        ),
        ({"backlog_units": (UnitCount("市商务局", 6),)}, "符合积案认定情形的共6件，涉及市商务局6件。"),
        ({"criticised": (Named(("市商务局",), "排名末位"),)}, "对排名末位的市商务局，予以通报批评。"),
        ({"praised": (Named(("市商务局",), "排名第一"),)}, "对排名第一的市商务局，予以通报表扬。"),
    ],
)
def test_a_fact_brings_its_sentence_and_without_the_fact_there_is_none(changes, sentence):
    assert sentence in text(quiet_content(**changes))
    assert sentence not in text(quiet_content())


def faulty(late=0, overdue=0, **changes):
    """A month in which so many of twelve replies came late or are overdue."""
    total = Total("人大代表建议", 12, Rate(12 - overdue, 12), Rate(12 - late - overdue, 12), late, overdue, 0)
    return quiet_content(totals=(total,), total=total, **changes)


def test_late_replies_are_counted_in_the_totals_and_named():
    late = text(faulty(late=4, late_units=(UnitCount("市民政局", 3), UnitCount("市体育局", 1))))
    assert "已到办理期限的12件中，按期答复8件，按期答复率66.67%，逾期后答复4件。" in late
    assert "4件虽已答复，但超过了规定的办理期限，涉及市民政局3件，市体育局1件。" in late


def test_one_overdue_unit_is_named_without_a_sum():
    assert "市教育局有2件逾期未答复，逾期时间最长的已达96天。" in text(
        faulty(overdue=2, overdue_units=(UnitCount("市教育局", 2, 96),))
    )


def test_nothing_done_is_said_in_words_and_not_as_a_count():
    total = Total("人大代表建议", 2, Rate(0, 2), Rate(0, 2), 0, 2, 0)
    said = text(quiet_content(totals=(total,), total=total))
    assert "应书面答复2件，尚无一件答复；已到办理期限的2件中，无一件按期答复，逾期未答复2件。" in said


def test_only_what_is_still_to_be_handled_again_is_asked_for():
    day = Deadlines(rehandle_by=date(2027, 1, 5))
    both = {"dissatisfied_units": (UnitCount("市商务局", 2),), "deadlines": day}
    owing = text(quiet_content(**both, rehandling_units=(UnitCount("市商务局", 1),)))
    assert "其中尚未重新办理并再次答复的1件，涉及市商务局1件。" in owing
    assert "尚未再次答复的1件，有关承办单位要主动上门听取意见，于2027年1月5日前重新办理并再次答复" in owing
    assert "2027年1月5日" not in text(quiet_content(**both))


def test_a_unit_that_answered_nothing_is_told_in_words():
    assert "市民政局应答复5件，尚无一件答复。" in text(quiet_content(zero_rates=(ZeroRate("市民政局", "答复率", 5),)))


def test_many_units_that_answered_nothing_are_counted_and_left_to_the_list():
    zeros = tuple(ZeroRate(f"第{n}局", "答复率", 9 if n == 1 else 1) for n in range(1, 12))
    names = tuple(zero.unit for zero in zeros)
    listed = tuple(Listed("通报批评", "组", name, name, "答复率为0") for name in names)
    told = text(quiet_content(zero_rates=zeros, criticised=(Named(names, "答复率为0"),), listed=listed))
    assert "11家单位尚无一件答复（应答复件数：第1局9件，其余10家单位各1件）。" in told
    assert "对答复率为0的11家单位，予以通报批评。名单和依据见附件。" in told


def test_the_totals_are_compared_with_the_last_circular():
    told = text(full_content())
    assert "答复率70.82%，较上期提高2.50个百分点；" in told
    assert "按期答复率98.77%，较上期下降0.84个百分点，逾期后答复4件，逾期未答复5件，较上期减少3件。" in told
    assert "较上期" not in text(full_content(trend=None, measures=(), groups=()))


def test_the_table_says_why_there_are_not_as_many_replies_as_proposals():
    note = circular(full_content()).blocks[3].note
    assert note == "注：已撤回或不需书面答复的29件不计入应答复；由几个单位分别答复的，每个单位各计1件，因此多计1件。"
    assert circular(quiet_content()).blocks[3].note == ""


def test_a_column_in_which_nothing_happened_is_left_out():
    labels = [column.label for column in circular(quiet_content()).blocks[3].columns]
    assert labels == ["类别", "交办", "已答复/应答复", "答复率", "按期/到期", "按期答复率"]


def test_measures_are_told_by_the_part_of_the_work_they_speak_of():
    told = text(full_content())
    assert "从办理过程看，三见面率65.57%（800/1220），较上期提高1.25个百分点。" in told
    assert "从办理质量看，满意率89.36%（420/470），较上期下降0.84个百分点。" in told


@pytest.mark.parametrize(
    ("period", "lines"),
    [
        ("2026年1—10月", ["关于2026年1—10月人大代表建议和", "政协提案办理情况的通报"]),
        ("截至2026年11月23日", ["关于截至2026年11月23日", "人大代表建议和政协提案办理情况的通报"]),
    ],
)
def test_the_title_breaks_between_words(period, lines):
    assert circular(quiet_content(period=period)).title_lines == lines


NINE = (9, 5, 5, 2, 2, 2, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (NINE[:3], "第1局9件，第2局、第3局各5件"),
        (NINE, "第1局9件，第2局、第3局各5件，第4局、第5局、第6局各2件，其余4家单位各1件"),
        ((9, 4, 4, 3, 3, 3, 3, 3, 3), "第1局9件，第2局、第3局各4件，其余6家单位各3件"),
        ((9, 4, 3, 2, 1, 1, 1, 1, 1, 1), "第1局9件，第2局4件，第3局3件，第4局2件，其余6家单位各1件"),
        ((*range(20, 10, -1),), "第1局20件，第2局19件，第3局18件，第4局17件，第5局16件，第6局15件，第7局14件，第8局13件，其余2家单位共23件"),
        ((1,) * 12, "12家单位各1件"),
    ],
)  # fmt: skip
def test_units_with_equally_many_are_named_together_or_not_at_all(counts, said):
    assert shared_out([UnitCount(f"第{place}局", count) for place, count in enumerate(counts, 1)]) == said


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_what_is_named_and_what_is_only_counted_is_all_there_is(counts):
    units = [UnitCount("局", count) for count in sorted(counts, reverse=True)]
    parts = [
        re.fullmatch(r"(?:其余)?(\d*)(?:家单位)?((?:局、?)*)(各|共|)(\d+)件", part)
        for part in shared_out(units).split("，")
    ]
    each = [
        (int(found[1] or 1) if "家" in found[0] else found[2].count("局"), found[3], int(found[4])) for found in parts
    ]
    assert sum(how_many for how_many, _, _ in each) == len(units)
    assert sum(count * (how_many if word == "各" else 1) for how_many, word, count in each) == sum(counts)


@pytest.mark.parametrize("field", ["reply_by", "rehandle_by", "explain_by", "inspect_on"])
def test_a_requirement_without_its_day_is_left_out(field):
    day = "2027年1月5日"
    with_day = full_content(deadlines=Deadlines(**{field: date(2027, 1, 5)}))
    assert day in text(with_day)
    assert day not in text(full_content(deadlines=Deadlines()))


def test_a_rate_without_denominator_is_not_spoken_of():
    assert "承诺兑现率" not in text(quiet_content(measures=(Measure("承诺兑现率", Rate(0, 0)),)))


def test_a_rate_is_printed_with_its_count_and_total():
    assert "满意率89.36%（420/470）" in text(quiet_content(measures=(Measure("满意率", Rate(420, 470)),)))


@pytest.mark.parametrize(("change", "words"), [("+1.25", "提高1.25"), ("-0.84", "下降0.84")])
def test_the_change_to_the_last_circular_has_a_direction(change, words):
    assert f"较上期{words}个百分点" in text(quiet_content(measures=(Measure("满意率", Rate(1, 2), change),)))


def test_a_rate_that_did_not_move_is_said_to_stand():
    assert "与上期持平" in text(quiet_content(measures=(Measure("满意率", Rate(1, 2), "+0.00"),)))


def test_the_circular_says_what_each_rate_counts():
    counted = quiet_content(
        groups=(group("县（市、区）人民政府", 1),),
        measures=(Measure("满意率", Rate(1, 2), counts="满意件数/反馈件数"),),
    )
    assert "注：满意率＝满意件数/反馈件数。" in text(counted)


def test_parts_that_do_not_add_up_are_refused():
    wrong = replace(full_content().total, assigned=1247)
    with pytest.raises(DocumentError, match="交办各项之和为1248，与合计1247不符"):
        full_content(total=wrong)


@pytest.mark.parametrize("field", ["overdue", "due_soon"])
def test_every_column_of_the_totals_is_added_up(field):
    with pytest.raises(DocumentError):
        full_content(total=replace(full_content().total, **{field: 1}))


@pytest.mark.parametrize("field", ["overdue", "late"])
def test_units_named_with_more_or_less_than_the_total_are_refused(field):
    units = {f"{field}_units": (UnitCount("市教育局", 1),)}
    with pytest.raises(DocumentError, match="各项之和为1，与合计0不符"):
        quiet_content(**units)


def test_what_fell_due_must_be_in_time_late_or_overdue():
    total = replace(quiet_content().total, on_time=Rate(11, 12))
    with pytest.raises(DocumentError, match="按期、逾期后和逾期未答复的各项之和为11，与合计12不符"):
        quiet_content(totals=(total,), total=total)


def test_replies_must_follow_from_the_proposals_assigned():
    total = replace(quiet_content().total, assigned=13)
    with pytest.raises(DocumentError, match="应答复件各项之和为13，与合计12不符"):
        quiet_content(totals=(total,), total=total)


def test_a_list_of_overdue_cases_that_is_too_short_is_refused():
    with pytest.raises(DocumentError, match="逾期清单各项之和为4，与合计5不符"):
        full_content(overdue=overdue_cases(4))


def test_a_count_beyond_its_total_is_no_rate():
    with pytest.raises(ValueError, match="no share"):
        Rate(3, 2)


def test_half_a_hundredth_rounds_up():
    assert Rate(1, 800).text == "0.13%"


def test_an_empty_denominator_gives_an_empty_rate():
    assert (Rate(0, 0).text, Rate(0, 0).in_full) == ("", "—")


def test_a_unit_below_the_minimum_caseload_has_no_rank():
    row = RankRow(None, "市档案局", 2, (Rate(1, 2),), "0.00", "50.00")
    table = replace(group("市政府部门", 1), measures=("答复进度",), rows=(row,))
    document = circular(quiet_content(groups=(table,)))
    assert document.annexes[0].blocks[0].rows[0] == ("—", "市档案局", "2", "50.00%\n1/2", "0.00", "50.00")


def test_groups_have_tables_of_their_own():
    tables = circular(full_content()).annexes[0].blocks
    assert [table.caption for table in tables if isinstance(table, Table)] == ["县（市、区）人民政府", "市政府部门"]


def test_annexes_are_called_by_the_numbers_they_have():
    assert "具体清单见附件3" in text(full_content())
    assert "具体清单见附件。" in text(full_content(groups=(), listed=()))


def test_a_confidential_case_is_listed_without_its_title():
    listed = circular(full_content()).annexes[-1].blocks[0]
    assert listed.rows[3][2] == "（题目不列）"


def test_explanations_of_units_stand_in_the_list():
    explained = tuple(replace(case, explanation="正在会商") for case in overdue_cases(5))
    annex = circular(full_content(overdue=explained)).annexes[-1]
    assert annex.landscape
    assert annex.blocks[0].rows[0][-1] == "正在会商"


def test_a_correction_lists_every_difference_and_withdraws_the_old_one():
    document = circular(full_content(correction=CORRECTION))
    assert document.annexes[-1].blocks[0].rows == (("1", "市水利局答复进度", "70.00%（14/20）", "85.00%（17/20）"),)
    assert "2026年10月9日印发的督查通报第8期，因市水利局补录答复3件，部分内容有误" in text(
        full_content(correction=CORRECTION)
    )


def test_only_one_kind_is_not_split_into_kinds():
    only = Total("政协提案", 5, Rate(5, 5), Rate(5, 5), 0, 0, 0)
    assert "，其中" not in text(quiet_content(totals=(only,), total=only)).split("一、总体情况")[1].split("@")[0]


def test_names_that_look_like_templates_are_printed_as_they_are():
    hostile = faulty(overdue=1, overdue_units=(UnitCount("{{ c }}<局>&", 1, 3),))
    assert "{{ c }}<局>&有1件逾期未答复" in text(hostile)


def test_a_line_break_in_a_name_starts_no_heading():
    broken = faulty(overdue=1, overdue_units=(UnitCount("市教育局\n\n# 假标题", 1, 3),))
    headings = [block.text for block in circular(broken).blocks if isinstance(block, Heading)]
    assert headings == ["一、总体情况", "二、存在问题", "三、下一步工作要求"]
    assert "假标题有1件逾期未答复" in text(broken)


def test_a_jurisdiction_s_own_words_replace_ours(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "circular.txt").write_text("# 情况\n\n共{{ c.total.assigned }}件。\n", encoding="utf-8")
    assert circular(quiet_content(), tmp_path).blocks == (Heading("一、情况"), Paragraph("共12件。"))


def test_words_that_call_an_unknown_table_are_refused():
    with pytest.raises(DocumentError, match="ranking"):
        blocks_of("@ranking", {})


def test_lines_are_joined_and_blank_lines_divide():
    assert blocks_of("甲\n乙\n\n丙", {}) == (Paragraph("甲乙"), Paragraph("丙"))


def test_a_run_in_heading_opens_its_paragraph():
    assert blocks_of("# 一级\n\n## 标题。｜正文\n\n## 又", {})[1] == Paragraph("正文", "（一）标题。", 2)


def test_an_only_heading_of_the_second_level_has_no_number():
    assert blocks_of("# 甲\n\n## 乙\n\n# 丙", {})[1] == Heading("乙", 2)


def test_the_numbers_of_the_second_level_begin_anew_under_each_heading():
    numbers = [block.text for block in blocks_of("# 甲\n\n## 乙\n\n## 丙\n\n# 丁\n\n## 戊\n\n## 己", {})]
    assert numbers == ["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊", "（二）己"]


def test_the_full_circular_is_sound_in_both_formats(tmp_path):
    document = circular(full_content())
    path = tmp_path / "circular.docx"
    path.write_bytes(docx_bytes(document))
    assert OpenXmlValidator().validate(str(path)).errors == []
    pdf = pypdf.PdfReader(BytesIO(pdf_bytes(document, find_fonts())))
    assert "建议第5号" in pdf.pages[-1].extract_text()
    assert "印发" in pdf.pages[-1].extract_text()
