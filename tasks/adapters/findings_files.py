"""``findings.yaml`` of a jurisdiction: what counts as a finding (疑点)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from tasks.adapters.yaml_files import Strict, load_yaml
from tasks.domain.finding_rules import FindingRule, FindingRules

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class AfterDays(Strict):
    """A rule that waits so many days."""

    after_days: Count


class FewForms(Strict):
    """``all_satisfied_few_forms``."""

    least_replies: Count
    below_share: Share


class LastDay(Strict):
    """``replies_on_last_day``."""

    least_replies: Count
    from_share: Share
    days: Annotated[int, Field(ge=1)]


class Copied(Strict):
    """``reply_copied``."""

    from_similarity: Annotated[float, Field(ge=0.5, le=1)]


class Empty(Strict):
    """``reply_empty``."""

    below_characters: Count


class OffTopic(Strict):
    """``reply_off_topic``."""

    below_share: Share


class Load(Strict):
    """``handler_overloaded``."""

    above_items: Count
    above_share: Share
    least_items: Count


class MeetingClaims(Strict):
    """``claimed_meeting_unrecorded``."""

    meeting_words: Words
    not_yet_words: Words


class FindingsFile(Strict):
    """``findings.yaml``."""

    least_recorded_share: Share
    form_missing: AfterDays
    all_satisfied_few_forms: FewForms
    replies_on_last_day: LastDay
    reply_copied: Copied
    reply_empty: Empty
    reply_off_topic: OffTopic
    responsible_missing: AfterDays
    handler_overloaded: Load
    claimed_meeting_unrecorded: MeetingClaims
    boilerplate: tuple[str, ...] = ()
    off: dict[FindingRule, Annotated[str, Field(min_length=1)]] = {}


def load_findings(path: Path) -> FindingRules:
    """Return the rules of findings that ``path`` holds; ``ConfigurationError`` with file and line for every fault."""
    file = load_yaml(path, FindingsFile)
    return FindingRules(
        least_recorded_share=file.least_recorded_share,
        form_missing_after_days=file.form_missing.after_days,
        few_forms_least_replies=file.all_satisfied_few_forms.least_replies,
        few_forms_below_share=file.all_satisfied_few_forms.below_share,
        last_day_least_replies=file.replies_on_last_day.least_replies,
        last_day_from_share=file.replies_on_last_day.from_share,
        last_day_counts_days=file.replies_on_last_day.days,
        copied_from_similarity=file.reply_copied.from_similarity,
        empty_below_characters=file.reply_empty.below_characters,
        off_topic_below_share=file.reply_off_topic.below_share,
        responsible_missing_after_days=file.responsible_missing.after_days,
        handler_above_items=file.handler_overloaded.above_items,
        handler_above_share=file.handler_overloaded.above_share,
        handler_least_items=file.handler_overloaded.least_items,
        meeting_words=file.claimed_meeting_unrecorded.meeting_words,
        not_yet_words=file.claimed_meeting_unrecorded.not_yet_words,
        boilerplate=file.boilerplate,
        off=file.off,
    )
