"""What runs when: one deployment for each flow and jurisdiction. ``prefect.yaml`` is written from the same registry.

Every flow runs on days off too and decides itself what such a day needs, so that no schedule has to know the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from importlib import import_module
from typing import Any

import yaml
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.forms import in_chinese
from tasks.jurisdictions import Served

WORK_POOL = "duban"
# Before office hours, so that the notices are ready when they open.
MORNING = time(7, 0)


@dataclass(frozen=True, slots=True)
class Timetable:
    """One schedule; ``cron`` is in the jurisdiction's time zone."""

    slug: str
    cron: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A flow (module and function of that name) and when it runs; without schedules only a person starts it.

    ``at_once`` says what becomes of a run that finds another one of the same deployment: it waits, or it is cancelled.
    ``needs`` is the configuration file without which a jurisdiction has no use for the flow.
    """

    flow: str
    schedules: tuple[Timetable, ...] = ()
    at_once: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    needs: str = "jurisdiction.yaml"

    @property
    def entrypoint(self) -> str:
        """The module entrypoint: with a file's, ``flows/`` itself would come first on ``sys.path``."""
        return f"flows.{self.flow}:{self.flow}"

    def load(self) -> Flow[..., Any]:
        """Import and return the flow."""
        return getattr(import_module(f"flows.{self.flow}"), self.flow)


REGISTRY: tuple[Entry, ...] = (
    Entry("catch_up", (Timetable("before-morning", "0 6 * * *"), Timetable("half-hourly", "15,45 7-19 * * *"))),
    Entry(
        "daily_supervision",
        (
            Timetable("morning", f"{MORNING.minute} {MORNING.hour} * * *"),
            # A source that was away, a worker that was killed: the day is tried again until it is done.
            Timetable("again", "0 8-17 * * *", {"unless_done": True}),
        ),
    ),
    # It holds back outside office hours by itself; a run that meets an earlier one has nothing left to do.
    Entry("delivery", (Timetable("office-hours", "*/10 7-19 * * *"),), ConcurrencyLimitStrategy.CANCEL_NEW),
    Entry("publication", (Timetable("evening", "30 19 * * *"),), needs="disclosure.yaml"),
    Entry("ranking_circular", (Timetable("monthly", "0 8 1-10 * *", {"monthly": True}),), needs="ranking.yaml"),
    # Tried every day until the week has its brief; the flow itself knows the calendar.
    Entry("weekly_brief", (Timetable("weekly", "30 8 * * *", {"weekly": True}),)),
    Entry("backlog_review", (Timetable("monthly", "30 8 1-10 * *", {"monthly": True}),), needs="backlog.yaml"),
    Entry("case_closing", needs="backlog.yaml"),
    Entry("inspection_record", needs="inspection.yaml"),
    Entry("inspection_follow_up", (Timetable("daily", "20 8 * * *"),), needs="inspection.yaml"),
    Entry("annual_summary", (Timetable("yearly", "0 8 1-10 1 *", {"yearly": True}),)),
    Entry("key_proposals", (Timetable("daily", "10 8 * * *", {"scheduled": True}),), needs="key_proposals.yaml"),
    Entry("quality_review", (Timetable("weekly", "30 7 * * 1"),), needs="findings.yaml"),
    Entry("finding_verdict", needs="findings.yaml"),
    Entry("repeat_decision", needs="backlog.yaml"),
    Entry("sign_off"),
    Entry("backfill"),
)


def deployments(served: Iterable[Served]) -> list[RunnerDeployment]:
    """Return every deployment of these jurisdictions, for a runner in this process."""
    return [_deployment(entry, jurisdiction) for jurisdiction, entry in _chosen(served)]


def prefect_yaml(served: Iterable[Served]) -> str:
    """Return the text of a ``prefect.yaml`` with the same deployments, for workers of a process work pool."""
    listed = [_entry(entry, jurisdiction) for jurisdiction, entry in _chosen(served)]
    head = "# 由 python -m flows deployments 生成:改时间表请改 flows/deployments.py,再重新生成。\n"
    return head + yaml.safe_dump({"deployments": listed}, allow_unicode=True, sort_keys=False, width=120)


def _chosen(served: Iterable[Served]) -> list[tuple[Served, Entry]]:
    return [(each, entry) for each in served for entry in REGISTRY if entry.needs in each.files]


def _deployment(entry: Entry, served: Served) -> RunnerDeployment:
    flow = entry.load()
    deployment = flow.to_deployment(
        name=served.name,
        schedules=[
            Cron(each.cron, timezone=served.time_zone, slug=each.slug, parameters=dict(each.parameters))
            for each in entry.schedules
        ],
        parameters={"jurisdiction": served.name},
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=entry.at_once),
        tags=[served.title],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(deployment, RunnerDeployment)
    form = deployment._parameter_openapi_schema
    form.properties = in_chinese(entry.flow, form.properties, served)
    return deployment


def _entry(entry: Entry, served: Served) -> dict[str, Any]:
    return {
        "name": served.name,
        "entrypoint": entry.entrypoint,
        "parameters": {"jurisdiction": served.name},
        "tags": [served.title],
        "concurrency_limit": {"limit": 1, "collision_strategy": entry.at_once.value},
        "schedules": [_schedule(each, served) for each in entry.schedules],
        "work_pool": {"name": WORK_POOL},
    }


def _schedule(timetable: Timetable, served: Served) -> dict[str, Any]:
    schedule = {"slug": timetable.slug, "cron": timetable.cron, "timezone": served.time_zone}
    return schedule | ({"parameters": dict(timetable.parameters)} if timetable.parameters else {})
