"""The whole engine: what one enterprise's records come to, however they arrive."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaigns.state import CampaignState
from pipeline.intake.admitted import STRANGER
from pipeline.intake.drills import Drill
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.state import (
    EnterpriseState,
    StateFault,
    decode_state,
    encode_state,
    enterprise_state,
)
from schemas.assessment import Assessment
from schemas.batch import Batch, BatchAccount, DeadLetter, Record
from schemas.command import CommandOutcome, Impact
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.incident import Incident
from schemas.sighting import Sighting
from tests.engine.builders import (
    COMMANDS,
    START,
    apply,
    batch,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
    signed_again,
)

ENGINE = make_engine()
SPRING = Drill(
    name="spring",
    start=datetime(2026, 5, 1, tzinfo=UTC),
    end=datetime(2026, 5, 2, tzinfo=UTC),
    enterprises=("E1",),
)
IN_SPRING = Engine(ENGINE.rules, Policy(commands=COMMANDS, drills=(SPRING,)), ENGINE.registry)
Kind = TypeVar("Kind")

MAKERS: tuple[Callable[[float], bytes], ...] = (shadow_copies, failed_logon)

lines = st.builds(
    lambda make, at_s: make(at_s),
    st.sampled_from(MAKERS),
    st.integers(0, 280),
)


def run(batches: Sequence[Batch], restore: bool = False) -> list[Decision]:
    state = EnterpriseState()
    decisions: list[Decision] = []
    for each in batches:
        decisions += ENGINE.process(state, each)
        if restore:
            state = enterprise_state(decode_state("E1", encode_state(state)))
    return decisions + ENGINE.settle(state, "E1")


def of(kind: type[Kind], decisions: Sequence[Decision]) -> list[Kind]:
    return [decision for decision in decisions if isinstance(decision, kind)]


def final(decisions: Sequence[Decision]) -> dict[str, tuple[object, ...]]:
    """Live incidents at the end: what they hold, without when it was learnt."""
    last = {incident.incident_id: incident for incident in of(Incident, decisions)}
    return {
        name: (each.detection_ids, each.first_time, each.last_time, each.level, each.story_zh)
        for name, each in last.items()
        if each.status != "superseded"
    }


def test_a_detection_opens_one_incident_with_an_assessment_of_each_regime() -> None:
    decisions = run([batch([shadow_copies(0)])])
    (incident,) = of(Incident, decisions)
    assert incident.status == "new"
    assert "ws-1" in incident.story_zh
    assert {each.regime for each in of(Assessment, decisions)} == {"miit", "cac"}


def test_many_alerts_of_one_attack_are_one_incident() -> None:
    decisions = run([batch([shadow_copies(at_s) for at_s in range(40)])])
    assert len(of(Detection, decisions)) == 40
    assert len(final(decisions)) == 1


def test_a_rule_that_only_feeds_a_correlation_does_not_fire_alone() -> None:
    decisions = run([batch([failed_logon(0), failed_logon(1)])])
    assert of(Detection, decisions) == []


def test_a_correlation_fires_once_and_grows_by_the_minute() -> None:
    times = (0, 1, 2, 3, 62, 63)
    decisions = run([batch([failed_logon(at_s)], number) for number, at_s in enumerate(times)])
    detections = of(Detection, decisions)
    assert {each.title for each in detections} == {"Many Failed Logons"}
    assert len({each.detection_id for each in detections}) == 1
    assert [each.event_count for each in detections] == [3, 5, 6]


@settings(max_examples=50, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_any_order_within_the_lateness_gives_the_same_incidents(
    events: list[bytes], random: object
) -> None:
    ordered = sorted(set(events))
    shuffled = list(ordered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one = [batch([line], number) for number, line in enumerate(shuffled)]
    assert final(run([batch(ordered)])) == final(run(one_by_one))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(lines, max_size=4), max_size=6))
def test_state_restored_after_every_batch_decides_the_same(groups: list[list[bytes]]) -> None:
    batches = [batch(group, number) for number, group in enumerate(groups)]
    assert run(batches) == run(batches, restore=True)


def test_a_batch_sent_again_is_dropped_by_name_and_counted() -> None:
    decisions = run([batch([shadow_copies(0)]), batch([shadow_copies(0)])])
    first, again = of(BatchAccount, decisions)
    assert (first.outcome, again.outcome) == ("accepted", "duplicate")
    assert again.reasons == {"duplicate_batch": 1}
    assert len(of(Event, decisions)) == 1


def test_a_drill_never_joins_a_live_incident() -> None:
    live, drill = EnterpriseState(), EnterpriseState()
    earnest = of(Incident, ENGINE.process(live, batch([shadow_copies(0)])))
    practised = of(Incident, ENGINE.process(drill, batch([shadow_copies(0)], drill="spring")))
    assert [each.drill for each in earnest + practised] == ["", "spring"]
    assert earnest[0].incident_id != practised[0].incident_id


def test_records_of_a_drill_have_a_state_of_their_own() -> None:
    assert ENGINE.admit(command("confirm", "x")).state_key == "E1"
    assert IN_SPRING.admit(command("confirm", "x", drill="spring")).state_key == "E1#spring"


def test_a_drill_that_is_not_registered_has_no_state_and_its_commands_are_refused() -> None:
    admitted = ENGINE.admit(command("confirm", "x", drill="summer"))
    assert admitted.state_key == STRANGER
    letter = of(DeadLetter, ENGINE.apply(EnterpriseState(), admitted))[0]
    assert letter.reason == "unknown_drill"


def from_outside(at_s: float) -> bytes:
    return shadow_copies(at_s, SourceIp="203.0.113.7")


def test_an_incident_tells_its_indicators_once_and_again_when_it_changes() -> None:
    state = EnterpriseState()
    (told,) = of(Sighting, ENGINE.process(state, batch([from_outside(0)])))
    assert (told.kind, told.indicator) == ("address", "203.0.113.7")
    assert told.sight.tiers
    assert told.sight.harm
    assert of(Sighting, ENGINE.advance(state, "E1", START)) == []
    (incident,) = state.incidents.cases
    assert of(Sighting, apply(ENGINE, state, command("start", incident))) == []
    stated = apply(ENGINE, state, command("impact", incident, 101, impact=Impact(views=70)))
    assert [each.sight.harm["views"] for each in of(Sighting, stated)] == [70]
    closing = command("close", incident, 102, verdict="false_positive")
    assert [each.sight.stands for each in of(Sighting, apply(ENGINE, state, closing))] == [False]


def test_a_sighting_has_the_state_of_its_indicator_and_a_stranger_none() -> None:
    (told,) = of(Sighting, run([batch([from_outside(0)])]))
    record = Record(
        topic="fenghuo.sightings",
        partition=0,
        offset=7,
        timestamp=START,
        key=told.campaign_id.encode(),
        value=msgspec.json.encode(told),
    )
    assert ENGINE.admit(record).state_key == f"#{told.campaign_id}"
    forged = msgspec.structs.replace(
        record,
        topic="fenghuo.events",
        key=b"",
        headers=(("fenghuo-drill", told.campaign_id.encode()),),
    )
    assert ENGINE.admit(forged).state_key == STRANGER


def test_a_sighting_that_cannot_be_read_is_a_dead_letter_without_an_account() -> None:
    broken = Record(
        topic="fenghuo.sightings", partition=0, offset=1, timestamp=0, key=b"c", value=b"{"
    )
    state = EnterpriseState()
    (letter,) = of(DeadLetter, apply(ENGINE, state, broken))
    assert (letter.reason, letter.events, letter.original) == ("sighting_malformed", 0, b"{")
    assert state == EnterpriseState()


def test_confirmation_and_stated_harm_raise_the_tier_with_a_response_level() -> None:
    state = EnterpriseState()
    (incident,) = of(Incident, ENGINE.process(state, batch([shadow_copies(0)])))
    confirmed = apply(ENGINE, state, command("confirm", incident.incident_id, 100))
    assert of(CommandOutcome, confirmed)[0].accepted
    stated = Impact(direct_loss_cny=150_000_000)
    told = apply(ENGINE, state, command("impact", incident.incident_id, 101, impact=stated))
    levels = {each.regime: each.response_level for each in of(Assessment, told)}
    assert levels == {"miit": "II", "cac": "I"}


def test_a_command_that_the_life_cycle_forbids_is_refused_and_kept() -> None:
    state = EnterpriseState()
    (incident,) = of(Incident, ENGINE.process(state, batch([shadow_copies(0)])))
    (outcome,) = apply(ENGINE, state, command("reopen", incident.incident_id))
    assert isinstance(outcome, CommandOutcome)
    assert not outcome.accepted
    assert "allowed" in outcome.refusal


def test_a_command_that_cannot_be_read_is_a_dead_letter() -> None:
    broken = Record(
        topic="fenghuo.commands", partition=0, offset=1, timestamp=0, key=b"E1", value=b"{"
    )
    letter, account = apply(ENGINE, EnterpriseState(), signed_again(broken))
    assert letter.reason == "command_malformed"  # type: ignore[union-attr]
    assert account.dead_lettered == 1  # type: ignore[union-attr]


def test_a_state_of_another_version_is_not_read() -> None:
    with pytest.raises(StateFault, match="version 99"):
        decode_state("E1", encode_state(EnterpriseState(version=99)))
    with pytest.raises(StateFault, match="version 99"):
        decode_state("#c", encode_state(CampaignState(version=99)))
