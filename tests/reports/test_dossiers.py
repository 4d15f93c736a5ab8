from dataclasses import replace
from datetime import date

from openxml_audit import OpenXmlValidator

from reports.dossiers import (
    Dossier,
    DutyRecord,
    EarlierProposal,
    Event,
    Inspection,
    Promise,
    Reason,
    SentNotice,
    UnitRecord,
    dossier,
)
from reports.official import Heading, Table
from reports.official_docx import docx_bytes
from reports.official_text import text_lines

DAY = date(2026, 6, 22)
BARE = Dossier(
    issuer="临江市人民政府督查室",
    case_no="积案2026-003",
    name="人大代表建议第15号",
    title="关于老旧小区加装电梯的建议",
    as_of=date(2026, 11, 9),
    facts=(("领衔代表", "钱某"),),
    reasons=(Reason("答复长期逾期", DAY, "答复期限2026年6月22日，逾期140天"),),
)
FULL = replace(
    BARE,
    units=(UnitRecord("市住建局", "主办", DAY, "", ""),),
    duties=(DutyRecord("市住建局", "答复", DAY, "逾期140天", "《办法》第二十条"),),
    history=(Event(date(2026, 4, 9), "市住建局", "办前见面"), Event(date(2026, 3, 24), "市住建局", "签收")),
    promises=(Promise("市住建局", DAY, None, "完成50台", "到期未兑现"),),
    notices=(SentNotice("督办函", DAY, "王局长", "临政督函〔2026〕12号"),),
    explanations=(Event(DAY, "市住建局", "书面", "正在协调"),),
    earlier=(EarlierProposal("2025", "建议第88号", "关于加装电梯的建议", "市住建局", "列入计划"),),
    inspection=Inspection("副市长赵六", ("市住建局", "市财政局"), date(2026, 12, 11)),
)


def headings(case):
    return [block.text for block in dossier(case).blocks if isinstance(block, Heading)]


def tables(case):
    return [block for block in dossier(case).blocks if isinstance(block, Table)]


def test_sections_without_entries_are_left_out_and_the_rest_numbered_on():
    assert headings(BARE) == ["一、基本情况", "二、积案认定"]
    later = replace(BARE, inspection=Inspection("副市长赵六", ("市住建局",), DAY))
    assert headings(later)[-1] == "三、联合督查建议"


def test_a_full_dossier_has_all_ten_sections():
    assert headings(FULL)[-1] == "十、联合督查建议"
    assert len(headings(FULL)) == 10


def test_the_history_is_told_in_order():
    history = next(table for table in tables(FULL) if table.columns[-2].label == "事项")
    assert [row[2] for row in history.rows] == ["签收", "办前见面"]


def test_a_date_that_is_not_known_is_a_dash():
    promise = next(table for table in tables(FULL) if table.columns[-1].label == "兑现情况")
    assert promise.rows[0][2] == "—"


def test_nobody_responsible_is_said_to_be_so():
    units = next(table for table in tables(FULL) if table.columns[1].label == "承办方式")
    assert units.rows[0][3] == "尚未明确"


def test_a_confidential_case_has_its_number_for_a_title():
    assert dossier(replace(BARE, title=None)).title == "人大代表建议第15号"


def test_the_proposal_names_leader_units_and_day():
    assert "建议由副市长赵六牵头，市住建局、市财政局参加，于2026年12月11日前开展联合督查。" in text_lines(dossier(FULL))


def test_word_opens_it_without_repair(tmp_path):
    path = tmp_path / "dossier.docx"
    path.write_bytes(docx_bytes(dossier(FULL)))
    assert OpenXmlValidator().validate(str(path)).errors == []
