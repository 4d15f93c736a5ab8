"""Figures that real offices printed, from the counts that they printed beside them."""

from __future__ import annotations

import pytest

from tasks.domain.errors import DocumentError
from tasks.domain.ranking import added_up, percentage

# who printed it: (digits, total, {count: printed})
REPRODUCED = {
    "九届全国人大五次会议建议": (1, 4287, {3096: "72.2"}),
    "武汉市政协十一届三次会议提案,交办": (1, 835, {801: "95.9"}),
    "武汉市政协十一届三次会议提案,采纳": (2, 801, {564: "70.41"}),
    "日照市政协八届一次会议提案,立案": (1, 187, {175: "93.6"}),
    "日照市政协八届一次会议提案,分类": (1, 175, {94: "53.7", 36: "20.6", 45: "25.7"}),
    "迪庆州政协十届三次会议提案": (2, 89, {26: "29.21", 53: "59.55", 10: "11.24"}),
    "宁夏回族自治区政协八届三次会议提案": (1, 466, {377: "80.9"}),
    "宁波市政协十三届五次会议提案,反馈": (1, 527, {526: "99.8", 519: "98.5"}),
    "青岛市政协十二届五次会议提案,立案": (0, 639, {588: "92"}),
    "巴中市三届人大七次会议建议": (0, 77, {22: "29", 21: "27", 13: "17", 11: "14", 10: "13", 41: "53", 33: "43"}),
    "沁阳市八届人大三次会议建议": (1, 57, {43: "75.4", 13: "22.8", 1: "1.8"}),
    "某市2020年代表建议": (
        1,
        128,
        {20: "15.6", 7: "5.5", 32: "25.0", 44: "34.4", 25: "19.5", 64: "50.0", 38: "29.7", 21: "16.4", 5: "3.9"},
    ),
    "某市政协六届一次会议提案": (2, 92, {22: "23.91", 68: "73.91", 2: "2.17"}),
    "某市六届人大二次会议建议": (2, 93, {33: "35.48", 2: "2.15", 4: "4.30"}),
    "某市政协十五届四次会议提案": (0, 146, {122: "84", 24: "16"}),
    "慈溪市2017年主办件答复率": (2, 641, {288: "44.93"}),
}
# (digits, total, count, what was printed, what it should have been)
NOT_REPRODUCED = {
    "某市六届人大二次会议建议,甲类:末位多进一": (2, 93, 54, "58.07", "58.06"),
    "某市六届人大二次会议建议,财政经济:截尾": (1, 93, 25, "26.8", "26.9"),
    "某市六届人大二次会议建议,农业农村:截尾": (1, 93, 26, "27.9", "28.0"),
    "某市六届人大二次会议建议,城建环资:截尾": (1, 93, 13, "13.9", "14.0"),
    "某市六届人大二次会议建议,社会建设:截尾": (1, 93, 6, "6.4", "6.5"),
    "宁波市政协十三届五次会议提案,已解决:说占591件,算的是588件": (1, 591, 148, "25.2", "25.0"),
}


@pytest.mark.parametrize("source", REPRODUCED)
def test_published_shares_reproduce_from_their_counts(source: str) -> None:
    digits, total, printed = REPRODUCED[source]
    assert {count: str(percentage(count, total, digits)) for count in printed} == printed


@pytest.mark.parametrize("source", NOT_REPRODUCED)
def test_published_shares_that_half_up_rounding_does_not_give_are_named(source: str) -> None:
    digits, total, count, printed, ours = NOT_REPRODUCED[source]
    assert (str(percentage(count, total, digits)), printed) == (ours, printed)
    assert ours != printed


def test_published_parts_that_do_not_add_up_would_have_been_refused() -> None:
    parts = {"已解决": 148, "列入计划": 364, "不能解决": 66, "留作参考": 10}
    with pytest.raises(DocumentError, match=r"已解决 148 \+ 列入计划 364 .* = 588，合计 591"):
        added_up("宁波市政协十三届五次会议提案", parts, 591)
    assert added_up("宁波市政协十三届五次会议提案", parts, 588) == 588
