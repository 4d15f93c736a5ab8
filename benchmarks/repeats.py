"""Matters raised again: time over many titles, and how often what is offered is right on the labelled set.

python -m benchmarks.repeats [--scale small|full]
"""

from __future__ import annotations

from benchmarks.measuring import ROOT, apart, line, scale, timed
from tasks.adapters.backlog_files import load_backlog
from tasks.domain.repeats import repeat_candidates
from tests.builders import facts
from tests.domain.labelled_titles import ALIKE, SAME, others, titles_by_matter

SIZES = {"quick": 500, "small": 10_000, "full": 50_000}
YEARS = 5


def known(rows: list[tuple[str, str, int]]):
    """Return facts of proposals: id, title and the year in which each was filed."""
    return facts(
        proposals=[{"proposal_id": name, "title": title, "filed_on": f"{year}-03-01"} for name, title, year in rows]
    )


def measured(titles: int) -> dict:
    """Return the seconds for one session against all earlier years, and recall and precision on the labelled set."""
    _, rules = load_backlog(ROOT / "config" / "jurisdictions" / "demo" / "backlog.yaml")
    session = known([(f"P{i}", title, 2022 + i % YEARS) for i, title in enumerate(others(titles))])
    seconds, found = timed(lambda: repeat_candidates(session, rules, year=2026))
    return {"seconds": seconds, "pairs": len(found)} | labelled(rules)


def labelled(rules) -> dict:
    """Return how many of the true pairs are offered, and how many of the offers are true, by pair and by proposal."""
    same, alike = titles_by_matter(SAME), titles_by_matter(ALIKE)
    rows = [(f"同{m}-{k}", title, 2023 + k) for m, titles in enumerate(same) for k, title in enumerate(titles)]
    rows += [(f"异{m}-{k}", title, 2025) for m, titles in enumerate(alike) for k, title in enumerate(titles) if k]
    rows += [(f"他{i}", title, 2023 + i % 3) for i, title in enumerate(others(600))]
    true = {(f"同{m}-{k}", f"同{m}-{j}") for m in range(len(same)) for k in (1, 2) for j in range(k)}
    found = repeat_candidates(known(rows), rules)
    offered = {
        pair for pair in zip(found["proposal_id"], found["earlier_id"], strict=True) if not pair[0].startswith("他")
    }
    later = {one for one, _ in true}
    return {
        "recall": len({one for one, _ in offered & true}) / len(later),
        "precision": len(offered & true) / len(offered),
        "true": len(later),
        "offered": len(offered),
    }


def main() -> None:
    """Print one line a figure."""
    titles = SIZES[scale()]
    found = apart(measured, titles)
    line(
        f"repeats: one session among {titles:,} titles",
        f"{found['seconds']:.1f} s",
        f"{found['pairs']:,} pairs offered",
    )
    line("repeats: recall on the labelled set", f"{found['recall']:.2f}", f"of {found['true']} proposals raised again")
    line("repeats: precision on the labelled set", f"{found['precision']:.2f}", f"of {found['offered']} pairs offered")


if __name__ == "__main__":
    main()
