"""The page of GB/T 9704-2012, measured in the PDF, and the agreement of docx and PDF."""

import re
import zipfile
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import matplotlib
import pdfplumber
import pypdf
import pytest
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from reports.fonts import Face, Font, find_fonts
from reports.official import (
    Annex,
    Figure,
    Figures,
    Head,
    Heading,
    Imprint,
    Mark,
    Paragraph,
    Table,
    TableColumn,
    balanced_lines,
)
from reports.official_docx import docx_bytes
from reports.official_files import official_files
from reports.official_pdf import characters_without_glyph, pdf_bytes
from reports.official_template import template_bytes
from reports.official_text import text_lines
from tasks.domain.errors import DocumentError
from tests.reports.circular_samples import IMPRINT, PLAIN, document, every_head

FONTS = find_fonts()
MM = 72 / 25.4
TOLERANCE_PT = 0.3 * MM
LONG = (Paragraph("永" * 28 * 60), Paragraph("完。"))
COLUMNS = (TableColumn("序号"), TableColumn("题目", 4))


def pages(subject, **options):
    return pdfplumber.open(BytesIO(pdf_bytes(subject, FONTS, **options))).pages


def baselines(page, character="永"):
    """The distinct baselines of a character, in points from the top, first line first."""
    return sorted({round(float(page.height) - c["matrix"][5], 2) for c in page.chars if c["text"] == character})


def below_type_area(page):
    return [c for c in page.chars if c["matrix"][5] < 34 * MM and not c["text"].isspace()]


def is_red(colour):
    return colour == pytest.approx((0.902, 0, 0.071), abs=0.01)


def text_of(page):
    return re.sub(r"\s", "", page.extract_text())


def rows(count):
    return tuple((str(number), f"题目第{number}") for number in range(1, count + 1))


def test_the_page_is_a4():
    page = pages(PLAIN)[0]
    assert (float(page.width), float(page.height)) == pytest.approx((210 * MM, 297 * MM), abs=0.1)


def test_a_line_holds_28_characters_between_the_margins_of_28_and_26_mm():
    page = pages(document(blocks=LONG))[1]
    first = [
        c for c in page.chars if c["text"] == "永" and float(page.height) - c["matrix"][5] < baselines(page)[0] + 1
    ]
    assert len(first) == 28
    assert first[0]["matrix"][4] == pytest.approx(28 * MM, abs=TOLERANCE_PT)
    assert first[-1]["matrix"][4] + 16 == pytest.approx((210 - 26) * MM, abs=TOLERANCE_PT)


def test_characters_advance_by_a_28th_of_the_line():
    page = pages(document(blocks=LONG))[1]
    places = sorted({round(c["matrix"][4], 2) for c in page.chars if c["text"] == "永"})
    assert [b - a for a, b in pairwise(places)] == pytest.approx([156 * MM / 28] * 27, abs=0.1)


def test_a_full_page_has_22_lines_a_22nd_of_the_type_area_apart():
    lines = baselines(pages(document(blocks=LONG))[1])
    assert len(lines) == 22
    assert [b - a for a, b in pairwise(lines)] == pytest.approx([225 * MM / 22] * 21, abs=0.1)


def test_the_first_line_begins_37_mm_below_the_edge():
    top_of_line = baselines(pages(document(blocks=LONG))[1])[0] - 0.88 * 16
    assert top_of_line == pytest.approx(37 * MM, abs=TOLERANCE_PT)


def test_a_paragraph_is_indented_by_two_characters():
    page = pages(document(blocks=LONG))[0]
    first = next(c for c in page.chars if c["text"] == "永")
    assert first["matrix"][4] == pytest.approx((28 + 2 * 156 / 28) * MM, abs=TOLERANCE_PT)


def test_the_issuer_stands_35_mm_below_the_type_area_in_red():
    page = pages(PLAIN)[0]
    masthead = [c for c in page.chars if c["size"] > 30]
    top = float(page.height) - masthead[0]["matrix"][5] - 0.88 * masthead[0]["size"]
    assert top == pytest.approx((37 + 35) * MM, abs=TOLERANCE_PT)
    assert all(is_red(c["non_stroking_color"]) for c in masthead)


def test_the_masthead_fills_the_line_at_most():
    masthead = [c for c in pages(PLAIN)[0].chars if c["size"] > 30]
    assert masthead[0]["matrix"][4] >= 28 * MM - 0.1
    assert masthead[-1]["matrix"][4] + masthead[-1]["size"] <= 184 * MM + 0.1


def test_the_red_rule_is_as_wide_as_the_type_area_and_4_mm_below_the_number():
    page = pages(PLAIN)[0]
    rule = next(line for line in page.lines if is_red(line["stroking_color"]))
    number = next(c for c in page.chars if c["text"] == "〔")
    below = float(page.height) - number["matrix"][5] + 0.12 * 16
    assert (rule["x0"], rule["x1"]) == pytest.approx((28 * MM, 184 * MM), abs=TOLERANCE_PT)
    assert rule["top"] - below == pytest.approx(4 * MM, abs=TOLERANCE_PT)


@pytest.mark.parametrize(("place", "odd"), [(0, True), (1, False)])
def test_page_numbers_stand_outside_odd_right_even_left(place, odd):
    page = pages(document(blocks=LONG))[place]
    signs = below_type_area(page)
    assert "".join(c["text"] for c in signs) == f"—{place + 1}—"
    edge = signs[-1]["x1"] if odd else signs[0]["x0"]
    one_in = 184 * MM - 14 if odd else 28 * MM + 14
    assert edge == pytest.approx(one_in, abs=TOLERANCE_PT)


def test_the_dash_of_the_page_number_is_7_mm_below_the_type_area():
    page = pages(PLAIN)[0]
    dash = below_type_area(page)[0]
    middle = float(page.height) - dash["matrix"][5] - 0.38 * 14
    assert middle == pytest.approx((37 + 225 + 7) * MM, abs=2 * TOLERANCE_PT)


def test_a_landscape_annex_keeps_the_page_number_on_the_portrait_sheet_s_foot():
    wide = document(annexes=(Annex("清单", (Table(COLUMNS, rows(60)),), landscape=True),), imprint=Imprint())
    odd, even = (next(page for page in pages(wide)[1:] if page.page_number % 2 == rest) for rest in (1, 0))
    assert (float(odd.width), float(odd.height)) == pytest.approx((297 * MM, 210 * MM), abs=0.1)
    for page, low in ((odd, True), (even, False)):
        number = [c for c in page.chars if abs(c["matrix"][0]) < 0.01 and c["text"].isdigit()]
        assert number[0]["x0"] == pytest.approx((35 - 7) * MM, abs=3 * MM)
        assert (number[0]["top"] > float(page.height) / 2) is low


def test_the_date_ends_four_characters_before_the_edge():
    page = pages(PLAIN)[0]
    last = next(c for c in page.chars if c["text"] == "日")
    assert last["matrix"][4] + 16 == pytest.approx((184 - 4 * 156 / 28) * MM, abs=2 * TOLERANCE_PT)


def test_the_last_rule_of_the_imprint_is_the_edge_of_the_type_area():
    black = sorted(line["top"] for line in pages(PLAIN)[0].lines if line["x0"] < 29 * MM)[-3:]
    assert black[-1] == pytest.approx((37 + 225) * MM, abs=TOLERANCE_PT)
    widths = [line["linewidth"] / MM for line in pages(PLAIN)[0].lines if line["top"] in black]
    assert sorted(widths) == pytest.approx([0.25, 0.35, 0.35], abs=0.01)


@pytest.mark.parametrize("count", range(24, 44))
def test_the_imprint_never_has_a_page_to_itself(count):
    last = pages(document(annexes=(Annex("清单", (Table(COLUMNS, rows(count)),)),)))[-1]
    assert f"题目第{count}" in text_of(last)
    assert "序号" in text_of(last)


@pytest.mark.parametrize("count", range(24, 44))
def test_the_imprint_never_covers_what_stands_above_it(count):
    last = pages(document(annexes=(Annex("清单", (Table(COLUMNS, rows(count)),)),)))[-1]
    rules = sorted(line["top"] for line in last.lines if line["linewidth"] > 0.6)[-3:]
    assert max(c["bottom"] for c in last.chars if c["text"] == "题") < rules[0]


@pytest.mark.parametrize("lines", range(1, 23))
def test_the_signature_never_has_a_page_to_itself(lines):
    text = tuple(Paragraph("督" * 20) for _ in range(lines))
    signed = [page for page in pages(document(blocks=text, signature="某某办公室")) if "某某办公室" in text_of(page)]
    assert ["督督" in text_of(page) for page in signed] == [True]


@pytest.mark.parametrize("length", range(150, 360, 10))
def test_the_signature_takes_the_last_lines_of_a_long_paragraph_along(length):
    long = document(blocks=(Paragraph("永" * length),), signature="某某办公室", imprint=Imprint())
    signed = [page for page in pages(long) if "某某办公室" in text_of(page)]
    assert ["永永" in text_of(page) for page in signed] == [True]
    assert sum(text_of(page).count("永") for page in pages(long)) == length


def test_rows_are_never_split_between_pages():
    table = Table(COLUMNS, tuple((str(n), "天" + "\n人" * (n % 5) + "\n地") for n in range(80)))
    for page in pages(document(annexes=(Annex("清单", (table,)),))):
        assert text_of(page).count("天") == text_of(page).count("地")


def test_all_fonts_are_embedded():
    for page in pypdf.PdfReader(BytesIO(pdf_bytes(PLAIN, FONTS))).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.parametrize("subject", every_head(), ids=lambda d: d.head)
def test_the_same_document_gives_the_same_bytes(subject):
    assert pdf_bytes(subject, FONTS) == pdf_bytes(subject, FONTS)
    assert docx_bytes(subject) == docx_bytes(subject)


@pytest.mark.parametrize("subject", every_head(), ids=lambda d: d.head)
def test_word_opens_the_docx_without_repair(subject, tmp_path):
    subject = replace(subject, blocks=everything(), annexes=annexes(), marks=(Mark.DRAFT,))
    path = tmp_path / "document.docx"
    path.write_bytes(docx_bytes(subject))
    assert OpenXmlValidator().validate(str(path)).errors == []


def everything():
    return (
        Heading("一、总体情况"),
        Heading("（一）分类情况", 2),
        Heading("1.建议", 3),
        Paragraph("正文内容。", lead="（二）标题。"),
        Table(COLUMNS, rows(3), caption="表1 分类", note="注：第一行\n第二行"),
        Figures((picture(), picture())),
        Paragraph("结尾。"),
    )


def annexes():
    return (
        Annex("横表", (Table(COLUMNS, rows(2)),), landscape=True),
        Annex("竖表", (Table(COLUMNS, rows(2)),)),
    )


def picture():
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
        "0000000049454e44ae426082"
    )
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5"/></svg>'
    return Figure(svg, png, alt="一个方块", caption="图1 方块")


def printed(lines):
    return Counter(re.sub(r"[\s—]", "", "".join(lines)))


@pytest.mark.parametrize("subject", every_head(), ids=lambda d: d.head)
def test_docx_and_pdf_say_the_same(subject):
    subject = replace(subject, blocks=everything(), annexes=annexes(), marks=(Mark.BACKFILL,))
    wanted = printed(text_lines(subject))
    word = docx.Document(BytesIO(docx_bytes(subject)))
    parts = [
        word.element.body,
        *(s.first_page_header._element for s in word.sections[:1] if subject.head is Head.LETTER),
    ]
    in_word = printed([t.text or "" for part in parts for t in part.iter(qn("w:t"))])
    set_pages = pages(subject)
    numbers = Counter(
        "".join(str(page.page_number) for page in set_pages if subject.head is not Head.LETTER or page.page_number > 1)
    )
    in_pdf = printed(["".join(c["text"] for c in page.chars) for page in set_pages]) - numbers
    assert in_word == wanted
    assert in_pdf == wanted


def test_text_after_an_angle_bracket_or_ampersand_survives_in_word():
    subject = document(title="关于<建议>&提案的通报", blocks=(Paragraph("甲<乙&丙>丁"),))
    text = "".join(t.text or "" for t in docx.Document(BytesIO(docx_bytes(subject))).element.body.iter(qn("w:t")))
    assert "关于<建议>&提案的通报" in text
    assert "甲<乙&丙>丁" in text


def test_text_that_looks_like_a_template_is_printed_as_it_is():
    subject = document(title="{{ masthead }}", blocks=(Paragraph("{% if x %}#strong[督]"),))
    text = "".join(t.text or "" for t in docx.Document(BytesIO(docx_bytes(subject))).element.body.iter(qn("w:t")))
    assert "{{ masthead }}" in text
    assert "{%if x%}#strong[督]".replace(" ", "") in text_of(pages(subject)[0])


def test_pictures_have_their_words_in_both_formats():
    subject = document(blocks=(Figures((picture(),)),))
    described = [e.get("descr") for e in docx.Document(BytesIO(docx_bytes(subject))).element.body.iter(qn("wp:docPr"))]
    assert "一个方块" in described
    pdf = pypdf.PdfReader(BytesIO(pdf_bytes(subject, FONTS)))
    objects = (pdf.get_object(number) for number in range(1, pdf.trailer["/Size"]))
    assert "一个方块" in [thing.get("/Alt") for thing in objects if isinstance(thing, dict)]


def test_word_names_the_east_asian_font_of_every_style_and_its_stand_ins():
    package = zipfile.ZipFile(BytesIO(docx_bytes(PLAIN)))
    styles, fonts = (package.read(f"word/{name}.xml").decode() for name in ("styles", "fontTable"))
    assert styles.count('w:type="paragraph"') == len(
        re.findall(r'<w:style [^>]*w:type="paragraph".*?w:eastAsia=.*?</w:style>', styles)
    )
    assert '<w:altName w:val="仿宋,' in fonts


def test_no_gap_is_put_between_chinese_and_digits():
    line = [c for c in pages(document(blocks=(Paragraph("永7777永"),)))[0].chars if c["text"] in "永7"]
    first, start = line[0], line[1]
    assert start["matrix"][4] - first["matrix"][4] == pytest.approx(156 * MM / 28, abs=0.1)


def word_body(subject):
    return docx.Document(BytesIO(docx_bytes(subject))).element.body


def test_word_keeps_rows_whole_and_repeats_the_head():
    table = next(word_body(document(annexes=(Annex("清单", (Table(COLUMNS, rows(6)),)),))).iter(qn("w:tbl")))
    in_rows = [{child.tag for child in row.trPr} for row in table.tr_lst]
    assert all(qn("w:cantSplit") in properties for properties in in_rows)
    assert [qn("w:tblHeader") in properties for properties in in_rows] == [True] + [False] * 6


def test_word_ties_the_head_to_its_rows_and_the_last_three_to_the_imprint():
    table = next(word_body(document(annexes=(Annex("清单", (Table(COLUMNS, rows(6)),)),))).iter(qn("w:tbl")))
    tied = [all(p.pPr.keepNext is not None for p in row.iter(qn("w:p"))) for row in table.tr_lst]
    assert tied == [True, False, False, False, True, True, True]


def test_word_ties_the_last_paragraph_to_the_signature():
    paragraphs = [*word_body(document(blocks=(Paragraph("甲甲"), Paragraph("乙乙")))).iterchildren(qn("w:p"))]
    tied = {p.text: p.pPr.keepNext is not None for p in paragraphs if p.text in ("甲甲", "乙乙")}
    assert tied == {"甲甲": False, "乙乙": True}


def test_word_centres_the_signature_on_its_date():
    signature = next(p for p in docx.Document(BytesIO(docx_bytes(PLAIN))).paragraphs if p.style.name == "公文署名")
    assert signature.paragraph_format.right_indent.pt == pytest.approx(PLAIN.signature_indent * 15.75, abs=0.1)


def test_no_part_of_the_word_file_carries_the_clock():
    package = zipfile.ZipFile(BytesIO(docx_bytes(PLAIN)))
    assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"2026-11-09T00:00:00Z" in package.read("docProps/core.xml")


def test_word_has_no_character_grid():
    assert b"docGrid" not in zipfile.ZipFile(BytesIO(docx_bytes(PLAIN))).read("word/document.xml")


def test_word_turns_the_paper_for_a_landscape_annex_and_back():
    sections = docx.Document(BytesIO(docx_bytes(document(annexes=annexes())))).sections
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]


def only_ascii(face):
    """The fonts, one face of which has no Chinese character."""
    plain = Font("DejaVu Sans", 400, str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 0)
    return replace(FONTS, chains={**FONTS.chains, face: (plain,)})


@pytest.mark.parametrize(
    ("face", "changes"),
    [
        (Face.TITLE, {"title": "关于玥的函"}),
        (Face.HEI, {"blocks": (Heading("一、玥"),)}),
        (Face.HEI, {"blocks": (Table((TableColumn("玥"),), ()),)}),
        (Face.KAI, {"blocks": (Paragraph("正文", lead="（一）玥。"),)}),
    ],
)
def test_each_face_is_asked_for_what_it_sets(face, changes):
    assert "玥" in characters_without_glyph(document(**changes), only_ascii(face))
    assert "玥" not in characters_without_glyph(document(addressee="玥："), only_ascii(face))


def test_characters_without_a_glyph_are_named():
    assert characters_without_glyph(document(addressee="王\ue123："), FONTS) == "\ue123"
    assert characters_without_glyph(PLAIN, FONTS) == ""


def test_a_jurisdiction_s_own_word_template_brings_its_red_head():
    own = edited(template_bytes(Head.DOCUMENT), "{{ masthead }}", "中共{{ masthead }}")
    assert "中共临江市人民政府督查室文件" in words(docx_bytes(PLAIN, own))


def test_a_word_template_without_the_body_mark_is_refused():
    own = edited(template_bytes(Head.DOCUMENT), "{{ body }}", "正文")
    with pytest.raises(DocumentError, match="正文"):
        docx_bytes(PLAIN, own)


def test_a_word_template_with_an_unknown_variable_is_refused():
    own = edited(template_bytes(Head.DOCUMENT), "{{ masthead }}", "{{ issuing_body }}")
    with pytest.raises(DocumentError, match="issuing_body"):
        docx_bytes(PLAIN, own)


def test_a_word_template_that_lost_a_style_is_refused():
    word = docx.Document(BytesIO(template_bytes(Head.DOCUMENT)))
    style = next(style for style in word.styles if style.name == "公文表注")
    style.element.getparent().remove(style.element)
    target = BytesIO()
    word.save(target)
    with pytest.raises(DocumentError, match="公文表注"):
        docx_bytes(PLAIN, target.getvalue())


def edited(template, old, new):
    word = docx.Document(BytesIO(template))
    for text in word.element.body.iter(qn("w:t")):
        text.text = (text.text or "").replace(old, new)
    target = BytesIO()
    word.save(target)
    return target.getvalue()


def words(package):
    return "".join(t.text or "" for t in docx.Document(BytesIO(package)).element.body.iter(qn("w:t")))


def test_a_jurisdiction_s_own_typst_head_takes_the_place_of_ours():
    own = "#let head(doc, fonts, pitch, character) = [本市红头：#doc.masthead]"
    assert "本市红头：临江市人民政府督查室文件" in text_of(pages(PLAIN, head=own)[0])


def test_a_wrong_typst_head_is_an_error_that_says_where():
    with pytest.raises(DocumentError, match="head"):
        pdf_bytes(PLAIN, FONTS, head="#let head(doc) = missing")


def test_a_jurisdiction_s_folder_replaces_the_heads_that_it_has(tmp_path):
    (tmp_path / "documents").mkdir()
    own = edited(template_bytes(Head.DOCUMENT), "{{ masthead }}", "中共{{ masthead }}")
    (tmp_path / "documents" / "document.docx").write_bytes(own)
    files = official_files(PLAIN, FONTS, tmp_path)
    assert "中共临江市人民政府督查室文件" in words(files.docx)
    assert files.pdf == pdf_bytes(PLAIN, FONTS)


def test_without_fonts_the_word_file_still_comes_out():
    files = official_files(PLAIN, None)
    assert files.pdf is None
    assert files.docx == docx_bytes(PLAIN)


def test_the_files_say_which_characters_are_blank():
    assert official_files(document(addressee="王\ue123："), FONTS).without_glyph == "\ue123"


def test_without_an_imprint_no_rule_is_drawn_at_the_foot():
    assert not [line for line in pages(document(imprint=Imprint()))[0].lines if line["top"] > 200 * MM]


def test_a_letter_shows_no_number_on_its_first_page():
    letter = every_head()[2]
    first, second = pages(replace(letter, blocks=LONG))[:2]
    assert "—1—" not in text_of(first)
    assert "—2—" in text_of(second)


def test_a_letter_has_two_double_rules_of_170_mm():
    red = [line for line in pages(every_head()[2])[0].lines if line["stroking_color"] != (0,)]
    red = [line for line in red if line["width"] == pytest.approx(170 * MM, abs=0.5)]
    assert len(red) == 4
    assert max(line["top"] for line in red) == pytest.approx((297 - 20) * MM, abs=1.5 * MM)


def test_a_letter_prints_copies_but_no_printer():
    letter = text_of(pages(replace(every_head()[2], imprint=IMPRINT))[0])
    assert "抄送：市委办公室" in letter
    assert "印发" not in letter


def test_marks_stand_under_the_title():
    marked = document(marks=(Mark.DRAFT, Mark.CORRECTION))
    assert "（送审稿、更正）" in text_of(pages(marked)[0])


def test_a_single_annex_is_not_numbered():
    one = document(annexes=annexes()[:1])
    assert one.annex_list == ["横表"]
    assert one.annex_label(0) == "附件"


def test_several_annexes_are_numbered():
    assert document(annexes=annexes()).annex_list == ["1.横表", "2.竖表"]


def test_a_row_with_too_few_cells_is_refused():
    with pytest.raises(ValueError, match="2 cells"):
        Table(COLUMNS, (("1",),))


def test_title_lines_are_of_like_length_and_keep_words_and_numbers_whole():
    lines = balanced_lines("关于2026年人大代表建议和政协提案办理情况第10次督查的通报", 20)
    assert "".join(lines) == "关于2026年人大代表建议和政协提案办理情况第10次督查的通报"
    assert max(map(len, lines)) - min(map(len, lines)) <= 4
    assert not any(line.startswith(("的", "年", "代表", "0")) for line in lines)
