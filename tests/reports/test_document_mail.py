"""A document as mail says what the document says, in HTML and in text."""

from __future__ import annotations

from dataclasses import replace

from reports.circulars import circular
from reports.document_mail import document_mail
from reports.environment import environment
from reports.official import Align, Heading, Paragraph, Table, TableColumn
from tasks.domain.notices import Office
from tests.reports.circular_samples import document, full_content

OFFICE = Office("临江市人民政府督查室", "0000-8880123", "duban@linjiang.gov.example")
ENV = environment()


def test_the_mail_carries_the_whole_main_text_and_names_its_files():
    made = circular(full_content())
    mail = document_mail(made, OFFICE, ["通报.pdf", "台账.xlsx"], ENV)
    for block in made.blocks:
        if isinstance(block, Paragraph | Heading):
            assert block.text in mail.text
            assert block.text in mail.html
    for told in ("督查通报", "第9期", "641", "72.58%", "通报.pdf、台账.xlsx", "0000-8880123", "2026年11月9日"):
        assert told in mail.text
        assert told in mail.html
    assert mail.subject == "督查通报第9期：关于2026年1—10月人大代表建议和政协提案办理情况的通报"


def test_annexes_are_left_to_the_files():
    mail = document_mail(circular(full_content()), OFFICE, [], ENV)
    assert "逾期未答复建议提案清单" not in mail.html
    assert "随信附件" not in mail.html + mail.text


def test_markup_in_a_text_is_shown_and_not_obeyed():
    made = replace(document(), blocks=(Paragraph("按<b>期</b>&答复"),))
    mail = document_mail(made, OFFICE, [], ENV)
    assert "按&lt;b&gt;期&lt;/b&gt;&amp;答复" in mail.html
    assert "按<b>期</b>&答复" in mail.text


def test_a_table_wider_than_long_is_turned_so_that_a_telephone_shows_it():
    mail = document_mail(circular(full_content()), OFFICE, [], ENV)
    head = "类别  人大代表建议  政协提案  合计"
    assert head in mail.text
    assert "按期答复率  98.70%  98.84%  98.77%" in mail.text
    assert mail.html.count('<th scope="col"') == 4


def test_a_narrow_or_a_long_table_stays_as_it_is():
    columns = tuple(TableColumn(f"列{number}") for number in range(6))
    long = Table(columns, (("一",) * 6,) * 6)
    narrow = Table(columns[:5], (("一",) * 5,))
    for table in (long, narrow):
        mail = document_mail(replace(document(), blocks=(table,)), OFFICE, [], ENV)
        assert "  ".join(column.label for column in table.columns) in mail.text


def test_the_note_of_a_table_goes_along():
    noted = Table((TableColumn("列"),), (("一",),), note="注：含往年。")
    mail = document_mail(replace(document(), blocks=(noted,)), OFFICE, [], ENV)
    assert "注：含往年。" in mail.text
    assert "注：含往年。" in mail.html


def test_columns_keep_their_shares_and_words_stand_left():
    columns = (TableColumn("题目", 3, Align.LEFT), TableColumn("件数", 1))
    html = document_mail(replace(document(), blocks=(Table(columns, (("一",) * 2,)),)), OFFICE, [], ENV).html
    assert '<col width="75%"><col width="25%">' in html
    assert 'align="left"' in html
    assert "text-align: left" in html.split('align="left"')[1].split(">")[0]


def test_a_mail_to_nobody_in_particular_has_no_empty_line_for_them():
    mail = document_mail(document(addressee=""), OFFICE, [], ENV)
    assert "<p></p>" not in mail.html
    assert "\n\n\n" not in mail.text
