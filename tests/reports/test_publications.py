"""The public site, file by file: nothing hidden gets out, everything adds up, every text is harmless."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest

from reports.portal_checks import broken_links, site_faults
from reports.portal_fields import MEANINGS, RATE_MEANINGS, STATE_MEANINGS
from reports.portal_rows import proposal_rows, unit_rows
from reports.portal_words import spoken
from reports.publications import site, withdrawn_pages
from tasks.domain.disclosure import SELECTABLE, Openness
from tasks.domain.public_frames import PUBLICATION, STATE_LABELS, PublicRecord
from tests.reports.portal_facts import EDITION, POLICY, assigned, proposal, record, record_of, replied, small_city

HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "formula": "=cmd|'/C calc'!A0",
    "bidi": "关于\u202e议建的车停\u202c的建议",
    "long": "停" * 4000,
    "rare": "关于𬭚、㛃、𪚥与䲜的建议",
    "quotes": "\"><img src=x onerror=alert(1)> & 'x'",
    "controls": "关于\x07停车\u200b的\u2028建议\x7f",
    "template": "{{ 7*7 }}{% raw %}",
}
SECRETS = [
    "R2026-9471",
    "94713",
    "秘密设施",
    "孙机密",
    "赵隐",
    "隐秘科",
    "李匿",
    "机密答复",
    "历史遗留",
    "钱不公",
    "褚不公",
]


def built(seen: PublicRecord, **options: Any) -> dict[str, bytes]:
    return dict(site(seen, EDITION, **options))


@cache
def small_site() -> Mapping[str, bytes]:
    return built(record_of(small_city()), attachments={"停车规划.pdf": b"%PDF-1.7 plan"})


def text_of(files: Mapping[str, bytes], path: str) -> str:
    return files[path].decode("utf-8-sig")


def page_of(files: Mapping[str, bytes], title: str) -> str:
    """The page of the proposal with that title."""
    marked = f"<h1><bdi>{title}</bdi></h1>"
    return next(text for path in files if path.startswith("proposals/") and marked in (text := text_of(files, path)))


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def hostile_site() -> dict[str, bytes]:
    rows = [
        proposal(f"h{place}", title=title, lead_proposer=title, topic=title)
        for place, title in enumerate(HOSTILE.values())
    ]
    given = [assigned(row["proposal_id"], leader=HOSTILE["quotes"], section=HOSTILE["script"]) for row in rows]
    answers = [replied(row["proposal_id"]) for row in rows]
    texts = [{"event_id": answer["event_id"], "text": "\n".join(HOSTILE.values())} for answer in answers]
    return built(record(rows, given, answers, texts))


# What must not get out


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_a_hidden_proposal_is_in_any_byte_or_path(secret: str) -> None:
    forms = {secret.encode(), secret.encode("gb18030"), secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()}
    for path, content in small_site().items():
        assert not [form for form in forms if form in content or form in path.encode()], path


def test_a_page_of_a_title_only_proposal_names_nobody() -> None:
    page = page_of(small_site(), "关于打通医保异地结算的提案")
    assert "本件仅公开标题" in page
    assert not [name for name in ("周远", "冯题目", "基础教育科", "吴淑珍", "医保答复全文", "主管领导") if name in page]


def test_a_page_without_a_public_course_has_no_time_line() -> None:
    assert "办理过程" not in page_of(small_site(), "关于打通医保异地结算的提案")


def test_internal_notes_are_nowhere() -> None:
    assert not [path for path, content in small_site().items() if "内部备注".encode() in content]


def test_a_column_that_no_level_shows_is_in_no_download() -> None:
    columns = {Openness.OPEN: [c for c in SELECTABLE if c not in ("handler", "led_by")]}
    files = built(record_of(small_city(), replace(POLICY, columns=columns)))
    assert not {"承办人员", "领办领导"} & set(next(csv.reader(StringIO(text_of(files, "data/proposals.csv")))))
    assert not {"handler", "led_by"} & set(json.loads(files["data/proposals.json"])["columns"])
    assert "<code>handler</code>" not in text_of(files, "data.html")


def test_the_site_says_how_many_are_withheld_only_where_the_policy_does() -> None:
    assert "经审定不予公开" not in text_of(small_site(), "about.html")
    files = built(record_of(small_city(), replace(POLICY, counts_withheld=True)))
    assert "另有 1 件经审定不予公开" in plain(text_of(files, "about.html"))


# What must be there


def test_every_page_says_up_to_when_it_counts_and_how_much_is_public() -> None:
    for path in (p for p in small_site() if p.endswith(".html")):
        assert "2026年9月30日8时30分" in text_of(small_site(), path), path
        assert "<span data-listed>4</span>" in text_of(small_site(), path), path


def test_a_proposal_page_tells_unit_persons_limit_reply_outcome_and_satisfaction() -> None:
    page = plain(page_of(small_site(), "关于完善城区公共停车设施建设的建议"))
    for told in (
        "市教育局",
        "林晓东",
        "基础教育科",
        "吴淑珍",
        "2026-06-10",
        "2026-05-20",
        "已解决或采纳",
        "满意",
        "重点",
        "陈志远",
    ):
        assert told in page


def test_the_time_line_goes_by_day_with_the_limit_in_its_place() -> None:
    page = page_of(small_site(), "关于完善城区公共停车设施建设的建议")
    told = re.findall(r'<time datetime="([\d-]+)">[^<]*</time><b>([^<]+)</b>', page)
    assert told == [
        ("2026-03-10", "交办"),
        ("2026-03-12", "签收"),
        ("2026-03-20", "办前见面"),
        ("2026-04-02", "提交协办意见"),
        ("2026-05-20", "答复"),
        ("2026-05-20", "作出承诺"),
        ("2026-05-28", "满意度反馈"),
        ("2026-06-10", "办理期限"),
    ]


def test_a_reply_keeps_its_paragraphs_and_its_attachment_can_be_had() -> None:
    page = page_of(small_site(), "关于完善城区公共停车设施建设的建议")
    assert "<p>周远代表：</p><p>您提出的建议收悉。现答复如下：</p><p>一、已新增泊位1200个。</p>" in page
    (link,) = re.findall(r'href="(?:\.\./)+(files/[0-9a-f]+\.pdf)" download="停车规划.pdf"', page)
    assert small_site()[link] == b"%PDF-1.7 plan"


def test_an_attachment_whose_file_is_missing_is_not_offered() -> None:
    assert "停车规划" not in page_of(built(record_of(small_city())), "关于完善城区公共停车设施建设的建议")


def test_a_unit_page_keeps_lead_and_co_work_apart() -> None:
    files = small_site()
    page = next(
        plain(text_of(files, p)) for p in files if p.startswith("units/") and "<h1>市财政局</h1>" in text_of(files, p)
    )
    assert "答复 主办 1 1 100.00% 1 0 0.00% 0" in page
    assert "协办意见 协办 2 1 50.00% 2 1 50.00% 1" in page
    assert "主办 1 件，协办 2 件，共 3 件" in page


def test_the_parts_of_a_units_work_add_up_on_its_page() -> None:
    answering = [
        assigned("p", "edu", role="separate"),
        assigned("p", "fin", role="separate"),
        assigned("q", "fin"),
        assigned("r", "fin"),
        assigned("s", "edu"),
        assigned("s", "fin", role="co_organising"),
    ]
    rows = [proposal("p"), proposal("q"), proposal("r", needs_reply=False), proposal("s")]
    files = built(record(rows, answering))
    page = next(
        plain(text_of(files, p)) for p in files if p.startswith("units/") and "市财政局</h1>" in text_of(files, p)
    )
    counts = re.search(r"主办 (\d) 件(?:，分办 (\d) 件)?，协办 (\d) 件，共 (\d) 件", page)
    assert counts
    lead, separate, co, whole = (int(count or 0) for count in counts.groups())
    assert lead + separate + co == whole == 4
    assert lead + separate == 3
    assert re.search(r"应答复 2 件次 主办 \d 件(，分办 1 件)?， 其中 1 件不计入", page)


def test_the_units_add_up_over_all_groups() -> None:
    page = plain(text_of(small_site(), "units.html"))
    assert "2 组 3 个单位合计：应答复 4 件次，已答复 3 件次（ 75.00% ）" in page
    assert "超期 1 件次；协办意见 1/2 件次；满意率 50.00% 。" in page


def test_the_overview_counts_what_is_public() -> None:
    page = plain(text_of(small_site(), "index.html"))
    assert "应答复 4 件， 占 75.00%" in page
    assert "收到反馈 2 件， 占 50.00%" in page


def test_lists_have_fifty_rows_a_page() -> None:
    rows = [proposal(f"p{number}", number=str(number)) for number in range(101)]
    files = built(record(rows, [assigned(row["proposal_id"]) for row in rows]))
    sizes = [
        text_of(files, path).count('role="cell" class="ref"') for path in ("list.html", "list/2.html", "list/3.html")
    ]
    assert sizes == [50, 50, 1]
    assert site_faults(files.items(), EDITION.cut_off_text) == []


def test_an_empty_record_still_makes_a_whole_site() -> None:
    files = built(record())
    assert site_faults(files.items(), EDITION.cut_off_text) == []
    assert json.loads(files["data/proposals.json"])["proposals"] == []


def test_the_same_record_gives_the_same_bytes() -> None:
    one, other = built(record_of(small_city())), built(record_of(small_city()))
    assert one == other


def test_a_jurisdiction_can_replace_a_template(tmp_path: Any) -> None:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "portal.css").write_text("body{color:red}")
    files = built(record_of(small_city()), overrides=tmp_path)
    assert b"body{color:red}" in files.values()


# Words


def sentences(**changes: Any) -> tuple[str, str]:
    seen = record(
        [proposal("p", number="12", title="关于停车的建议", **changes.pop("proposal", {}))],
        [assigned("p"), *changes.pop("co", [])],
        changes.pop("events", []),
        **changes,
    )
    return spoken(proposal_rows(seen, unit_rows(seen, EDITION))[0], EDITION)


def test_the_hotline_says_whose_it_is_and_where_it_stands() -> None:
    assert sentences() == (
        "2026年人大代表建议第12号《关于停车的建议》，由市教育局承办，责任人为林晓东，办理期限为2026年6月10日。",
        "截至2026年9月30日尚未答复，已超过办理期限112天。",
    )


def test_a_title_within_a_title_has_single_marks() -> None:
    seen = record([proposal("p", title="关于落实《停车条例》的建议")], [assigned("p")])
    row = proposal_rows(seen, unit_rows(seen, EDITION))[0]
    assert "《关于落实〈停车条例〉的建议》" in spoken(row, EDITION)[0]


def test_the_hotline_names_the_units_that_help() -> None:
    assert "由市教育局主办，市财政局参与办理" in sentences(co=[assigned("p", "fin", role="co_organising")])[0]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (
            [replied("p"), {"proposal_id": "p", "unit_id": "edu", "kind": "feedback", "happened_on": "2026-06-01",
                            "value": "satisfied"}],
            "该件已于2026年5月20日答复，未超过办理期限，办理结果为“已解决或采纳”，代表评价为“满意”。",
        ),
        (
            [replied("p", on="2026-06-20", value="planned")],
            "该件已于2026年6月20日答复，比办理期限晚10天，办理结果为“正在解决或列入计划”。",
        ),
        (
            [{"proposal_id": "p", "unit_id": "edu", "kind": "suspended", "happened_on": "2026-05-01"}],
            "截至2026年9月30日该件已按规定中止办理，恢复办理后另行答复。",
        ),
    ],
)  # fmt: skip
def test_the_second_sentence_follows_the_state(events: list[dict[str, str]], said: str) -> None:
    assert sentences(events=events)[1] == said


def test_of_a_hidden_state_the_hotline_says_nothing() -> None:
    said = sentences(proposal={"disclosure": "title_only"}, columns={Openness.TITLE_ONLY: ("number",)})
    assert said == ("2026年人大代表建议第12号《关于停车的建议》。", "该件仅公开标题，办理情况不对外公开。")


def test_the_hotline_script_has_two_sentences_for_every_proposal() -> None:
    entries = [entry.split("\r\n") for entry in text_of(small_site(), "hotline.txt").split("\r\n\r\n")[1:]]
    named = [entry for entry in entries if entry[0].startswith("【")]
    assert len(named) == 4
    assert all(entry[1].count("。") == 2 for entry in named)


def test_the_newspaper_page_is_about_the_newest_year() -> None:
    text = text_of(small_site(), "summary.txt")
    assert text.startswith("临江市2026年建议提案办理情况\r\n")
    assert "共3件（人大代表建议2件、政协提案1件）" in text
    assert "应答复3件，已答复2件，占66.67%" in text
    assert "合计：应答复3，已答复2，超期未答复1。" in text


# Downloads


def test_the_csv_opens_in_a_spreadsheet_with_chinese_heads() -> None:
    content = small_site()["data/proposals.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert rows[0]["标题"] == "关于完善城区公共停车设施建设的建议"
    assert (rows[0]["主办单位"], rows[0]["协办或分办单位"], rows[0]["办理状态"]) == ("市教育局", "市财政局", "按期答复")


def test_no_text_in_a_csv_becomes_a_formula() -> None:
    for row in csv.DictReader(StringIO(text_of(hostile_site(), "data/proposals.csv"))):
        assert not [value for value in row.values() if re.match(r"[\s\u3000]*[=+\-@＝＋－＠|%\t\r]", value)]


def test_json_has_the_texts_as_they_are_but_nothing_in_it_is_invisible() -> None:
    content = hostile_site()["data/proposals.json"].decode()
    assert sorted(row["title"] for row in json.loads(content)["proposals"]) == sorted(HOSTILE.values())
    assert not re.search("[\u202a-\u202e\u200b\u2028<\x07]", content)


def test_json_tells_days_units_and_codes() -> None:
    row = json.loads(small_site()["data/proposals.json"])["proposals"][0]
    assert row["due_on"] == "2026-06-10"
    assert row["lead_unit"] == "市教育局"
    assert row["other_units"] == ["市财政局"]
    assert row["state"] == "replied"
    assert row["days_late"] is None
    assert row["page"] in small_site()


def test_downloads_name_related_proposals_by_their_page() -> None:
    rows = [proposal("p", number="1", repeats="q"), proposal("q", number="2", merged_into="p")]
    files = built(record(rows, [assigned("p"), assigned("q")]))
    one, other = json.loads(files["data/proposals.json"])["proposals"]
    assert (one["repeats"], one["merged_into"]) == (other["page"], None)
    assert other["merged_into"] == one["page"]
    first = next(csv.DictReader(StringIO(text_of(files, "data/proposals.csv"))))
    assert (first["往届同题"], first["并入"]) == (other["page"], "")


def test_rates_in_csv_and_json_are_the_same_counts() -> None:
    listed = json.loads(small_site()["data/units.json"])["rates"]
    rows = list(csv.DictReader(StringIO(text_of(small_site(), "data/units.csv"))))
    assert [(row["单位"], int(row["应办"]), int(row["已办"])) for row in rows] == [
        (row["unit"], row["total"], row["done"]) for row in listed
    ]


def test_the_feed_is_atom_with_the_latest_replies_first() -> None:
    feed = ElementTree.fromstring(small_site()["feed.xml"])
    atom = "{http://www.w3.org/2005/Atom}"
    days = [entry.findtext(f"{atom}updated", "")[:10] for entry in feed.findall(f"{atom}entry")]
    assert days == ["2026-07-01", "2026-05-20", "2025-07-30"]
    ids = [entry.findtext(f"{atom}id", "") for entry in feed.findall(f"{atom}entry")]
    assert len(set(ids)) == 3
    assert all(name.startswith("urn:uuid:") for name in ids)


def test_the_feed_leads_to_the_sites_own_address() -> None:
    files = dict(site(record_of(small_city()), replace(EDITION, address="https://www.linjiang.gov.example/jytagk")))
    links = re.findall(r'<link[^>]*href="([^"]+)"', text_of(files, "feed.xml"))
    assert all(link.startswith("https://www.linjiang.gov.example/jytagk/") for link in links)


ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def atom_faults(content: bytes) -> list[str]:
    """What RFC 4287 asks for and the feed has not."""
    feed = ElementTree.fromstring(content)
    entries = feed.findall(f"{ATOM}entry")
    once = [(element, name) for element in (feed, *entries) for name in ("id", "title", "updated")]
    faults = [f"not one {name}" for element, name in once if len(element.findall(ATOM + name)) != 1]
    faults += ["no author" for _ in [0] if feed.find(f"{ATOM}author/{ATOM}name") is None]
    moments = [element.findtext(f"{ATOM}updated", "") for element in (feed, *entries)]
    faults += [f"no moment: {moment}" for moment in moments if not MOMENT.fullmatch(moment)]
    ids = [element.findtext(f"{ATOM}id", "") for element in (feed, *entries)]
    faults += ["an id comes twice"] if len(set(ids)) < len(ids) else []
    faults += ["no absolute id" for name in ids if not re.match(r"urn:uuid:[0-9a-f-]{36}$", name)]
    alternates = [
        [link for link in e.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"] for e in entries
    ]
    faults += ["not one alternate" for links in alternates if len(links) != 1]
    known = {ATOM + name for name in ("id", "title", "updated", "author", "link", "entry", "summary")}
    return faults + [
        f"unknown {child.tag}" for element in (feed, *entries) for child in element if child.tag not in known
    ]


@pytest.mark.parametrize("address", [None, "https://www.linjiang.gov.example/jytagk/"])
def test_the_feed_is_what_the_standard_asks_for(address: str | None) -> None:
    edition = replace(EDITION, address=address)
    for seen in (record_of(small_city()), record()):
        assert atom_faults(dict(site(seen, edition))["feed.xml"]) == []


def test_a_feed_with_hostile_titles_is_valid_too() -> None:
    assert atom_faults(hostile_site()["feed.xml"]) == []


def test_the_codes_of_duties_are_explained() -> None:
    page = plain(text_of(small_site(), "data.html"))
    assert "reply 答复" in page
    assert "co 协办" in page


def test_a_download_says_in_its_name_up_to_when_it_counts() -> None:
    assert 'download="临江市建议提案清单-截至20260930.csv"' in text_of(small_site(), "data.html")


def test_every_column_and_state_is_explained() -> None:
    assert set(MEANINGS) == set(PUBLICATION.names)
    assert set(STATE_MEANINGS) == set(STATE_LABELS)
    assert {"unit", "side", "duty", "total", "done", "fallen_due", "on_time", "overdue"} <= set(RATE_MEANINGS)


# Hostile texts


def test_hostile_titles_are_only_ever_text() -> None:
    for path, content in hostile_site().items():
        if path.endswith(".html"):
            text = content.decode()
            assert "alert(1)</script>" not in text, path
            assert "<img" not in text, path
            assert set(re.findall(r"<script[^>]*>", text)) <= set(re.findall(r'<script src="[^"<>]+" defer>', text)), (
                path
            )


def test_no_page_has_invisible_or_reversing_characters() -> None:
    files = hostile_site()
    for path in (p for p in files if p.endswith((".html", ".csv", ".txt", ".xml"))):
        assert not re.search(
            "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]", text_of(files, path)
        ), path


def test_rare_and_long_titles_are_whole_on_their_page() -> None:
    files = hostile_site()
    assert page_of(files, HOSTILE["rare"])
    assert page_of(files, HOSTILE["long"])


def test_the_rows_for_the_search_cannot_end_their_script() -> None:
    for path, content in hostile_site().items():
        if path.startswith("data/rows"):
            assert b"<" not in content
            assert not re.search("[\u2028\u2029\u202e]", content.decode())


def test_a_title_without_anything_to_read_says_so() -> None:
    files = built(record([proposal("p", title="\u200b\u202e\x07")], [assigned("p")]))
    assert page_of(files, "（无可读文字）")


# Links and sums


def test_the_site_has_no_broken_link_and_every_sum_adds_up() -> None:
    assert broken_links(small_site().items()) == []
    assert site_faults(small_site().items(), EDITION.cut_off_text) == []


def test_a_missing_page_is_a_broken_link() -> None:
    gone = next(path for path in small_site() if path.startswith("units/"))
    rest = {path: content for path, content in small_site().items() if path != gone}
    assert any(fault.endswith(f"→ {gone}") for fault in broken_links(rest.items()))


@pytest.mark.parametrize(
    "link", ["https://cdn.example/x.js", "//cdn.example/x.js", "javascript:alert(1)", "nowhere.html", "#x"]
)
def test_a_link_out_of_the_site_or_to_nowhere_is_broken(link: str) -> None:
    page = f'<a href="{link}">x</a>'.encode()
    assert len(broken_links([("index.html", page)])) == 1


def test_what_the_office_names_at_the_foot_is_on_every_page_and_no_other_link_leads_out() -> None:
    elsewhere = "https://beian.miit.gov.cn/"
    edition = replace(EDITION, footer=(("网站标识码 3300000000", ""), ("某ICP备00000000号", elsewhere)))
    files = dict(site(record_of(small_city()), edition))
    for path in (p for p in files if p.endswith(".html")):
        assert "网站标识码 3300000000" in text_of(files, path)
        assert f'<a href="{elsewhere}"' in text_of(files, path)
    assert site_faults(files.items(), edition.cut_off_text, [elsewhere]) == []
    assert any(elsewhere in fault for fault in site_faults(files.items(), edition.cut_off_text))


@pytest.mark.parametrize(("address", "base"), [(None, "/"), ("https://www.linjiang.gov.example/a/b", "/a/b/")])
def test_the_page_for_what_is_not_there_works_at_any_address(address: str | None, base: str) -> None:
    edition = replace(EDITION, address=address)
    files = dict(site(record_of(small_city()), edition))
    links = re.findall(r'(?:href|src)="([^"#]+)"', text_of(files, "404.html"))
    assert all(link.startswith(base) and link.removeprefix(base) in files for link in links)
    assert site_faults(files.items(), edition.cut_off_text, base=edition.base) == []


def test_a_link_to_a_place_in_a_page_needs_that_place() -> None:
    files = [("a/x.html", b'<a href="../y.html#here">x</a>'), ("y.html", b'<h2 id="here">y</h2>')]
    assert broken_links(files) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (r'(data-part="states">)1<', r"\g<1>2<", "不等于合计"),
        (r'(data-whole="y-listed">)4<', r"\g<1>5<", "不等于合计"),
        (r'(data-share="3/4">)75.00%<', r"\g<1>75.01%<", "写成了"),
        (r"(data-listed>)4<", r"\g<1>5<", "不一致"),
        ("2026年9月30日8时30分", "某日", "没有写明截止时间"),
    ],
)
def test_a_number_that_contradicts_another_is_found(old: str, new: str, fault: str) -> None:
    page, changes = re.subn(old, new, text_of(small_site(), "index.html"))
    assert changes
    faults = site_faults({**small_site(), "index.html": page.encode()}.items(), EDITION.cut_off_text)
    assert any(fault in said for said in faults)


# Withdrawal


def test_a_withdrawn_page_says_so_and_nothing_else() -> None:
    known, path = small_city(), ""
    before = built(record_of(known))
    path = next(p for p in before if p.startswith("proposals/") and "背街小巷" in text_of(before, p))
    hidden = known.proposals["proposal_id"] == "R2025-0007"
    later = replace(
        known, proposals=known.proposals.assign(is_confidential=known.proposals["is_confidential"].mask(hidden, True))
    )
    seen = record_of(later)
    withdrawn = withdrawn_pages(seen, before, {})
    after = built(seen, withdrawn=withdrawn)
    assert withdrawn == {path: date(2026, 9, 30)}
    assert "本页内容已撤回公开" in text_of(after, path)
    assert not [p for p, content in after.items() if "背街小巷".encode() in content or b"R2025-0007" in content]
    assert site_faults(after.items(), EDITION.cut_off_text) == []


def test_a_withdrawn_page_keeps_its_day_until_it_is_public_again() -> None:
    seen = record_of(small_city())
    there = "proposals/" + seen.proposals["page"].iloc[0][:2] + "/" + seen.proposals["page"].iloc[0][2:] + ".html"
    earlier = {"proposals/aa/bb.html": date(2026, 8, 1), there: date(2026, 8, 1)}
    assert withdrawn_pages(seen, ["index.html", "list/2.html"], earlier) == {"proposals/aa/bb.html": date(2026, 8, 1)}
