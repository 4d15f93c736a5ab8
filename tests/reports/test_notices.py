"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/notices anew, then read the difference before committing it."""

import os
import re
import shutil
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.environment import environment
from reports.notices import render_notice, template_version
from tasks.domain.errors import DocumentError
from tasks.domain.frames import Level
from tasks.domain.notices import Addressee, Notice, NoticeItem, Office, ToldBefore

GOLDEN = Path(__file__).parents[1] / "golden" / "notices"
ENV = environment()

ARTICLE = "《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法》第四十二条（未核对）"
OFFICE = Office("临江市人民政府督查室", "0000-8880123", "duban@linjiang.gov.example", "ducha@linjiang.gov.example")
HANDLER = Addressee("徐玥", "xu@jiaotong.example.cn", "handler")
SECTION = Addressee("胡晓东", "hu@jiaotong.example.cn", "section")
LEADER = Addressee("欧阳志强", "ouyang@jiaotong.example.cn", "leader")
TOP_LEADER = Addressee("司马翀", "sima@jiaotong.example.cn", "top_leader")

REMINDED = ToldBefore(Level.REMIND, date(2026, 5, 26), "徐玥")
URGED = ToldBefore(Level.URGE, date(2026, 6, 11), "胡晓东")
SUPERVISED = ToldBefore(Level.SUPERVISE, date(2026, 6, 25), "欧阳志强")
LETTER = ToldBefore(Level.SUPERVISION_LETTER, date(2026, 7, 9), "司马翀")

DATA_SHARING = NoticeItem(
    proposal_id="s15",
    kind="deputy_suggestion",
    number="15",
    title="关于推进政务数据共享开放的建议",
    duty="reply",
    duty_label="答复",
    round=1,
    role="lead",
    starts_on=date(2026, 3, 10),
    due_on=date(2026, 6, 10),
    is_provisional=False,
    days_left=None,
    days_late=35,
    workdays_late=24,
    rule="deputy_suggestions/reply@2010-10-28",
    article=ARTICLE,
    leader="欧阳志强",
    section="综合科",
    handler="徐玥",
)
SEWAGE = replace(
    DATA_SHARING,
    proposal_id="p735",
    kind="cppcc_proposal",
    number="735",
    title="关于落实《农村生活污水治理条例》的提案",
    role="sole",
    due_on=date(2026, 7, 10),
    days_late=5,
    workdays_late=3,
    rule="cppcc_proposals/reply@2018-12-01",
    article="《中国人民政治协商会议全国委员会提案工作条例》（未核对）",
    handler=None,
)
SCHOOLS = replace(
    DATA_SHARING,
    proposal_id="s80",
    number="80",
    title="关于加强中小学校周边交通秩序治理的建议",
    due_on=date(2026, 7, 18),
    days_left=3,
    days_late=0,
    workdays_late=0,
)
SECRET = replace(SCHOOLS, proposal_id="s81", number="81", title=None, due_on=date(2026, 7, 15), days_left=0)
SECOND_REPLY = replace(
    SEWAGE,
    proposal_id="p91",
    number="91",
    title="关于优化公交线路覆盖城乡结合部的提案",
    duty="second_reply",
    duty_label="再次答复",
    round=2,
    due_on=date(2027, 1, 4),
    is_provisional=True,
    days_left=15,
    days_late=0,
    workdays_late=0,
    leader=None,
    section=None,
)


def notice(level, *items, **changes):
    usual = Notice(
        jurisdiction="demo",
        level=level,
        unit_id="u07",
        unit_name="市交通运输局",
        as_of=date(2026, 7, 15),
        to=(HANDLER,),
        cc=(SECTION,),
        items=items,
        act_by=None,
        explain_by=None,
        explain_to=None,
        fallback_note=None,
        office=OFFICE,
    )
    return replace(usual, **changes)


ASKED = {"act_by": date(2026, 7, 29), "explain_by": date(2026, 7, 22), "explain_to": OFFICE.name}
NOTICES = {
    "remind": notice(Level.REMIND, SCHOOLS, SECRET, SECOND_REPLY),
    "urge": notice(
        Level.URGE,
        replace(
            DATA_SHARING, told_before=(REMINDED, URGED), occurrence=2, explanation="因省级平台改造，预计7月底完成。"
        ),
        replace(SEWAGE, told_before=(REMINDED,)),
        to=(SECTION,),
        cc=(LEADER,),
        act_by=date(2026, 7, 20),
        fallback_note="承办人员徐玥无邮箱，改送承办科室胡晓东",
    ),
    "supervise": notice(
        Level.SUPERVISE,
        replace(DATA_SHARING, told_before=(REMINDED, URGED)),
        replace(SEWAGE, told_before=(URGED,)),
        to=(LEADER,),
        cc=(TOP_LEADER,),
        document_no="临政督办〔2026〕15号",
        **ASKED,
    ),
    "supervision_letter": notice(
        Level.SUPERVISION_LETTER,
        replace(DATA_SHARING, told_before=(REMINDED, URGED, SUPERVISED), explanation="正与省平台对接。"),
        to=(TOP_LEADER,),
        cc=(),
        document_no="临政督函〔2026〕3号",
        **ASKED,
    ),
    "criticism": notice(
        Level.CRITICISM,
        replace(DATA_SHARING, told_before=(REMINDED, URGED, SUPERVISED, LETTER)),
        to=(TOP_LEADER,),
        cc=(LEADER,),
        is_rehearsal=True,
        **ASKED,
    ),
}


class VisibleText(HTMLParser):
    """What a reader of the HTML sees, and the tags that carry it."""

    def __init__(self, html):
        super().__init__()
        self.parts, self.tags, self._hidden = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._hidden = tag in ("style", "title")

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        if not self._hidden:
            self.parts.append(data)


def seen(html):
    return "".join(VisibleText(html).parts)


def both(given):
    rendered = render_notice(given, ENV)
    return rendered.text, seen(rendered.html)


def assert_is_golden(name, content):
    path = GOLDEN / name
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        path.write_text(content, encoding="utf-8")
    assert content == path.read_text(encoding="utf-8"), f"{path} differs"


# --- whole notices ---


@pytest.mark.parametrize("level", Level)
def test_the_notice_of_each_level_is_the_golden_one(level):
    rendered = render_notice(NOTICES[level], ENV)

    assert_is_golden(f"{level}.txt", f"{rendered.subject}\n\n{rendered.text}")
    assert_is_golden(f"{level}.html", rendered.html)


@pytest.mark.parametrize("level", Level)
def test_text_and_html_give_the_same_facts(level):
    given = NOTICES[level]
    for body in both(given):
        for item in given.items:
            assert f"{item.due_on.year}年{item.due_on.month}月{item.due_on.day}日" in body
            assert item.article in body
            assert item.rule in body
            assert item.duty_label in body
        for day in filter(None, (given.act_by, given.explain_by, given.as_of)):
            assert f"{day.year}年{day.month}月{day.day}日" in body
        assert given.office.name in body
        assert given.office.phone in body


@pytest.mark.parametrize("level", Level)
def test_a_notice_keeps_the_tone_of_an_office(level):
    rendered = render_notice(NOTICES[level], ENV)

    for body in (rendered.subject, rendered.text, seen(rendered.html)):
        assert not re.search("[!！~～]", body)
        assert not re.search(r"[\u4e00-\u9fff][,;:?]", body), "Chinese is punctuated full-width"


@pytest.mark.parametrize("level", Level)
def test_each_level_says_what_follows_by_its_own_name(level):
    word = {
        Level.REMIND: "提醒",
        Level.URGE: "催办",
        Level.SUPERVISE: "督办单",
        Level.SUPERVISION_LETTER: "督办函",
        Level.CRITICISM: "通报批评",
    }[level]

    rendered = render_notice(NOTICES[level], ENV)

    assert word in rendered.subject
    assert word in rendered.text.splitlines()[0] + rendered.text.splitlines()[2]


# --- why, what, by when ---


def test_lateness_is_told_in_days_and_workdays():
    for body in both(notice(Level.URGE, DATA_SHARING)):
        assert "35天" in body
        assert "24个工作日" in body


def test_an_item_due_on_the_day_itself_is_not_late():
    for body in both(notice(Level.REMIND, SECRET)):
        assert "当日到期" in body
        assert "逾期" not in body.replace("逾期原因", "")


def test_a_provisional_day_is_marked_and_explained_and_others_are_not():
    for body in both(notice(Level.REMIND, SECOND_REPLY)):
        assert "2027年1月4日（暂定）" in body
        assert "放假安排尚未公布" in body
    for body in both(notice(Level.REMIND, SCHOOLS)):
        assert "暂定" not in body


def test_the_second_round_is_named():
    for body in both(notice(Level.REMIND, SECOND_REPLY)):
        assert "第2轮" in body


def test_who_was_told_before_is_listed_with_day_and_name():
    for body in both(NOTICES["supervise"]):
        assert "2026年5月26日提醒（徐玥）；2026年6月11日催办（胡晓东）" in body


def test_only_steps_that_every_item_went_through_are_claimed_for_all():
    text, _ = both(NOTICES["supervise"])

    assert "经催办仍未完成" in text


def test_nothing_is_claimed_to_have_been_sent_where_nothing_was():
    text, html = both(notice(Level.CRITICISM, DATA_SHARING, **ASKED))

    assert "至今未完成" in text
    assert "此前" not in text + html


def test_an_explanation_of_the_unit_is_shown():
    for body in both(NOTICES["urge"]):
        assert "因省级平台改造，预计7月底完成。" in body


def test_a_repeated_step_says_which_time_it_is_and_a_first_one_does_not():
    text, html = both(notice(Level.URGE, replace(DATA_SHARING, occurrence=3)))
    assert "第3次" in text and "第3次" in html
    text, html = both(notice(Level.URGE, DATA_SHARING))
    assert "第1次" not in text + html


def test_missing_responsible_persons_are_said_to_be_missing():
    for body in both(notice(Level.REMIND, SECOND_REPLY)):
        assert "尚未明确" in body


def test_a_notice_that_went_to_somebody_else_says_why():
    for body in both(NOTICES["urge"]):
        assert "承办人员徐玥无邮箱，改送承办科室胡晓东" in body


def test_copies_are_named():
    for body in both(NOTICES["urge"]):
        assert "抄送：欧阳志强（分管领导）" in body


def test_an_office_without_reply_address_asks_not_to_reply():
    for body in both(notice(Level.REMIND, SCHOOLS, office=replace(OFFICE, reply_to=None))):
        assert "请勿直接回复" in body
    for body in both(notice(Level.REMIND, SCHOOLS)):
        assert "请直接回复本邮件" in body


@pytest.mark.parametrize("level", Level)
def test_every_level_reads_well_without_any_date_asked_for(level):
    text, html = both(notice(level, DATA_SHARING))

    assert "完成时限" not in text + html
    assert "None" not in text + html


@pytest.mark.parametrize(
    ("items", "scope"),
    [
        ((DATA_SHARING,), "人大代表建议第15号答复事项"),
        ((DATA_SHARING, SCHOOLS), "2件人大代表建议答复事项"),
        ((DATA_SHARING, SEWAGE), "2件建议提案答复事项"),
        ((DATA_SHARING, replace(DATA_SHARING, duty_label="办后见面")), "人大代表建议第15号的2项应办事项"),
        ((DATA_SHARING, SEWAGE, SECOND_REPLY), "3件建议提案的3项应办事项"),
    ],
)
def test_the_subject_says_how_much_it_is_about(items, scope):
    assert scope in render_notice(notice(Level.URGE, *items), ENV).subject


def test_a_digest_of_late_and_coming_items_counts_the_late_ones():
    text, _ = both(notice(Level.URGE, DATA_SHARING, SCHOOLS))

    assert "2件人大代表建议答复事项中，1项已超过办理期限，其余即将到期" in text


def test_a_title_in_a_title_takes_the_inner_marks():
    text, _ = both(notice(Level.URGE, SEWAGE))

    assert "《关于落实〈农村生活污水治理条例〉的提案》" in text


def test_a_number_that_is_no_number_is_not_made_one():
    text, html = both(notice(Level.URGE, replace(DATA_SHARING, number="J20261211")))

    assert "人大代表建议J20261211号" in text
    assert "人大代表建议J20261211号" in html


# --- what must not be said ---


def test_a_confidential_proposal_is_named_by_its_number_only():
    secret = replace(SECRET, explanation="涉及某重点工程选址")
    rendered = render_notice(notice(Level.SUPERVISION_LETTER, secret), ENV)

    for body in (rendered.subject, rendered.text, rendered.html):
        assert "人大代表建议第81号" in body
        assert "重点工程" not in body
        assert "None" not in body


def test_a_rehearsal_says_so_in_subject_text_and_html():
    rendered = render_notice(NOTICES["criticism"], ENV)

    assert rendered.subject.startswith("【演练】")
    assert rendered.text.startswith("【演练】")
    assert "【演练】" in seen(rendered.html)
    assert "演练" not in "".join(both(replace(NOTICES["criticism"], is_rehearsal=False)))


# --- hostile text ---


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></table><b>", "&lt;b&gt;"]
)
def test_markup_in_a_title_is_shown_and_not_obeyed(title):
    rendered = render_notice(notice(Level.URGE, replace(DATA_SHARING, title=title)), ENV)
    plain = render_notice(notice(Level.URGE, DATA_SHARING), ENV)

    assert VisibleText(rendered.html).tags == VisibleText(plain.html).tags
    assert title in seen(rendered.html)
    assert title in rendered.text


@pytest.mark.parametrize("title", ["{{ 7*7 }}", "{% raw %}", "{{ notice.office.phone }}", "{# x"])
def test_template_code_in_a_title_is_shown_and_not_run(title):
    for body in both(notice(Level.URGE, replace(DATA_SHARING, title=title))):
        assert title in body


def test_hostile_text_is_harmless_in_every_field():
    evil = "<script>\u202eX</script>\r\nBcc: a@b"
    item = replace(
        DATA_SHARING, number=evil, title=evil, duty_label=evil, rule=evil, article=evil, leader=evil, section=evil,
        handler=evil, explanation=evil, told_before=(ToldBefore(Level.URGE, date(2026, 6, 1), evil),),
    )  # fmt: skip
    given = notice(
        Level.SUPERVISION_LETTER, item, unit_name=evil, document_no=evil, fallback_note=evil, explain_to=evil,
        explain_by=date(2026, 7, 22), cc=(replace(LEADER, name=evil),), office=replace(OFFICE, name=evil, phone=evil),
    )  # fmt: skip
    rendered = render_notice(given, ENV)

    assert "script" not in VisibleText(rendered.html).tags
    assert "\n" not in rendered.subject
    for body in (rendered.subject, rendered.text, rendered.html):
        assert "\u202e" not in body
        assert "\r" not in body
    assert "\nBcc" not in rendered.text


def test_line_breaks_in_a_title_become_spaces():
    text, html = both(notice(Level.URGE, replace(DATA_SHARING, title="关于修路\r\n\n的\t建议\x00\u2028。")))

    assert "关于修路 的 建议 。" in text
    assert "关于修路 的 建议 。" in html


@pytest.mark.parametrize("control", list("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff"))
def test_characters_that_turn_or_hide_text_are_dropped(control):
    for body in both(notice(Level.URGE, replace(DATA_SHARING, title=f"关于{control}修路的建议"))):
        assert "关于修路的建议" in body


def test_an_endless_title_is_shortened_and_says_so():
    rendered = render_notice(notice(Level.SUPERVISION_LETTER, replace(DATA_SHARING, title="督" * 4000)), ENV)

    for body in (rendered.text, rendered.html):
        assert "督" * 300 + "……（原文共4000字，余略）" in body
        assert "督" * 301 not in body
    assert len(rendered.subject) <= 160


def test_rare_characters_and_half_of_a_pair_survive():
    text, html = both(notice(Level.URGE, replace(DATA_SHARING, title="关于𠮷玥祎珺\ud800的建议")))

    assert "关于𠮷玥祎珺\ufffd的建议" in text
    assert "关于𠮷玥祎珺\ufffd的建议" in html
    text.encode(), html.encode()


# --- the look ---


@pytest.mark.parametrize("level", Level)
def test_the_look_needs_neither_style_sheet_nor_network(level):
    html = render_notice(NOTICES[level], ENV).html

    assert "max-width: 600px" in html
    assert not re.search(r"https?://|url\(|@import|<img|<link", html)
    left = re.search(r"<style>(.*?)</style>", html, re.DOTALL).group(1)
    assert re.fullmatch(r"\s*@media \(prefers-color-scheme: dark\).*", left, re.DOTALL), "all else is inline"


def test_state_is_told_by_words_and_not_by_colour_alone():
    html = render_notice(notice(Level.URGE, DATA_SHARING, SCHOOLS, SECRET), ENV).html

    chips = re.findall(r'<span class="chip (\w+)"[^>]*>([^<]*)</span>', html)
    assert chips == [("late", "逾期35天"), ("soon", "剩3天"), ("soon", "当日到期")]


# --- templates of a jurisdiction ---


def test_a_jurisdiction_overrides_the_words_of_one_level(tmp_path):
    own = tmp_path / "notices" / "words"
    own.mkdir(parents=True)
    ours = ENV.source("notices/words/urge.txt")
    (own / "urge.txt").write_text(ours.replace("特此通知。", "此通知。请予配合。"), encoding="utf-8")
    env = environment(tmp_path)

    assert "此通知。请予配合。" in render_notice(NOTICES["urge"], env).text
    assert render_notice(NOTICES["remind"], env) == render_notice(NOTICES["remind"], ENV)


@pytest.mark.parametrize(
    "added",
    [
        "{{ unknown }}",
        "{{ notice.nothing }}",
        "{{ notice.items[9] }}",
        "{% set title %}",
        "{{ notice.__class__.__mro__ }}",
        "{{ scope.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% include '../environment.py' %}",
    ],
)
def test_an_override_that_asks_for_what_is_not_its_own_is_an_error(tmp_path, added):
    own = tmp_path / "notices" / "words"
    own.mkdir(parents=True)
    (own / "urge.txt").write_text(ENV.source("notices/words/urge.txt") + added, encoding="utf-8")

    with pytest.raises(DocumentError, match=r"words/urge\.txt"):
        render_notice(NOTICES["urge"], environment(tmp_path))


def test_an_override_that_leaves_out_a_piece_is_told_which(tmp_path):
    own = tmp_path / "notices" / "words"
    own.mkdir(parents=True)
    words = ENV.source("notices/words/urge.txt").replace("closing", "ending")
    (own / "urge.txt").write_text(words, encoding="utf-8")

    with pytest.raises(DocumentError, match=r"words/urge\.txt.*closing"):
        render_notice(NOTICES["urge"], environment(tmp_path))


def test_the_template_version_follows_the_words(tmp_path):
    own = tmp_path / "notices" / "words"
    own.mkdir(parents=True)
    (own / "urge.txt").write_text(ENV.source("notices/words/urge.txt") + "\n", encoding="utf-8")
    env = environment(tmp_path)

    assert template_version(Level.URGE, env) != template_version(Level.URGE, ENV)
    assert template_version(Level.REMIND, env) == template_version(Level.REMIND, ENV)


def test_a_notice_about_nothing_is_an_error():
    with pytest.raises(DocumentError):
        render_notice(notice(Level.URGE), ENV)


def test_a_notice_renders_the_same_each_time():
    assert render_notice(NOTICES["urge"], ENV) == render_notice(NOTICES["urge"], environment())


@pytest.mark.browser
@pytest.mark.parametrize("has_style_sheet", [True, False])
def test_nothing_runs_out_of_a_telephone_screen(has_style_sheet):
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or pytest.skip("needs Chromium")
    long = replace(SEWAGE, title="W" * 400, handler="9" * 80, rule="r" * 80)
    html = render_notice(replace(NOTICES["urge"], items=(long, SECRET), unit_name="x" * 90), ENV).html
    shown = html if has_style_sheet else re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)

    with sync_api.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 700})
        page.set_content(shown)
        width = page.evaluate("document.documentElement.scrollWidth")
        browser.close()

    assert width == 375
