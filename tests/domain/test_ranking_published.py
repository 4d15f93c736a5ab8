"""Figures that real offices printed, from the counts that they printed beside them.

Each names who published it, where and when. Where only a copy on another site could be found the place is not named: the
text says nothing of it. The links are to public pages, seen in a stored copy; nothing here reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tasks.domain.errors import DocumentError
from tasks.domain.ranking import added_up, percentage


@dataclass(frozen=True)
class Published:
    """Shares of ``total`` as they were printed, by count; a whole number was printed without decimals."""

    where: str
    total: int
    printed: dict[int, str]


COPY = "转载，原站未见"
REPRODUCED = {
    "九届全国人大五次会议建议": Published(
        "中国新闻社2003-01-29，chinanews.com.cn/n/2003-01-29/26/268631.html", 4287, {3096: "72.2"}
    ),
    "武汉市政协十一届三次会议提案，交办": Published(
        "武汉晨报2009-12-24，cnhubei.com/xwzt/2010zt/whlh2010/kb/201001/t917142.shtml", 835, {801: "95.9"}
    ),
    "武汉市政协十一届三次会议提案，采纳": Published("同上", 801, {564: "70.41"}),
    "日照市政协八届一次会议提案，立案": Published(
        "日照日报2009-01，rznews.cn/viscms/rizhaoxinwen0271/2009-01-1345865.html", 187, {175: "93.6"}
    ),
    "日照市政协八届一次会议提案，分类": Published("同上", 175, {94: "53.7", 36: "20.6", 45: "25.7"}),
    "迪庆州政协十届三次会议提案": Published(f"2009-01-12，{COPY}", 89, {26: "29.21", 53: "59.55", 10: "11.24"}),
    "宁夏回族自治区政协八届三次会议提案": Published(
        "新华社2006-02-08，news.sohu.com/20060208/n241713519.shtml", 466, {377: "80.9"}
    ),
    "宁波市政协十三届五次会议提案，反馈": Published(
        "宁波日报2012-03-21，news.cnnb.com.cn/system/2012/03/21/007270281.shtml", 527, {526: "99.8", 519: "98.5"}
    ),
    "青岛市政协十二届五次会议提案，立案": Published(
        "青岛网络广播电视台2016-02-19，news.qtv.com.cn/system/2016/02/19/013187735.shtml", 639, {588: "92"}
    ),
    "青岛市政协十四届五次会议提案，立案": Published(
        "青岛日报2026-01-23，epaper.guanhai.com.cn/conpaper/qdrb/h5/html5/2026-01/23/content_144591_3070945.htm",
        739,
        {544: "73.6"},
    ),
    "青岛市政协十四届五次会议提案，分类": Published(
        "同上", 544, {212: "39", 19: "3.5", 73: "13.4", 198: "36.4", 42: "7.7"}
    ),
    "青岛市政协十四届二次会议提案，分类": Published(
        "青岛日报2023-01-01，news.qingdaonews.com/qingdao/2023-01/01/content_23397229.htm",
        492,
        {155: "31.5", 97: "19.7", 59: "12", 43: "8.7"},
    ),
    "山东省政协十届四次会议提案，立案": Published(
        "中国日报2011-02-17，global.chinadaily.com.cn/dfpd/2012dflianghui/2011-02/17/content_14252638.htm",
        562,
        {532: "94.66"},
    ),
    "山东省政协十届四次会议提案，社会建设": Published("同上", 532, {213: "40.04"}),
    "山东省政协十二届一次会议提案，落实": Published(
        "大众网2019-02-13，news.bandao.cn/a/181787.html", 841, {765: "91", 76: "9"}
    ),
    "昆明市政协十三届四次会议提案，立案": Published("昆明日报2021-01-18", 578, {470: "81.31"}),
    "昆明市政协十三届四次会议提案，提案者": Published("同上", 470, {371: "78.94", 99: "21.06"}),
    "昆明市政协十三届四次会议提案，结果": Published("同上", 470, {433: "92.13", 32: "6.81", 5: "1.06"}),
    "昆明市政协十三届四次会议提案，党群政法": Published("同上", 57, {45: "79", 12: "21"}),
    "昆明市呈贡区政协三届三次会议提案，B类": Published(
        "呈贡区融媒体中心2021-01-15，new.qq.com/omn/20210115/20210115A0AO6A00.html", 23, {16: "69.6"}
    ),
    "张家界市永定区政协七届一次会议提案": Published(
        "张家界新闻网2017-12-19，zjjnews.cn/news/qxnews/yongdinnews/2017-12-19/141723.html", 145, {132: "91", 13: "9"}
    ),
    "金华市婺城区政协二届三次会议提案，采纳": Published(
        "婺城新闻网2009-10-20，jhwcw.zjol.com.cn/wcnews/system/2009/10/20/011501124.shtml", 244, {217: "88.9"}
    ),
    "铜陵市2009年建议提案": Published("铜政办〔2009〕103号，2009-10-16，法搜网所载", 185 + 261, {150: "34", 238: "53"}),
    "巴中市三届人大七次会议建议": Published(
        f"市人大人代工委2016-10-20，{COPY}",
        77,
        {22: "29", 21: "27", 13: "17", 11: "14", 10: "13", 41: "53", 33: "43"},
    ),
    "沁阳市八届人大三次会议建议": Published("出处待补", 57, {43: "75.4", 13: "22.8", 1: "1.8"}),
    "某市2020年代表建议": Published(
        COPY,
        128,
        {20: "15.6", 7: "5.5", 32: "25", 44: "34.4", 25: "19.5", 64: "50", 38: "29.7", 21: "16.4", 5: "3.9"},
    ),
    "某市政协六届一次会议提案": Published(f"2023-01-12，{COPY}", 92, {22: "23.91", 68: "73.91", 2: "2.17"}),
    "某市六届人大二次会议建议": Published(f"2024-02-28，{COPY}", 93, {33: "35.48", 2: "2.15", 4: "4.30"}),
    "某市政协十五届四次会议提案": Published(f"2026年，{COPY}", 146, {122: "84", 24: "16"}),
    "慈溪市2017年主办件答复率": Published("该市办理系统的数据，见 tests/jurisdictions/cixi", 641, {288: "44.93"}),
}
# (total, count, what was printed, what it should have been)
NOT_REPRODUCED = {
    "某市六届人大二次会议建议，甲类：末位多进一": (93, 54, "58.07", "58.06"),
    "某市六届人大二次会议建议，财政经济：截尾": (93, 25, "26.8", "26.9"),
    "某市六届人大二次会议建议，农业农村：截尾": (93, 26, "27.9", "28.0"),
    "某市六届人大二次会议建议，城建环资：截尾": (93, 13, "13.9", "14.0"),
    "某市六届人大二次会议建议，社会建设：截尾": (93, 6, "6.4", "6.5"),
    "宁波市政协十三届五次会议提案，已解决：说占591件，算的是588件": (591, 148, "25.2", "25.0"),
    "青岛市政协十四届二次会议提案，高质量发展：截尾": (492, 112, "22.7", "22.8"),
    "青岛市政协十四届二次会议提案，疫情防控：凑成百分之百": (492, 26, "5.4", "5.3"),
}


def digits_of(printed: str) -> int:
    return len(printed.partition(".")[2])


@pytest.mark.parametrize("source", REPRODUCED)
def test_published_shares_reproduce_from_their_counts(source: str) -> None:
    published = REPRODUCED[source]
    ours = {count: percentage(count, published.total, digits_of(told)) for count, told in published.printed.items()}
    assert {count: str(share) for count, share in ours.items()} == published.printed


@pytest.mark.parametrize("source", NOT_REPRODUCED)
def test_published_shares_that_half_up_rounding_does_not_give_are_named(source: str) -> None:
    total, count, printed, ours = NOT_REPRODUCED[source]
    assert str(percentage(count, total, digits_of(printed))) == ours
    assert Decimal(printed) != Decimal(ours)


def test_published_parts_that_do_not_add_up_would_have_been_refused() -> None:
    parts = {"已解决": 148, "列入计划": 364, "不能解决": 66, "留作参考": 10}
    with pytest.raises(DocumentError, match=r"已解决 148 \+ 列入计划 364 .* = 588，合计 591"):
        added_up("宁波市政协十三届五次会议提案", parts, 591)
    assert added_up("宁波市政协十三届五次会议提案", parts, 588) == 588


@pytest.mark.parametrize(
    ("what", "parts", "total"),
    [
        ("青岛市政协十四届二次会议提案", {"一": 155, "二": 112, "三": 97, "四": 59, "五": 43, "六": 26}, 492),
        ("青岛市政协十四届五次会议提案", {"经济": 212, "政治": 19, "文化": 73, "社会": 198, "生态": 42}, 544),
        ("昆明市政协十三届四次会议提案", {"甲": 433, "乙": 32, "丙": 5}, 470),
        ("随州市督查通报2019年第9期，主办单位见面率", {"达到100%": 23, "未达到": 13}, 36),
    ],
)
def test_published_parts_that_add_up_are_accepted(what: str, parts: dict[str, int], total: int) -> None:
    assert added_up(what, parts, total) == total


def test_every_published_figure_says_where_it_was_printed() -> None:
    named = [one for one in REPRODUCED.values() if COPY not in one.where and one.where != "出处待补"]
    assert len(named) >= 20
