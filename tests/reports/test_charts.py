from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from reports.charts import (
    Bar,
    Two,
    column_chart,
    paired_chart,
    rate_chart,
    stage_chart,
    trend_chart,
)
from reports.fonts import find_fonts

FONTS = find_fonts()
BARS = (Bar("交办", 10, "10件（100.00%）"), Bar("答复", 4, "4件（40.00%）"))
WEEKS = tuple((date(2026, 7, 3) + timedelta(7 * week), 5 * week) for week in range(4))
MONTHS = (Two("3月", 10, 0), Two("4月", 0, 4))
CHARTS = {
    "stages": lambda: stage_chart(BARS, FONTS),
    "columns": lambda: column_chart(BARS, FONTS),
    "trend": lambda: trend_chart(WEEKS, FONTS),
    "rates": lambda: rate_chart(BARS, FONTS),
    "pairs": lambda: paired_chart(MONTHS, FONTS, "每月交办与答复", names=("交办", "答复")),
}


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_values_give_the_same_bytes(name):
    assert CHARTS[name]() == CHARTS[name]()


def test_threads_draw_side_by_side():
    alone = [draw() for draw in CHARTS.values()]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda draw: draw(), [*CHARTS.values()] * 3))
    assert together == alone * 3


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_has_200_dots_per_inch_and_no_outside_reference(name):
    chart = CHARTS[name]()
    image = Image.open(BytesIO(chart.png))
    assert image.info["dpi"][0] == pytest.approx(200, abs=0.1)
    assert "<image" not in chart.svg.decode()
    assert ElementTree.fromstring(chart.svg).tag.endswith("svg")


@pytest.mark.parametrize("name", CHARTS)
def test_the_words_for_a_picture_say_every_value(name):
    shown = {"trend": ("7月3日0件", "7月24日15件"), "pairs": ("3月交办10件、答复0件", "4月交办0件、答复4件")}
    for words in shown.get(name, ("交办10件（100.00%）", "答复4件（40.00%）")):
        assert words in CHARTS[name]().alt


@pytest.mark.parametrize(
    "empty",
    [
        lambda: stage_chart((), FONTS),
        lambda: stage_chart((Bar("交办", 0, "0件"),), FONTS),
        lambda: column_chart((Bar("1—7天", 0, "0件"),), FONTS),
        lambda: trend_chart(WEEKS[:1], FONTS),
        lambda: rate_chart((), FONTS),
        lambda: paired_chart((Two("3月", 0, 0),), FONTS, "每月交办与答复"),
    ],
)
def test_nothing_to_show_is_no_picture(empty):
    assert empty() is None


def test_a_name_with_dollar_signs_is_no_formula():
    assert rate_chart((Bar("市$\\frac$局", 50, "$\\frac$"),), FONTS) is not None


def test_other_values_give_another_picture():
    assert stage_chart(BARS, FONTS) != stage_chart((BARS[0], Bar("答复", 5, "5件（50.00%）")), FONTS)


def test_a_rate_of_zero_is_drawn_without_a_bar_but_with_its_words():
    assert "市甲局0.00%（0/5）" in rate_chart((Bar("市甲局", 0, "0.00%（0/5）"),), FONTS).alt
