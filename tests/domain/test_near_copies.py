"""Near copies among many texts, against comparing each with each."""

from __future__ import annotations

import random
from time import perf_counter

import pytest

from tasks.domain.near_copies import near_copies

SIGNS = [chr(code) for code in range(0x4E00, 0x5600)]


def text(length, seed):
    return "".join(random.Random(seed).choices(SIGNS, k=length))


def changed(whole, count, seed):
    signs, chance = list(whole), random.Random(seed)
    for place in chance.sample(range(len(signs)), count):
        signs[place] = chance.choice(SIGNS)
    return "".join(signs)


def slow_similarity(one, other):
    runs = [{whole[i : i + 4] for i in range(len(whole) - 3)} for whole in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def test_similarity_is_the_share_of_runs_in_common():
    one = text(400, 1)
    other = changed(one, 9, 2)
    found = near_copies([one, text(400, 3), other], 0.5)
    assert found[["one", "other"]].to_numpy().tolist() == [[0, 2]]
    assert found["similarity"].tolist() == [pytest.approx(slow_similarity(one, other))]


def test_of_many_copies_each_is_paired_with_the_first():
    found = near_copies([text(200, 1), text(200, 2), text(200, 1), text(200, 1)], 0.9)
    assert found[["one", "other"]].to_numpy().tolist() == [[0, 2], [0, 3]]


def test_nearly_all_copies_are_found_and_nothing_else():
    originals = [text(300, seed) for seed in range(200)]
    copies = [changed(whole, 10, seed) for seed, whole in enumerate(originals)]
    found = near_copies(originals + copies, 0.7)
    expected = {i for i in range(200) if slow_similarity(originals[i], copies[i]) >= 0.7}
    assert set(found["one"]) <= expected
    assert (found["other"] == found["one"] + 200).all()
    assert len(found) >= 0.97 * len(expected)


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["我们", "我们"]])
def test_texts_too_short_to_tell_are_like_none(texts):
    assert near_copies(texts, 0.5).empty


def test_ten_thousand_replies_take_seconds():
    texts, began = [text(500, seed) for seed in range(10_000)], perf_counter()
    assert near_copies(texts, 0.75).empty
    assert perf_counter() - began < 30
