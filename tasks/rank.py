"""Rank the units on a day, and keep the ranking with what it was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.frame_files import frame_of, parquet_bytes
from tasks.adapters.ledger import rankings
from tasks.adapters.ledger.rankings import Ranking
from tasks.adapters.ranking_files import RankingSchemes, load_ranking
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import Facts
from tasks.domain.ranking import RANKING, ranking, with_types
from tasks.domain.ranking_explanation import explain_unit
from tasks.domain.ranking_measures import current_proposals
from tasks.domain.ranking_scheme import RankingScheme
from tasks.export import Day, Export, computed_day, export


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking with its frame, its scheme and the assessment it speaks of."""

    record: Ranking
    frame: pd.DataFrame
    scheme: RankingScheme
    assessed: Assessed


@task(name="排名", task_run_name="排名 {assessment_id}", cache_policy=NO_CACHE)
def rank(jurisdiction: str, assessment_id: str, scheme: str | None, made_at: datetime) -> str:
    """Store the ranking of an assessed day by that scheme (the default one if None); return the ranking's id."""
    workplace = open_workplace(jurisdiction)
    made = rank_assessed(workplace, load_assessed(workplace, assessment_id), scheme, made_at)
    ranked = int(made.frame["rank"].notna().sum())
    get_run_logger().info("排名 %s：%d 个单位，其中 %d 个有名次", made.record.ranking_id, len(made.frame), ranked)
    return made.record.ranking_id


def rank_assessed(workplace: Workplace, assessed: Assessed, scheme: str | None, made_at: datetime) -> Ranked:
    """Return the ranking of an assessed day, stored in the archive and the ledger."""
    about = assessed.record
    chosen = schemes_of(workplace).scheme(scheme, about.as_of)
    criticisms = criticisms_of(workplace, assessed.facts, chosen, about.as_of)
    given = (assessed.facts, assessed.obligations, chosen, workplace.calendar(), about.as_of, about.known_at)
    frame = ranking(*given, criticisms=criticisms)
    made = Ranking(
        rankings.ranking_id(about.assessment_id, chosen.version, criticisms),
        workplace.name,
        about.assessment_id,
        about.as_of,
        chosen.name,
        chosen.version,
        criticisms,
        workplace.archive.put(parquet_bytes(frame)),
        made_at,
    )
    return Ranked(rankings.record(workplace.ledger, made), frame, chosen, assessed)


def load_ranked(workplace: Workplace, ranking_id: str) -> Ranked:
    """Return a stored ranking; ``ConfigurationError`` if its scheme has been changed in place since."""
    record = rankings.by_id(workplace.ledger, ranking_id)
    schemes = schemes_of(workplace)
    scheme = schemes.scheme(record.scheme, record.as_of)
    if scheme.version != record.scheme_version:
        raise ConfigurationError(
            schemes.where,
            f"排名 {ranking_id} 用的是方案 {record.scheme_version}，现在是 {scheme.version}",
            "修订方案请另加一条新的 from，不要改旧的。",
        )
    frame = with_types(frame_of(workplace.archive.get(record.ranking_hash)))
    return Ranked(record, frame, scheme, load_assessed(workplace, record.assessment_id))


def schemes_of(workplace: Workplace) -> RankingSchemes:
    """Return the jurisdiction's ranking schemes and the terms of its circular."""
    return load_ranking(workplace.jurisdiction.folder / "ranking.yaml", workplace.jurisdiction.rules.duties)


def criticisms_of(workplace: Workplace, facts: Facts, scheme: RankingScheme, as_of: date) -> Mapping[str, int]:
    """Return by unit how many criticisms the office has sent on the proposals that count."""
    current = set(current_proposals(facts, scheme, as_of))
    sent = rankings.sent_criticisms(workplace.ledger, workplace.name, as_of)
    return dict(sorted(Counter(unit for proposal, unit in sent if proposal in current).items()))


def export_ranking(
    jurisdiction: str, scheme: str | None, as_of: date | None, known_at: datetime | None, path: Path, now: datetime
) -> int:
    """Write the day's ranking to ``path`` (.csv, .parquet or .xlsx) and return its number of rows."""
    return export(Export(RANKING, lambda day: day_ranking(day, scheme)), jurisdiction, as_of, known_at, path, now)


def day_ranking(day: Day, scheme: str | None = None) -> pd.DataFrame:
    """Return the ranking of a computed day."""
    chosen = schemes_of(day.workplace).scheme(scheme, day.as_of)
    criticisms = criticisms_of(day.workplace, day.facts, chosen, day.as_of)
    return ranking(day.facts, day.obligations, chosen, day.calendar, day.as_of, day.known_at, criticisms)


def explain_ranked_unit(
    jurisdiction: str, unit: str, scheme: str | None, as_of: date | None, known_at: datetime | None, now: datetime
) -> str:
    """Return, in Chinese, why the unit (its id or its name) is ranked where it is; unknown units are wrong use."""
    day = computed_day(open_workplace(jurisdiction), as_of, known_at, now)
    chosen = schemes_of(day.workplace).scheme(scheme, day.as_of)
    names = day.facts.units.set_index("name")["unit_id"].to_dict()
    try:
        return explain_unit(
            day.facts,
            day.obligations,
            chosen,
            day.calendar,
            names.get(unit, unit),
            day.as_of,
            known_at,
            day.workplace.jurisdiction.rules.labels,
            criticisms_of(day.workplace, day.facts, chosen, day.as_of),
            day.workplace.jurisdiction.groups,
        )
    except KeyError:
        raise ConfigurationError(
            f"地区 {jurisdiction}", f"{day.as_of} 没有单位 {unit!r} 的办理件", "请用 ranking 导出排名查单位编号。"
        ) from None
