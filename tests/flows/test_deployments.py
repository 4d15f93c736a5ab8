"""The registry of deployments, prefect.yaml and the flows themselves say the same."""

from __future__ import annotations

import inspect
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint

from flows.deployments import REGISTRY, deployments, prefect_yaml
from flows.forms import in_chinese
from tasks.jurisdictions import served_jurisdictions

ROOT = Path(__file__).parents[2]
(DEMO,) = served_jurisdictions(["demo"])


def flows_on_disk():
    names = [path.stem for path in (ROOT / "flows").glob("*.py") if not path.stem.startswith("_")]
    return {name for name in names if isinstance(getattr(import_module(f"flows.{name}"), name, None), Flow)}


def test_every_flow_is_deployed():
    # The province's flow is not one jurisdiction's; each of those has its own deployment.
    assert {entry.flow for entry in REGISTRY} == flows_on_disk() - {"province"}


def test_prefect_yaml_says_what_the_registry_says():
    written = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    assert written == prefect_yaml([DEMO]), "python -m flows deployments -j demo > prefect.yaml"


@pytest.mark.parametrize("entry", REGISTRY, ids=lambda entry: entry.flow)
def test_an_entrypoint_names_its_flow_by_module(entry):
    assert load_flow_from_entrypoint(entry.entrypoint).name == entry.load().name


@pytest.mark.parametrize("entry", REGISTRY, ids=lambda entry: entry.flow)
def test_schedules_pass_only_parameters_that_the_flow_has(entry):
    known = set(inspect.signature(entry.load().fn).parameters)
    given = {"jurisdiction"} | {name for timetable in entry.schedules for name in timetable.parameters}
    assert given <= known


def test_every_schedule_has_its_own_slug_and_the_offices_time_zone():
    for deployment in yaml.safe_load(prefect_yaml([DEMO]))["deployments"]:
        slugs = [schedule["slug"] for schedule in deployment["schedules"]]
        assert len(slugs) == len(set(slugs))
        assert {schedule["timezone"] for schedule in deployment["schedules"]} <= {"Asia/Shanghai"}


def test_a_runner_gets_the_same_deployments():
    offered = yaml.safe_load(prefect_yaml([DEMO]))["deployments"]
    made = deployments([DEMO])
    assert [(each.entrypoint, each.name) for each in made] == [
        (each["entrypoint"].replace(":", "."), each["name"]) for each in offered
    ]
    assert [each.concurrency_limit for each in made] == [1] * len(offered)


def test_a_jurisdiction_without_a_flows_configuration_gets_no_such_deployment():
    secretive = replace(DEMO, files=DEMO.files - {"disclosure.yaml"})
    assert "公开" in {each.flow_name for each in deployments([DEMO])}
    assert "公开" not in {each.flow_name for each in deployments([secretive])}


def form_of(flow):
    made = next(each for each in deployments([DEMO]) if each.entrypoint.startswith(f"flows.{flow}."))
    return made._parameter_openapi_schema.properties


@pytest.mark.parametrize("entry", REGISTRY, ids=lambda entry: entry.flow)
def test_every_parameter_of_a_form_has_a_chinese_title(entry):
    for name, schema in form_of(entry.flow).items():
        assert not schema["title"].isascii(), f"flows/forms.py: {entry.flow}.{name}"


def test_the_circulars_form_offers_the_schemes_by_the_names_people_know_and_asks_for_a_date():
    form = form_of("ranking_circular")
    assert form["scheme"]["enum"] == ["综合得分（按比率加权）", "计分制（满分起评，逐件加减）"]
    assert (form["as_of"]["title"], form["as_of"]["format"]) == ("统计截止日", "date")
    assert form["corrects"]["type"] == "integer"
    assert form["jurisdiction"]["enum"] == ["demo"]


def test_what_may_be_left_out_has_no_default_to_send():
    assert [name for name, schema in form_of("ranking_circular").items() if "default" in schema] == [
        "reason",
        "monthly",
    ]


def test_a_jurisdiction_without_schemes_offers_none():
    bare = in_chinese("ranking_circular", {"scheme": {"type": "string"}}, replace(DEMO, schemes=()))
    assert bare == {"scheme": {"type": "string", "title": "排名方案"}}
