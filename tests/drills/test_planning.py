"""Who is struck by what and when: laws of selection, plan and traffic; every scenario is found."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drills.drill_file import Selection
from pipeline.drills.library import EXPECTED, LIBRARY
from pipeline.drills.planning import plan_drill, select
from pipeline.drills.traffic import make_shipments
from pipeline.simulate.stories.table import TOLD
from schemas.campaign import Campaign
from schemas.incident import Incident
from schemas.moments import MINUTE, moment_of
from schemas.registry import Registry
from schemas.scenarios import SCENARIOS
from tests.drills.builders import FIVE, REGISTRY, decide, drill_file, plan_of

IDS = sorted(REGISTRY)


@given(
    seed=st.integers(0, 2**31),
    sample=st.integers(1, 40),
    left=st.sets(st.sampled_from(IDS), max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_laws_of_a_sample(seed: int, sample: int, left: set[str], order: Random) -> None:
    """Any order of the registry gives the same; who leaves changes it by himself alone."""
    chosen = Selection(provinces=FIVE, sample=sample)
    whole = {each.enterprise_id for each in select(chosen, seed, REGISTRY)}
    shuffled = list(REGISTRY.items())
    order.shuffle(shuffled)
    assert {each.enterprise_id for each in select(chosen, seed, dict(shuffled))} == whole
    smaller: Registry = {name: it for name, it in REGISTRY.items() if name not in left}
    remaining = {each.enterprise_id for each in select(chosen, seed, smaller)}
    assert whole - left <= remaining
    assert len(remaining - whole) <= len(whole & left)
    assert all(REGISTRY[name].province in FIVE for name in whole)


def test_ids_are_taken_as_written_each_once() -> None:
    chosen = Selection(ids=("ent-00009", "ent-00002", "ent-00009"))
    assert [e.enterprise_id for e in select(chosen, 1, REGISTRY)] == ["ent-00002", "ent-00009"]


@settings(max_examples=4)
@given(pace=st.integers(1, 60), seed=st.integers(0, 2**31))
def test_laws_of_a_plan(pace: int, seed: int) -> None:
    """The same file gives the same plan; at pace n everything is over n times sooner."""
    file = drill_file(pace=pace, seed=seed, injects=[{"kind": "silence", "after_minutes": 4,
                                                      "minutes": 3}])  # fmt: skip
    plan = plan_drill(file, REGISTRY)
    assert plan == plan_drill(file, dict(reversed(REGISTRY.items())))
    unhurried = plan_drill(msgspec.structs.replace(file, pace=1), REGISTRY)
    assert plan.starts_at == unhurried.starts_at == moment_of(file.start)
    for fast, slow in zip(plan.injects, unhurried.injects, strict=True):
        after, slowly = fast.starts_at - plan.starts_at, slow.starts_at - plan.starts_at
        assert abs(after * pace - slowly) <= 60
    shipments = make_shipments(plan)
    assert shipments == make_shipments(plan)
    due = [each.due_at for each in shipments]
    assert due == sorted(due)
    assert plan.starts_at <= due[0] <= due[-1] < plan.ends_at


def test_silence_takes_what_happens_meanwhile_and_delay_sends_it_later() -> None:
    quiet = plan_of(injects=[{"kind": "silence", "after_minutes": 5, "minutes": 4,
                              "enterprises": ["ent-00001"]}])  # fmt: skip
    first, last = (quiet.starts_at + minutes * MINUTE for minutes in (5, 9))
    struck = {s.batch.enterprise_id for s in make_shipments(quiet) if first <= s.due_at < last}
    assert struck == {"ent-00002"}
    late = plan_of(injects=[{"kind": "late", "after_minutes": 5, "minutes": 4,
                             "delay_minutes": 3}])  # fmt: skip
    whole, delayed = make_shipments(plan_of()), make_shipments(late)
    assert sorted(s.batch.lines for s in delayed) == sorted(s.batch.lines for s in whole)
    moved = {s.due_at - s.batch.last_time for s in delayed if first <= s.batch.last_time < last}
    assert moved == {3 * MINUTE}


def test_the_library_names_stories_and_scenarios_that_there_are() -> None:
    for scenario in LIBRARY.values():
        for course in (scenario.short, scenario.long):
            for wave in course.waves:
                assert set(EXPECTED[wave.story]) <= set(SCENARIOS)
                assert wave.story in TOLD
                assert wave.after_minutes + 1.1 * wave.minutes <= course.minutes


@pytest.mark.parametrize("scenario", list(LIBRARY))
def test_each_scenario_in_its_short_form_is_found_and_called_by_its_name(scenario: str) -> None:
    ids = ["ent-00001", "ent-00002", "ent-00003"]
    plan = plan_of(scenario=scenario, enterprises={"ids": ids})
    decisions = decide(plan)
    incidents = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    standing = [each for each in incidents.values() if each.status != "superseded"]
    (story,) = {each.story for each in plan.injects}
    for name in ids:
        found = {each.scenario for each in standing if each.enterprise_id == name}
        assert found & set(EXPECTED[story]), (name, found)
    assert {getattr(each, "drill", "shield") for each in decisions} == {"shield"}


def test_a_false_alarm_becomes_an_incident_that_covers_no_attack() -> None:
    plan = plan_of(
        enterprises={"ids": ["ent-00001"]},
        injects=[{"kind": "false_alarm", "after_minutes": 13}],
    )
    alone = msgspec.structs.replace(
        plan, injects=tuple(e for e in plan.injects if e.kind == "false_alarm")
    )
    assert any(isinstance(each, Incident) for each in decide(alone))


def test_a_campaign_strikes_every_participant_from_one_address() -> None:
    ids = ["ent-00001", "ent-00002", "ent-00003"]
    plan = plan_of(scenario="provincial_campaign", enterprises={"ids": ids})
    lines = [s.batch.lines for s in make_shipments(plan)]
    found = {
        msgspec.json.decode(line)["dst_endpoint"]["ip"]
        for batch in lines
        for line in batch
        if b'"port":8443' in line
    }
    assert len(found) == 1
    assert not any(isinstance(each, Campaign) for each in decide(plan))  # told, not gathered here
