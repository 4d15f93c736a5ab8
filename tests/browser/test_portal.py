"""The portal in a real browser: from disk and from a web server, by keyboard, without scripts, in light and dark."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from pypdf import PdfReader

from reports.publications import site
from tasks.adapters.web import web_server
from tests.reports.portal_facts import EDITION, assigned, proposal, record, replied
from tests.servers import absent

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The 119th sign is of the rare ones that are two halves for a script.
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e反写的标题" + "很长𪚥" * 300
WITHDRAWN = "proposals/ab/0123456789abcd.html"
SIZE = 120
PAGES = ["index.html", "list.html", "list/2.html", "units.html", "years.html", "years/2026.html", "data.html", "about.html",
         "summary.html"]  # fmt: skip


def many() -> list[tuple[str, bytes]]:
    """A site of 121 proposals of two years; every third is overdue, the last has a hostile title."""
    rows = [
        proposal(
            f"{'R' if number % 2 else 'Z'}{2026 - number % 2}-{number:04}",
            number=str(number),
            kind="deputy_suggestion" if number % 2 else "cppcc_proposal",
            title=f"关于完善第{number}号{'停车' if number % 5 == 0 else '养老'}设施的建议",
            topic="城乡建设" if number % 5 == 0 else "民政",
            filed_on=f"{2026 - number % 2}-02-01",
            disclosure="title_only" if number == 7 else "open",
        )
        for number in range(1, SIZE + 1)
    ]
    rows.append(proposal("R2026-9999", number="9999", title=HOSTILE, lead_proposer="<b>周远</b>"))
    given = [
        assigned(row["proposal_id"], "edu" if place % 3 else "qy", assigned_on=f"{row['filed_on'][:4]}-03-10")
        for place, row in enumerate(rows)
    ]
    answered = [(row, unit) for place, (row, unit) in enumerate(zip(rows, given, strict=True)) if place % 3]
    events = [
        replied(row["proposal_id"], unit["unit_id"], on=f"{row['filed_on'][:4]}-05-{1 + place % 28:02}")
        for place, (row, unit) in enumerate(answered)
    ]
    texts = [{"event_id": event["event_id"], "text": f"答复全文：\n{HOSTILE}"} for event in events]
    return list(site(record(rows, given, events, texts), EDITION, withdrawn={WITHDRAWN: date(2026, 9, 1)}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("portal")
    for path, content in many():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    server = web_server(folder, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        absent(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=["file", pytest.param("http", marks=pytest.mark.slow)])
def base(request: pytest.FixtureRequest, folder: Path, served: str) -> str:
    return served if request.param == "http" else f"{folder.as_uri()}/"


@dataclass
class Heard:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., tuple[Page, Heard]]]:
    contexts = []

    def open_page(address: str, width: int = 1280, **options: Any) -> tuple[Page, Heard]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page, heard = context.new_page(), Heard()
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("console", lambda said: heard.complaints.append(said.text))
        page.on("pageerror", lambda error: heard.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (heard.complaints.append("a dialog opened"), dialog.dismiss()))
        page.goto(address)
        return page, heard

    yield open_page
    for context in contexts:
        context.close()


def found(page: Page, count: int) -> None:
    expect(page.get_by_role("status")).to_have_text(f"共 {count} 件")


def titles(page: Page) -> list[str]:
    return page.locator(".list tbody td.title a").all_inner_texts()


def badges(page: Page) -> list[str]:
    return page.locator(".list tbody .badge").all_inner_texts()


# Search, filters, sorting


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("停车", 24),
        ("停车 教育", 16),
        ("停车　青云县", 8),
        ("第15号", 1),
        ("１５号停车", 2),
        ("r2026-9999", 1),
        ("没有这个", 0),
    ],
)
def test_search_finds_all_words_in_any_width_and_case(opened: Any, base: str, words: str, count: int) -> None:
    page, _ = opened(f"{base}list.html")
    found(page, SIZE + 1)
    page.get_by_label("关键词").fill(words)
    if count:
        found(page, count)
    else:
        expect(page.get_by_role("status")).to_contain_text("没有符合条件的件")


@pytest.mark.parametrize(
    ("label", "option", "count"),
    [
        ("类别", "政协提案", 60),
        ("承办单位", "青云县人民政府", 41),
        ("主题", "民政", 95),
        ("状态", "超期未答复", 41),
        ("年度", "2025年", 60),
    ],
)
def test_each_filter_narrows_the_list(opened: Any, base: str, label: str, option: str, count: int) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label(label).select_option(label=option)
    found(page, count)


def test_filters_work_together_and_can_be_cleared(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label("类别").select_option(label="政协提案")
    page.get_by_label("状态").select_option(label="超期未答复")
    found(page, 20)
    page.get_by_role("button", name="清除条件").click()
    found(page, SIZE + 1)


def test_the_list_sorts_by_its_heads_in_both_directions(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    found(page, SIZE + 1)
    head = page.get_by_role("columnheader", name="答复日期")
    days = page.locator(".list tbody td.replied")
    head.get_by_role("button").click()
    assert days.all_inner_texts() == sorted(days.all_inner_texts(), reverse=True)
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").click()
    assert days.all_inner_texts() == sorted(days.all_inner_texts())
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_the_longest_overdue_come_first_when_asked_for(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label("排序").select_option(label="超期最久")
    expect(page.locator(".list tbody .badge").first).to_have_text("超期477天")
    assert badges(page)[40:43] == ["超期112天", "按期答复", "按期答复"]


def test_pages_turn_and_keep_what_was_asked_for(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label("主题").select_option(label="民政")
    found(page, 95)
    first = titles(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager .at")).to_have_text("2")
    assert len(titles(page)) == 45
    page.go_back()
    expect(page.locator(".pager .at")).to_have_text("1")
    assert titles(page) == first


def test_a_search_can_be_sent_as_an_address(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label("关键词").fill("停车")
    page.get_by_label("状态").select_option(label="超期未答复")
    found(page, 8)
    other, _ = opened(page.url)
    found(other, 8)
    expect(other.get_by_label("关键词")).to_have_value("停车")


def test_the_overview_searches_the_list(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}index.html")
    page.get_by_label("查一查您关心的建议提案").fill("停车")
    page.get_by_role("button", name="检索").click()
    found(page, 24)
    page.get_by_label("状态").select_option(label="超期未答复")
    found(page, 8)


def test_from_the_list_to_a_proposal_and_back_to_the_same_search(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    page.get_by_label("关键词").fill("第15号")
    found(page, 1)
    page.locator(".list tbody a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("关于完善第15号停车设施的建议")
    page.go_back()
    found(page, 1)
    expect(page.get_by_label("关键词")).to_have_value("第15号")


def test_rows_that_the_script_draws_are_those_of_the_page_without_it(opened: Any, base: str) -> None:
    drawn, _ = opened(f"{base}list.html#q=")
    found(drawn, SIZE + 1)
    written, _ = opened(f"{base}list.html", java_script_enabled=False)
    rows = [page.locator(".list tbody").evaluate("e => e.innerText") for page in (drawn,)]
    assert rows == [written.locator(".list tbody").inner_text()]
    links = "es => es.map(e => e.getAttribute('href'))"
    assert drawn.locator(".list tbody a").evaluate_all(links) == [
        link.get_attribute("href") for link in written.locator(".list tbody a").all()
    ]


def test_rows_that_cannot_be_loaded_are_said_to_be_missing(opened: Any, folder: Path, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/data/rows.*.js", lambda route: route.abort())
    page.goto(f"{folder.as_uri()}/list.html")
    expect(page.get_by_role("status")).to_contain_text("请刷新")
    assert len(titles(page)) == 50
    context.close()


def test_from_a_unit_to_a_search_among_what_it_handles(opened: Any, base: str, folder: Path) -> None:
    unit = next(
        path for path in folder.glob("units/*.html") if "青云县人民政府</h1>" in path.read_text(encoding="utf-8")
    )
    page, _ = opened(f"{base}units/{unit.name}")
    page.get_by_role("link", name="在办理清单中检索本单位的件").click()
    found(page, 41)
    page.get_by_label("状态").select_option(label="超期未答复")
    expect(page.get_by_label("承办单位")).not_to_have_value("")


def test_from_a_proposal_to_others_of_its_topic(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html#q=第15号")
    found(page, 1)
    page.locator(".list tbody a").click()
    page.get_by_role("link", name="城乡建设").click()
    found(page, 25)


@pytest.mark.parametrize(
    "asked", ["unit=gone&state=x&sort=y", "page=99", "page=-1", "page=x", "year=1999", "__proto__=1"]
)
def test_an_address_that_asks_for_what_is_not_there_still_shows_the_list(opened: Any, folder: Path, asked: str) -> None:
    page, heard = opened(f"{folder.as_uri()}/list.html#{asked}")
    found(page, SIZE + 1)
    assert len(titles(page)) > 0
    assert heard.complaints == []


# By keyboard, without scripts, on paper


def test_everything_can_be_done_by_keyboard(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html")
    found(page, SIZE + 1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("民政")
    page.keyboard.press("Control+a")
    page.keyboard.type("养老")
    found(page, 96)
    tab_until(page, "下一页")
    page.keyboard.press("Enter")
    expect(page.locator(".pager .at")).to_have_text("2")
    assert focused(page) == "上一页"
    page.keyboard.press("Enter")
    expect(page.locator(".pager .at")).to_have_text("1")
    assert focused(page) == "下一页"


def test_the_skip_link_leaves_the_search_as_it_is(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html#topic=民政")
    found(page, 95)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("主题")).to_have_value("民政")
    found(page, 95)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def tab_until(page: Page, name: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if focused(page) == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_without_scripts_every_proposal_can_be_reached(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html", java_script_enabled=False)
    seen = titles(page)
    expect(page.locator("form")).to_be_hidden()
    while page.locator(".next[href]").count():
        page.locator(".next").click()
        seen += titles(page)
    assert len(set(seen)) == SIZE + 1
    page.locator(".list tbody a").first.click()
    expect(page.locator("article.proposal h1")).to_be_visible()


def test_the_newspaper_page_prints_on_one_sheet(opened: Any, folder: Path) -> None:
    page, _ = opened(f"{folder.as_uri()}/summary.html")
    assert len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1


def test_on_paper_the_list_says_what_was_asked_for_and_which_page_it_is(opened: Any, folder: Path) -> None:
    page, _ = opened(f"{folder.as_uri()}/list.html#kind=deputy_suggestion&sort=-late")
    expect(page.get_by_role("status")).to_contain_text("共")
    assert page.locator("#asked").is_hidden()
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = normalize("NFKC", "".join(sheet.extract_text() for sheet in printed)).replace(" ", "")
    assert "类别:人大代表建议;排序:超期最久" in text
    assert "第1/2" in text


# Safe


def all_kinds(folder: Path) -> list[str]:
    proposals = sorted(folder.glob("proposals/*/*.html"))
    hostile = next(path for path in proposals if "onerror" in path.read_text(encoding="utf-8"))
    chosen = [*proposals[:2], hostile, sorted(folder.glob("units/*.html"))[0]]
    return [*PAGES, WITHDRAWN, *(path.relative_to(folder).as_posix() for path in chosen)]


def test_no_page_asks_for_anything_outside_or_breaks_its_own_policy(opened: Any, base: str, folder: Path) -> None:
    page, heard = opened(f"{base}index.html")
    for path in all_kinds(folder):
        page.goto(base + quote(path))
    page.goto(f"{base}list.html#q=9999")
    found(page, 1)
    assert heard.complaints == []
    assert [address for address in heard.requests if not address.startswith(base)] == []


def test_a_hostile_title_is_shown_as_it_reads(opened: Any, base: str) -> None:
    page, heard = opened(f"{base}list.html#q=9999")
    found(page, 1)
    assert titles(page)[0].startswith("</script><img src=x onerror=alert(1)>反写的标题很长")
    shown = HOSTILE.replace("\u202e", "")
    assert titles(page)[0] == shown[:119] + "…"
    page.locator(".list tbody a").click()
    expect(page.locator("h1")).to_have_text(HOSTILE.replace("\u202e", ""))
    assert page.locator("main img, main script").count() == 0
    assert heard.complaints == []


def test_a_script_that_is_not_the_sites_own_does_not_run(opened: Any, base: str) -> None:
    page, heard = opened(f"{base}list.html")
    with suppress(Error):
        page.add_script_tag(content="window.intruder = true")
    assert page.evaluate("window.intruder") is None
    assert any("Content Security Policy" in said for said in heard.complaints)


# Readable


LOOKS = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark"}, id="dark", marks=pytest.mark.slow),
    pytest.param({"color_scheme": "light", "width": 375}, id="mobile", marks=pytest.mark.slow),
    pytest.param({"color_scheme": "dark", "width": 800}, id="tablet", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_fault_on_any_kind_of_page(opened: Any, folder: Path, look: dict[str, Any]) -> None:
    page, _ = opened(f"{folder.as_uri()}/index.html", **look)
    for path in all_kinds(folder):
        page.goto(f"{folder.as_uri()}/{path}")
        if path == "list.html":
            found(page, SIZE + 1)
        faults = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in faults] == [], path


def test_the_responsible_persons_are_seen_on_a_small_screen(opened: Any, base: str) -> None:
    page, _ = opened(f"{base}list.html#q=第15号", width=375)
    found(page, 1)
    page.locator(".list tbody a").click()
    for name in ("林晓东", "基础教育科", "吴淑珍"):
        box = page.locator(".persons").get_by_text(name).bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= 375
    cell = page.locator(".persons td[data-label]").first
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == '"主管领导"'


def test_the_page_for_what_is_not_there_is_whole_at_any_depth(opened: Any, served: str) -> None:
    page, heard = opened(f"{served}proposals/zz/gone.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这一页")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert [said for said in heard.complaints if "404" not in said] == []
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="办理清单").first.click()
    found(page, SIZE + 1)


@pytest.mark.parametrize("width", [320, 375, 800])
def test_no_page_is_wider_than_the_screen(opened: Any, folder: Path, width: int) -> None:
    page, _ = opened(f"{folder.as_uri()}/index.html", width=width)
    for path in all_kinds(folder):
        page.goto(f"{folder.as_uri()}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_list_stays_small_for_the_browser(opened: Any, folder: Path) -> None:
    page, _ = opened(f"{folder.as_uri()}/list.html")
    found(page, SIZE + 1)
    assert page.evaluate("document.getElementsByTagName('*').length") < 800
