"""A process killed anywhere between planning and recording loses nothing and sends nothing twice.

One real kill for each stage; ``benchmarks/delivery_kills.py`` kills at every point.
"""

import pytest

from benchmarks.delivery_kills import count_points, kill_at, worlds

STAGES = ["recover", "plan", "queue", "claim", "connect", "MAIL", "RCPT", "DATA", "body", "answer", "record"]


@pytest.fixture(scope="module")
def world():
    with worlds(units=2, postgresql=None) as (found,):
        yield found


@pytest.fixture(scope="module")
def night(world):
    """The stage of every point of an undisturbed night, and the mails that it delivers."""
    stages = count_points(world)
    return stages, set(world.delivered())


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_loses_nothing_and_doubles_nothing(world, night, stage) -> None:
    stages, expected = night
    points = [number for number, name in enumerate(stages, start=1) if name == stage]
    outcome = kill_at(world, points[len(points) // 2], expected)
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.most_uncertain <= 1


def test_the_undisturbed_night_is_worth_killing(night) -> None:
    stages, expected = night
    assert len(expected) == 8
    assert set(STAGES) <= set(stages)
