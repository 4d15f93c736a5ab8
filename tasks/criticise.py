"""The letters that go with a circular: to each unit that it criticises, and to each that its correction clears."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.circular_content import CircularContent, Listed
from reports.circular_lists import CRITICISED
from reports.circular_ranking import beside_group
from reports.letters import CriticismLetter, LetterCase, WithdrawalLetter, criticism_letter, withdrawal_letter
from reports.official import OfficialDocument
from tasks.adapters.ledger import documents, sign_offs
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.compose_circular import stored_content
from tasks.domain.circular_terms import CircularTerms
from tasks.domain.documents import OPEN, DocumentKind, DocumentState
from tasks.draft import ranking_behind
from tasks.papers import Part, Written, put_forward, show_draft, written
from tasks.rank import schemes_of
from tasks.record import Day

# What a letter rests on is what its circular rests on.
SHARED = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version", "scheme_version")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be drafted: to whom, on what grounds, and how it is written once it has its number."""

    unit_id: str
    title: str
    reason: str
    write: Callable[[Document], OfficialDocument]


@task(name="通报批评函拟稿", task_run_name="通报批评函 {document_id}", cache_policy=NO_CACHE)
def criticise(jurisdiction: str, document_id: str, day: Day) -> list[str]:
    """Draft the letters of a circular, put them before those who sign, and return their ids."""
    workplace = open_workplace(jurisdiction)
    circular = documents.by_id(workplace.ledger, jurisdiction, document_id)
    letters = draft_letters(workplace, circular, day)
    for letter in letters:
        show_draft(workplace, letter)
    get_run_logger().info("%s：随附的函 %d 件", circular.number, len(letters))
    return [letter.document_id for letter in letters]


def draft_letters(workplace: Workplace, circular: Document, day: Day) -> list[Document]:
    """Return the stored drafts of the circular's letters; those drafted before that it no longer calls for are withdrawn.

    A unit that a corrected circular wrote to on the same grounds gets no second letter.
    """
    content = stored_content(workplace, circular)
    wrong = documents.by_id(workplace.ledger, workplace.name, circular.corrects) if circular.corrects else None
    sent = _sent_with(workplace, wrong) if wrong else {}
    letters = [
        *(
            _criticism(workplace, circular, content, one)
            for one in _named(content)
            if sent.get(one.unit_id) != one.reason
        ),
        *(_withdrawal(workplace, circular, content, wrong, unit) for unit in _cleared(sent, content) if wrong),
    ]
    _withdraw_others(workplace, circular, {_subject(circular, letter) for letter in letters}, day)
    return [_drafted(workplace, circular, letter, day) for letter in letters]


def _named(content: CircularContent) -> list[Listed]:
    return [one for one in content.listed if one.word == CRITICISED]


def _cleared(sent: Collection[str], content: CircularContent) -> list[str]:
    return sorted(set(sent) - {one.unit_id for one in _named(content)})


def _sent_with(workplace: Workplace, circular: Document) -> dict[str, str]:
    """Return the grounds of the criticism letters that left with a circular, by unit."""
    issued = documents.listing(workplace.ledger, workplace.name, (DocumentState.SIGNED, DocumentState.SENT))
    made = [letter.made_from for letter in issued if letter.kind is DocumentKind.CRITICISM]
    mine = (about for about in made if about["circular"] == circular.document_id and about["reason"])
    return {unit: about["reason"] for about in mine for unit in about["units"]}


def _criticism(workplace: Workplace, circular: Document, content: CircularContent, one: Listed) -> Letter:
    schemes = schemes_of(workplace)
    terms, scheme = schemes.circular, schemes.scheme(circular.made_from["scheme"], circular.as_of)

    def write(letter: Document) -> OfficialDocument:
        return criticism_letter(
            CriticismLetter(
                office=workplace.jurisdiction.office,
                unit=one.unit,
                document_no=terms.letter_no(letter.year, letter.serial),
                dated_on=circular.dated_on,
                circular=_name(content.masthead, content.serial_no),
                reasons=tuple(one.reason.split("；")),
                explain_by=content.deadlines.explain_by,
                figures=beside_group(ranking_behind(workplace, circular), one.unit_id, scheme),
                cases=_cases(content, one.unit_id),
                copied_to=terms.letters_copied_to,
            ),
            _templates(workplace),
        )

    return Letter(one.unit_id, f"关于对{one.unit}予以通报批评的函", one.reason, write)


def _cases(content: CircularContent, unit_id: str) -> tuple[LetterCase, ...]:
    """Return the unit's overdue cases as the circular lists them."""
    mine = (case for case in content.overdue if case.unit_id == unit_id)
    return tuple(LetterCase(case.name, case.title, case.due_on, case.days_late) for case in mine)


def _withdrawal(
    workplace: Workplace, circular: Document, content: CircularContent, wrong: Document, unit_id: str
) -> Letter:
    terms: CircularTerms = schemes_of(workplace).circular
    before = stored_content(workplace, wrong)
    unit = next(one.unit for one in _named(before) if one.unit_id == unit_id)

    def write(letter: Document) -> OfficialDocument:
        return withdrawal_letter(
            WithdrawalLetter(
                office=workplace.jurisdiction.office,
                unit=unit,
                document_no=terms.letter_no(letter.year, letter.serial),
                dated_on=circular.dated_on,
                circular=_name(content.masthead, content.serial_no),
                corrected=_name(before.masthead, before.serial_no),
                reason=content.correction.reason if content.correction else "",
                copied_to=terms.letters_copied_to,
            ),
            _templates(workplace),
        )

    return Letter(unit_id, f"关于撤销对{unit}通报批评的函", "", write)


def _drafted(workplace: Workplace, circular: Document, letter: Letter, day: Day) -> Document:
    heading = Heading(
        kind=DocumentKind.CRITICISM,
        subject=_subject(circular, letter),
        title=letter.title,
        as_of=circular.as_of,
        dated_on=circular.dated_on,
    )
    about: dict[str, Any] = {"circular": circular.document_id, "circular_hash": circular.document_hash}
    about |= {"units": [letter.unit_id], "reason": letter.reason}
    # Part of what is signed: a letter goes with one text of its circular and with no other.
    bond = Part("content.json", json.dumps(about, ensure_ascii=False, sort_keys=True).encode())

    def write(document: Document) -> Written:
        made = written(workplace, letter.write(document), letter.title, {})
        return replace(made, parts={**made.parts, "content": bond})

    made_from = {name: circular.made_from[name] for name in SHARED} | about
    return put_forward(workplace, heading, write, made_from, day.now)[0]


def _withdraw_others(workplace: Workplace, circular: Document, wanted: Collection[str], day: Day) -> None:
    """Return the open letters of this circular, and of the one it corrects, that are called for no longer."""
    about = (circular.document_id, circular.corrects)
    for letter in documents.listing(workplace.ledger, workplace.name, OPEN):
        is_ours = letter.kind is DocumentKind.CRITICISM and letter.made_from.get("circular") in about
        if is_ours and letter.subject not in wanted:
            why = f"{circular.number}改稿后不再批评该单位"
            sign_offs.withdraw(workplace.ledger, workplace.name, letter.document_id, why, day.now)


def _subject(circular: Document, letter: Letter) -> str:
    return f"{circular.document_id} {letter.unit_id} {letter.title}"


def _name(masthead: str, serial_no: int) -> str:
    return f"{masthead}第{serial_no}期"


def _templates(workplace: Workplace) -> Path | None:
    folder = workplace.jurisdiction.templates
    return folder if folder.is_dir() else None
