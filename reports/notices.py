"""Notices of all five levels as mail: subject, HTML and plain text, each level in its own words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import css_inline

from reports import wording
from reports.environment import Environment
from reports.official import chinese_date
from tasks.domain.errors import DocumentError
from tasks.domain.frames import Level
from tasks.domain.notices import Notice, NoticeItem

LONGEST_SUBJECT = 120
WORDS = ("accent", "mark", "title", "subject", "opening", "asks", "closing")
PIECES = (
    wording.act,
    wording.bases,
    wording.case_name,
    wording.case_number,
    wording.deadlines,
    wording.explanation,
    wording.lateness,
    wording.proposers,
    wording.responsible,
    wording.scope,
    wording.status,
    wording.told,
    wording.told_levels,
    wording.urgency,
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """A notice as mail: a subject of one line, a whole HTML document, and a text written for reading."""

    subject: str
    html: str
    text: str


def render_notice(notice: Notice, env: Environment) -> RenderedNotice:
    """Return the notice in the words of its level; ``DocumentError`` if a template cannot be filled in."""
    if not notice.items:
        raise DocumentError(
            f"{notice.unit_name} 的{notice.level}", "没有事项", "没有事项的通知不应生成，请报告这一缺陷"
        )
    shown = legible(notice)
    pieces = {piece.__name__: piece for piece in PIECES}
    words = _words(f"notices/words/{notice.level}.txt", env, {"notice": shown, **pieces})
    values = {"notice": shown, "words": words, "strong": _strong(shown), **pieces}
    html = env.text("notices/notice.html", **values)
    return RenderedNotice(
        subject=wording.legible(f"{'【演练】' if notice.is_rehearsal else ''}{words['subject']}", LONGEST_SUBJECT),
        html=INLINER.inline(html),
        text=env.text("notices/notice.txt", **values),
    )


def template_version(level: Level, env: Environment) -> str:
    """Return a short hash of the templates that make up a notice of ``level``, as evidence of its wording."""
    names = ("notices/notice.html", "notices/notice.txt", f"notices/words/{level}.txt")
    return hashlib.sha256("\0".join(env.source(name) for name in names).encode()).hexdigest()[:16]


# Dark colours need a media query, and only there may a client's own rules win.
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def legible(value: Value) -> Value:
    """Return ``value`` with every text in it made legible, however deep it lies in records and tuples."""
    if isinstance(value, str):
        # A StrEnum is ours and stays what it is.
        return cast(Value, wording.legible(value)) if type(value) is str else value
    if isinstance(value, tuple):
        return cast(Value, tuple(legible(part) for part in value))
    if is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {field.name: legible(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changes)
    return value


def _words(template: str, env: Environment, values: dict[str, Any]) -> dict[str, str]:
    """Return the words of a level, each of ``WORDS``."""
    words = env.words(template, **values)
    missing = [name for name in WORDS if not words.get(name)]
    if missing:
        raise DocumentError(
            f"模板 {template}", f"缺少 {'、'.join(missing)}", "请用 {% set … %} 逐一补上，写法见随附的同名模板"
        )
    return words


def _strong(notice: Notice) -> list[str]:
    """Return the phrases that HTML sets in strong type: how much, and by when."""
    days = [day for day in (notice.act_by, notice.explain_by) if day is not None]
    return [wording.scope(notice), *map(chinese_date, days), *_single(notice.items)]


def _single(items: tuple[NoticeItem, ...]) -> list[str]:
    return [chinese_date(items[0].due_on), wording.lateness(items[0])] if len(items) == 1 else []
