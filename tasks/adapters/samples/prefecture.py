"""The fictional prefecture-level city of Linjiang 临江市: who works there, what was filed, how it was handled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.filing import Assigning, Filing, Session
from tasks.adapters.samples.handling import Customs
from tasks.adapters.samples.living import Living
from tasks.adapters.samples.prefecture_tables import tables
from tasks.adapters.samples.records import City, Unit
from tasks.adapters.samples.staff import Staff
from tasks.adapters.samples.stories import StoryTeller, load_stories
from tasks.adapters.samples.tables import write_tables
from tasks.adapters.samples.texts import ReplyWriter
from tasks.adapters.samples.words import Phrases, people, phrases, units

SEED = "linjiang-2026"
DOMAIN = "linjiang.gov.example"
CUSTOMS = Customs(reply_months=3, opinion_days=30, horizon=date(2026, 12, 31), never={2025: 0.1, 2026: 0.2})
MAYORS = ("市长 沈立新", "副市长 周文博", "副市长 梁雪梅", "副市长 高振华", "副市长 秦晓琳")
SESSIONS = (
    Session(
        2025,
        date(2025, 1, 13),
        {"deputy_suggestion": 226, "cppcc_proposal": 212},
        {date(2025, 3, 5): 62, date(2025, 3, 12): 24, date(2025, 3, 21): 14},
        (date(2025, 4, 21), date(2025, 5, 19), date(2025, 7, 14), date(2025, 9, 15), date(2025, 10, 20)),
        0.07,
    ),
    Session(
        2026,
        date(2026, 1, 19),
        {"deputy_suggestion": 241, "cppcc_proposal": 223},
        {date(2026, 3, 4): 62, date(2026, 3, 11): 24, date(2026, 3, 20): 14},
        (date(2026, 4, 20), date(2026, 5, 18), date(2026, 7, 13), date(2026, 9, 14)),
        0.07,
    ),
)


def build_prefecture(path: Path) -> None:
    """Write the city's database to ``path``: the same rows on every machine."""
    write_tables(path, "prefecture", tables(fictional_city()))


def fictional_city() -> City:
    """Return all that the city knows up to the end of 2026, planted stories included."""
    dice, city = Dice(SEED), City(units=units("city_units.csv"))
    by_id = {unit.unit_id: unit for unit in city.units}
    staff, writer = Staff(people(), dice), ReplyWriter("city_measures.csv", dice)
    stories = load_stories("city_stories.yaml")
    city.contacts = [contact for unit in city.units for contact in staff.contacts(unit, DOMAIN)]
    filing = Filing(_phrases(city.units), people(), MAYORS, "临江", dice, stories.taken)
    assigning, living = (
        Assigning(by_id, staff, dice, ("2001", "2009"), {"2039": "2017"}),
        Living(by_id, CUSTOMS, writer, dice),
    )
    for session in SESSIONS:
        for proposal in filing.session(session):
            assignments = assigning.assignments(proposal, session)
            city.proposals.append(proposal)
            city.assignments.extend(assignments)
            city.events.extend(living.events(proposal, assignments))
    StoryTeller(stories, by_id, staff, writer, dice).tell(city)
    return city


def _phrases(known_units: Iterable[Unit]) -> Phrases:
    districts = {unit.name.removesuffix("人民政府"): unit.unit_id for unit in known_units if unit.group == "county"}
    return phrases("city_matters.csv", "city_places.csv", districts)
