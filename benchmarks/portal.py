"""The public site of large cities: how long it takes to build, how large it is, and how it feels in a browser.

Run ``python -m benchmarks.portal [--scale full] [PROPOSALS …]`` (10,000 by default; ``full`` adds 100,000, which takes some
minutes). Without Chromium only the building is measured. Numbers of one run; a busy machine shows larger ones.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks import synthetic
from benchmarks.measuring import SCALES
from reports.portal_checks import site_faults
from reports.publications import Edition, site
from tasks.adapters.disclosure_files import load_disclosure
from tasks.adapters.settings import ROOT
from tasks.adapters.site import About, SiteFolder
from tasks.domain.cases import cases
from tasks.domain.frames import REPLY_TEXTS, Facts
from tasks.domain.obligations import obligations
from tasks.domain.public_frames import PublicRecord
from tasks.domain.public_record import disclosed, public_record
from tests.builders import LIMITS, PLAIN_CALENDAR, rule_book

CHROMIUM = Path("/usr/bin/chromium")
CUT_OFF = datetime(
    synthetic.TODAY.year, synthetic.TODAY.month, synthetic.TODAY.day, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")
)
PARAGRAPH = (
    "经认真研究，现答复如下：一是加强组织领导，明确任务分工；二是加大投入，补齐短板；三是健全机制，长效管理。" * 3
)
WORDS = ("停车", "教育", "养老", "道路", "医疗", "环境", "公交", "供水")
EDITION = Edition("临江市", "临江市人民政府督查室", synthetic.TODAY, CUT_OFF)


def facts(proposals: int) -> Facts:
    """Return synthetic facts with titles worth searching, proposers, and a text for every reply."""
    bare = synthetic.facts(proposals)
    word = np.array(WORDS)[np.arange(proposals) % len(WORDS)]
    title = (
        "关于进一步改善"
        + pd.Series(word)
        + "设施的建议（"
        + bare.proposals["proposal_id"].reset_index(drop=True)
        + "）"
    )
    named = bare.proposals.assign(title=title.to_numpy(), topic=word, lead_proposer="周远", is_confidential=False)
    replies = bare.events.loc[bare.events["kind"] == "reply_issued", ["event_id"]]
    texts = REPLY_TEXTS.typed(replies.assign(text="周远代表：\n" + PARAGRAPH).reset_index(drop=True))
    return Facts(bare.units, bare.contacts, named, bare.assignments, bare.events, texts)


SIZES = {"quick": [200], "small": [10_000], "full": [10_000, 100_000]}
RULES = load_disclosure(ROOT / "config" / "jurisdictions" / "demo" / "disclosure.yaml", LIMITS)
POLICY = replace(RULES.policy, signed_off_only=False)


def record(known: Facts) -> PublicRecord:
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, synthetic.TODAY)
    return public_record(known, owed, cases(known, owed, synthetic.TODAY), POLICY, synthetic.TODAY)


def told(what: str, start: float) -> float:
    now = time.perf_counter()
    print(f"  {what:<34}{now - start:>9.2f} s")
    return time.perf_counter()


def measure(proposals: int, root: Path) -> None:
    print(f"\n{proposals:,} proposals")
    known = facts(proposals)
    clock = time.perf_counter()
    seen = record(known)
    clock = told("obligations, cases, disclosure", clock)
    folder = SiteFolder(root / str(proposals))
    about = About(synthetic.TODAY, CUT_OFF, disclosed=disclosed(seen, POLICY))
    version = folder.stage(site(seen, EDITION), about, CUT_OFF + timedelta(seconds=proposals))
    clock = told("render and write", clock)
    faults = site_faults(folder.read(version.name), EDITION.cut_off_text)
    clock = told(f"read back and check ({len(faults)} faults)", clock)
    folder.show(version.name, 1)
    told("show", clock)
    sizes = [path.stat().st_size for path in folder.current.rglob("*") if path.is_file()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {len(sizes):,} files, {sum(sizes) / 1e6:,.0f} MB; peak memory {peak:,.0f} MB")
    rows = [path.stat().st_size for path in (folder.current / "data").glob("rows.*.js")]
    print(f"  rows for the search: {len(rows)} files, {sum(rows) / 1e6:.1f} MB, largest {max(rows) / 1e6:.2f} MB")
    if CHROMIUM.exists():
        browse(folder.current)


ASK = """words => {
  const field = document.getElementById('q'), times = [];
  for (const word of words) {
    field.value = word;
    const start = performance.now();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    document.body.offsetHeight;
    times.push(performance.now() - start);
  }
  return times;
}"""
LOADED = "() => /^共 \\\\d+ 件$/.test(document.getElementById('status').textContent)"


def browse(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = chromium.new_page()
        page.goto("about:blank")
        for name in ("index.html", "list.html"):
            start = time.perf_counter()
            page.goto(f"{folder.as_uri()}/{name}")
            if name == "list.html":
                page.wait_for_function(LOADED.replace("\\\\", "\\"), timeout=120_000)
            told(f"{name} ready (from disk)", start)
        print(f"  {page.evaluate('document.getElementById(`status`).textContent')}; ", end="")
        print(f"DOM nodes: {page.evaluate('document.getElementsByTagName(`*`).length')}")
        times = page.evaluate(ASK, [*WORDS, "停车 单位", "00000123", "没有", ""])
        print(f"  a search: median {sorted(times)[len(times) // 2]:.1f} ms, slowest {max(times):.1f} ms")
        start = time.perf_counter()
        page.select_option("#year", "")
        page.wait_for_function(LOADED.replace("\\\\", "\\"), timeout=120_000)
        told("all years", start)
        times = page.evaluate(ASK, [*WORDS, "停车 单位", "00000123", "没有", ""])
        print(f"  a search in all: median {sorted(times)[len(times) // 2]:.1f} ms, slowest {max(times):.1f} ms")
        chromium.close()


def main(sizes: list[int]) -> None:
    root = Path(tempfile.mkdtemp(prefix="portal-"))
    try:
        for size in sizes:
            measure(size, root)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", choices=SCALES, default="small")
    parser.add_argument("proposals", nargs="*", type=int)
    given = parser.parse_args()
    main(given.proposals or SIZES[given.scale])
