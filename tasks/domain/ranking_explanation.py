"""Why a unit stands where it stands: every number with the cases behind it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from tasks.domain.commendation import Lists, commended
from tasks.domain.frames import Facts, label
from tasks.domain.ranking import half_up, ranking, weighted_parts
from tasks.domain.ranking_chance import standing
from tasks.domain.ranking_measures import counted_items
from tasks.domain.ranking_points import point_items
from tasks.domain.ranking_scheme import MEASURE_LABELS, MEASURES, PointRule, PointsFor, RankingScheme
from tasks.domain.workdays import WorkdayCalendar

POINT_WORDS = {
    PointsFor.LATE: "逾期（含已补办）",
    PointsFor.OVERDUE: "逾期未办",
    PointsFor.DISSATISFIED: "反馈不满意",
    PointsFor.CRITICISED: "被通报批评",
}
SHOWN_CASES = 20


def trace(items: pd.DataFrame, unit_id: str, measure: str) -> pd.DataFrame:
    """Return the items behind one number: the rows that the unit's rate counts and divides by."""
    return items[(items["unit_id"] == unit_id) & (items["measure"] == measure)].reset_index(drop=True)


def explain_unit(
    facts: Facts,
    obligations: pd.DataFrame,
    scheme: RankingScheme,
    calendar: WorkdayCalendar,
    unit_id: str,
    as_of: date,
    known_at: datetime | None = None,
    duty_labels: Mapping[str, str] | None = None,
    criticisms: Mapping[str, int] | None = None,
    group_labels: Mapping[str, str] | None = None,
) -> str:
    """Return in Chinese why the unit is ranked where it is, and named or not.

    Counts, weights, points, what it lost most by, its neighbours, its distance from the group, and the cases it lost by.

    Raises ``KeyError`` when the unit has no work that the ranking counts.
    """
    ranked = ranking(facts, obligations, scheme, calendar, as_of, known_at, criticisms)
    if unit_id not in set(ranked["unit_id"]):
        raise KeyError(unit_id)
    row = ranked[ranked["unit_id"] == unit_id].to_dict("records")[0]
    items = counted_items(facts, obligations, scheme, as_of, known_at)
    earned = point_items(facts, obligations, scheme, calendar, as_of, known_at)
    own_points = earned[earned["unit_id"] == unit_id]
    cases = _case_names(facts)
    sections = [
        _standing(row, ranked, scheme, as_of, group_labels or {}),
        *_measures(row, scheme),
        *_points(row, own_points, scheme, cases, duty_labels or {}, criticisms or {}),
        _sum(row, scheme),
        *_losses(row, scheme),
        *_neighbours(row, ranked),
        *_distance(row, ranked, scheme),
        _listing(unit_id, commended(ranked, scheme)),
        *_lost(items, unit_id, scheme, cases, duty_labels or {}),
    ]
    return "\n".join(sections)


def _case_names(facts: Facts) -> Mapping[str, str]:
    """Return what a case is called: kind and number; its title may be confidential."""
    proposals = facts.proposals
    names = proposals["kind"].map(lambda kind: label("kind", kind)) + proposals["number"].fillna("").map("{}号".format)
    return dict(zip(proposals["proposal_id"], names, strict=True))


def _standing(
    row: Mapping[str, object], ranked: pd.DataFrame, scheme: RankingScheme, as_of: date, labels: Mapping[str, str]
) -> str:
    field = int((ranked.loc[ranked["group"] == row["group"], "rank"]).notna().sum())
    few = f"应答复{row['caseload']}件，不足{scheme.minimum_caseload}件，只列出、不排名"
    place = few if pd.isna(row["rank"]) else f"第{row['rank']}名（本组参加排名{field}个单位）"
    return (
        f"{row['name']}（编号 {row['unit_id']}，{labels.get(str(row['group']), row['group'])}组），截至 {as_of}：{place}\n"
        f"方案：{scheme.label}，版本 {scheme.version}，依据：{scheme.citation}"
    )


def _measures(row: Mapping[str, int], scheme: RankingScheme) -> list[str]:
    """Return a line for each measure; those that weigh say how much they add."""
    parts = weighted_parts(row, scheme)
    lines = ["", "指标（计/总）："]
    for spec in MEASURES:
        count, total, rate = (row[f"{spec.measure}_{part}"] for part in ("count", "total", "rate"))
        share = f"{count}/{total} = {rate}%" if total else "没有可计的件，不计入"
        weight = scheme.weights.get(spec.measure)
        adds = f"；权重 {weight}，计 {half_up(parts[spec.measure], 2)} 分" if spec.measure in parts else ""
        unused = "；权重按比例分给其余指标" if weight is not None and not adds else ""
        lines.append(f"  {spec.label}（{scheme.counted(spec)}）：{share}{adds or unused}")
    return lines


def _points(
    row: Mapping[str, object],
    earned: pd.DataFrame,
    scheme: RankingScheme,
    cases: Mapping[str, str],
    duty_labels: Mapping[str, str],
    criticisms: Mapping[str, int],
) -> list[str]:
    lines = [f"加减分合计 {row['points']}："] if scheme.points else []
    for place, rule in enumerate(scheme.points):
        rows = earned[earned["place"] == place]
        count = criticisms.get(str(row["unit_id"]), 0) if rule.what is PointsFor.CRITICISED else len(rows)
        if count:
            which = f"：{_listed(rows['proposal_id'], cases)}" if len(rows) else ""
            lines.append(
                f"  {_rule_words(rule, duty_labels)} {count} 件 × {rule.points} = {count * rule.points}{which}"
            )
    return [*lines, *(["  没有加减分的件"] if len(lines) == 1 else [])]


def _rule_words(rule: PointRule, duty_labels: Mapping[str, str]) -> str:
    act = duty_labels.get(rule.duty, rule.duty)
    if rule.what is PointsFor.EARLY and rule.ahead is not None:
        return f"{act}提前{rule.ahead.label}以上完成"
    about_act = rule.what in (PointsFor.LATE, PointsFor.OVERDUE)
    return f"{act if about_act else ''}{POINT_WORDS[rule.what]}"


def _sum(row: Mapping[str, object], scheme: RankingScheme) -> str:
    if row["score"] is None:
        return "得分：没有可计的指标，不计分"
    start = f"起评 {scheme.start} + " if scheme.start else ""
    mean = "各指标所计之和 + " if scheme.weights else ""
    return f"得分 = {start}{mean}加减分 {row['points']} = {row['score']}（按未取整的比率计算，最后四舍五入）"


def _losses(row: Mapping[str, int], scheme: RankingScheme) -> list[str]:
    """Return what the unit lost of the full mark, the most first; nothing for a scheme without weights."""
    parts = weighted_parts(row, scheme)
    whole = sum((Fraction(weight) for measure, weight in scheme.weights.items() if str(measure) in parts), Fraction(0))
    lost = {
        MEASURE_LABELS[measure]: 100 * Fraction(weight) / whole - parts[str(measure)]
        for measure, weight in scheme.weights.items()
        if str(measure) in parts
    }
    told = [f"{name} {half_up(loss, 2)} 分" for name, loss in sorted(lost.items(), key=lambda pair: -pair[1]) if loss]
    return [f"失分（满分 100）：{'、'.join(told) or '无'}"] if parts else []


def _distance(row: Mapping[str, int], ranked: pd.DataFrame, scheme: RankingScheme) -> list[str]:
    """Return how far the unit is from its group, and how far chance alone would reach, where the scheme asks."""
    level = scheme.criticism.confidence or scheme.praise.confidence
    group = ranked[ranked["group"] == row["group"]]
    found = standing(row, group, scheme, level) if level else None
    if found is None or pd.isna(row["rank"]):
        return []
    verdict = "差距不是偶然" if found.is_apart else "差距可能出于偶然"
    own, whole = half_up(found.own, 2), half_up(found.group, 2)
    return [
        f"与本组总体比：{own} 对 {whole}（不含加减分），件数这么多时{level}%的偶然波动在 ±{found.margin} 之内，{verdict}"
    ]


def _listing(unit_id: str, lists: Lists) -> str:
    named = {"列入通报表扬": lists.praised, "列入通报批评": lists.criticised}
    told = [
        f"{word}：{'；'.join(rows.loc[rows['unit_id'] == unit_id, 'reason'])}"
        for word, rows in named.items()
        if (rows["unit_id"] == unit_id).any()
    ]
    return "；".join(told) or "不列入表扬和批评"


def _neighbours(row: Mapping[str, object], ranked: pd.DataFrame) -> list[str]:
    """Return who stands right before and behind, with the difference; nothing for a unit without a rank."""
    if pd.isna(row["rank"]):
        return []
    group = ranked[(ranked["group"] == row["group"]) & ranked["rank"].notna()].to_dict("records")
    place = [other["unit_id"] for other in group].index(row["unit_id"])
    near = [("前", group[place - 1] if place else None), ("后", group[place + 1] if place + 1 < len(group) else None)]
    return [
        f"{side}一位：{other['name']}（第{other['rank']}名，得分 {other['score']}，相差 {_apart(row, other)}）"
        for side, other in near
        if other is not None
    ]


def _apart(row: Mapping[str, object], other: Mapping[str, object]) -> Decimal:
    return abs(Decimal(str(row["score"])) - Decimal(str(other["score"])))


def _lost(
    items: pd.DataFrame,
    unit_id: str,
    scheme: RankingScheme,
    cases: Mapping[str, str],
    duty_labels: Mapping[str, str],
) -> list[str]:
    """Return, for each measure that weighs (or all, where none does), the cases that count against the unit."""
    lines = ["", "未计入的件："]
    for spec in MEASURES:
        if scheme.weights and spec.measure not in scheme.weights:
            continue
        rows = trace(items, unit_id, spec.measure)
        missed = rows[~rows["is_counted"]]
        if len(missed):
            duty = missed["duty"].map(lambda name: duty_labels.get(name, name))
            shown = (
                missed["proposal_id"].map(cases) + "（" + duty + "）" if len(spec.duties) > 1 else missed["proposal_id"]
            )
            lines.append(f"  {spec.label} {len(missed)} 件：{_listed(shown, cases)}")
    return lines if len(lines) > 2 else []


def _listed(keys: pd.Series, cases: Mapping[str, str]) -> str:
    names = [cases.get(key, key) for key in dict.fromkeys(keys)]
    more = f"等{len(names)}件" if len(names) > SHOWN_CASES else ""
    return "、".join(names[:SHOWN_CASES]) + more
