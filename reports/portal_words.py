"""What is said aloud and printed: two sentences per proposal for the hotline, one page for the newspapers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from reports.official import chinese_date
from reports.portal_edition import Edition
from reports.portal_rows import Row
from tasks.domain.public_figures import Overview, Share
from tasks.domain.public_frames import PublicState

LONGEST_SPOKEN = 60
# A title inside a title has the single marks.
INNER_MARKS = str.maketrans("《》", "〈〉")
PROPOSERS = {"deputy_suggestion": "代表", "cppcc_proposal": "委员"}


def spoken(row: Row, edition: Edition) -> tuple[str, str]:
    """Return two sentences that say what is known: what it is and whose, then where it stands."""
    return _whose(row), _standing(row, edition)


def _whose(row: Row) -> str:
    title = row.title if len(row.title) <= LONGEST_SPOKEN else row.title[:LONGEST_SPOKEN] + "……"
    title = title.translate(INNER_MARKS)
    year = f"{row.year}年" if row.year else ""
    return f"{year}{row.kind_label}{row.numbered}《{title}》{''.join('，' + part for part in _charge(row))}。"


def _charge(row: Row) -> Iterable[str]:
    if row.lead_unit:
        others = "、".join(unit.name for unit in row.other_units)
        yield f"由{row.lead_unit.name}主办，{others}参与办理" if others else f"由{row.lead_unit.name}承办"
    if row.person:
        yield f"责任人为{row.person}"
    if row.due_on:
        yield f"办理期限为{spoken_day(row.due_on)}" + ("（暂定）" if row.is_provisional else "")


def _standing(row: Row, edition: Edition) -> str:
    today = f"截至{chinese_date(edition.as_of)}"
    match row.state:
        case PublicState.REPLIED | PublicState.REPLIED_LATE:
            return f"{_answered(row)}{_result(row, edition)}。"
        case PublicState.OVERDUE:
            late = f"，已超过办理期限{row.days_late}天" if row.days_late else "，已超过办理期限"
            return f"{today}尚未答复{late}。"
        case PublicState.SUSPENDED:
            return f"{today}该件已按规定中止办理，恢复办理后另行答复。"
        case PublicState.NOT_OWED:
            return f"该件无需单独书面答复{f'（{row.stage}）' if row.stage else ''}。"
        case PublicState.UNDISCLOSED:
            return "该件仅公开标题，办理情况不对外公开。"
    soon = "，临近办理期限" if row.state == PublicState.DUE_SOON else "，尚未到办理期限"
    return f"{today}正在办理{soon}。"


def _answered(row: Row) -> str:
    day = f"已于{spoken_day(row.replied_on)}答复" if row.replied_on else "已经答复"
    late = f"，比办理期限晚{row.days_late}天" if row.days_late else ""
    return f"该件{day}{late or ('，未超过办理期限' if row.state == PublicState.REPLIED else '')}"


def _result(row: Row, edition: Edition) -> str:
    outcome = f"，办理结果为“{edition.outcome(row.outcome)}”" if row.outcome else ""
    grade = f"，{PROPOSERS[row.kind]}评价为“{row.grade}”" if row.grade else ""
    return outcome + grade


def spoken_day(day: str) -> str:
    """Return an ISO day as 2026年6月30日."""
    return chinese_date(date.fromisoformat(day))


def hotline_script(rows: Sequence[Row], edition: Edition) -> bytes:
    """Return the script for the hotline: a head, then per proposal its name and two sentences; UTF-8 with a mark."""
    head = [
        f"{edition.title} 热线答复口径",
        f"数据截至{edition.cut_off_text}，共{len(rows)}件；未列入的件不对外答复，请转{contact(edition)}。",
        "",
    ]
    body = (line for row in rows for line in (f"【{row.reference}】", "".join(spoken(row, edition)), ""))
    return "\r\n".join([*head, *body]).encode("utf-8-sig")


def contact(edition: Edition) -> str:
    """Return the office with its telephone, if it has one."""
    return edition.office + (f"（电话{edition.phone}）" if edition.phone else "")


def lead_paragraph(scope: str, figures: Overview, edition: Edition) -> str:
    """Return the summary's first paragraph: how many, how far, how late, how satisfied."""
    kinds = "、".join(f"{part.label}{part.count}件" for part in figures.kinds.filled)
    return (
        f"截至{edition.cut_off_text}，{edition.place}{scope}公开办理的建议提案共{figures.listed}件（{kinds}）。"
        f"应答复{figures.replied.total}件，已答复{figures.replied.count}件{_rate(figures.replied)}；"
        f"已到期{figures.on_time.total}件，按期答复{figures.on_time.count}件{_rate(figures.on_time)}；"
        f"超期未答复{figures.overdue}件。"
        f"收到反馈{figures.satisfied.total}件，满意和基本满意{figures.satisfied.count}件{_rate(figures.satisfied)}。"
    )


def _rate(share: Share) -> str:
    return f"，占{share.rate}%" if share.rate is not None else ""
