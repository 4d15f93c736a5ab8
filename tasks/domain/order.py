"""The order of facts: by key, by code points, whatever the order in which a source or a database gives them."""

from __future__ import annotations

import pandas as pd

from tasks.domain.frames import CANONICAL, Facts, FrameSpec


def in_key_order(facts: Facts) -> Facts:
    """Return the facts with every frame sorted by its key, rows numbered from 0; the same frames where they are already."""
    frames = facts.frames()
    return Facts(**{spec.name: _sorted(frames[spec.name], spec) for spec in CANONICAL})


def _sorted(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    key = frame[spec.key[0]].array
    if len(spec.key) > 1 or isinstance(frame[spec.key[0]].dtype, pd.CategoricalDtype):
        return frame.sort_values(list(spec.key), kind="stable", ignore_index=True)
    if (key[1:] > key[:-1]).all():
        return frame.reset_index(drop=True)
    return frame.take(key.argsort()).reset_index(drop=True)
