"""Laws of the simulator: the same seed the same bytes, and everything inside the period."""

import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.event_times import time_of
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.stories.table import STORIES
from pipeline.simulate.traffic import make_traffic, plan_attacks
from schemas.moments import SECOND, parse_moment

START = parse_moment("2026-11-23T12:00:00Z")
CONFIG = SimulationConfig(start=START, events=20)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), enterprises=st.integers(1, 25))
def test_the_same_seed_gives_the_same_bytes_in_the_same_order(seed: int, enterprises: int) -> None:
    publishers = make_registry(seed, enterprises)
    assert list(make_traffic(seed, CONFIG, publishers)) == list(
        make_traffic(seed, CONFIG, make_registry(seed, enterprises))
    )


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    duration_s=st.integers(900, 20_000),
    span_s=st.integers(30, 299),
    batch_events=st.integers(1, 50),
)
def test_batches_keep_to_period_span_and_size(
    seed: int, duration_s: int, span_s: int, batch_events: int
) -> None:
    config = SimulationConfig(
        start=START, duration_s=duration_s, events=20, span_s=span_s, batch_events=batch_events
    )
    for batch in make_traffic(seed, config, make_registry(seed, 20)):
        assert START <= batch.first_time <= batch.last_time < START + duration_s * SECOND
        assert batch.last_time - batch.first_time < span_s * SECOND
        assert 1 <= len(batch.lines) <= batch_events


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_event_is_older_than_what_its_enterprise_sent_a_span_before(seed: int) -> None:
    greatest: dict[str, int] = {}
    for batch in make_traffic(seed, CONFIG, make_registry(seed, 20)):
        seen = greatest.get(batch.enterprise_id, 0)
        assert batch.first_time > seen - CONFIG.span_s * SECOND
        greatest[batch.enterprise_id] = max(seen, batch.last_time)


def test_cutting_finer_changes_no_event() -> None:
    publishers = make_registry(5, 20)
    whole = make_traffic(5, CONFIG, publishers)
    fine = make_traffic(
        5, SimulationConfig(start=START, events=20, span_s=60, batch_events=3), publishers
    )
    lines = [
        Counter(line for batch in batches for line in batch.lines) for batches in (whole, fine)
    ]
    assert lines[0] == lines[1]


def test_every_line_is_a_json_object_whose_time_the_intake_can_read() -> None:
    for batch in make_traffic(3, CONFIG, make_registry(3, 20)):
        for line in batch.lines:
            document = json.loads(line)
            system = document.get("Event", {}).get("System")
            moment = (
                parse_moment(system["TimeCreated"]["#attributes"]["SystemTime"])
                if system
                else time_of(document)
            )
            assert moment is not None
            assert batch.first_time - 1_000 <= moment <= batch.last_time


@pytest.mark.parametrize("story", [name for name, story in STORIES.items() if story.hostile])
def test_each_story_is_told_whole_at_its_victim_and_nowhere_else(story: str) -> None:
    publishers = make_registry(11, 40)
    attacks = plan_attacks(11, CONFIG, publishers)
    attack = next(attack for attack in attacks if attack.story == story)
    batches = [b for b in make_traffic(11, CONFIG, publishers) if story in b.stories]
    assert {batch.enterprise_id for batch in batches} == {attack.enterprise_id}
    assert min(batch.first_time for batch in batches) <= attack.first_time
    assert max(batch.last_time for batch in batches) >= attack.last_time


def test_no_enterprise_suffers_two_stories_while_others_are_free() -> None:
    attacks = plan_attacks(11, CONFIG, make_registry(11, 60))
    victims = [attack.enterprise_id for attack in attacks]
    assert len(victims) == len(set(victims)) == len(CONFIG.stories)


@pytest.mark.parametrize("seed", [3, 11, 2026])
def test_a_campaign_comes_from_one_address_to_enterprises_of_several_provinces(seed: int) -> None:
    story = "vulnerability_backdoor"
    config = msgspec.structs.replace(CONFIG, campaign=story)
    publishers = make_registry(seed, 40)
    province_of = {each.enterprise_id: each.province for each, _ in publishers}
    struck = [a.enterprise_id for a in plan_attacks(seed, config, publishers) if a.story == story]
    assert len({province_of[name] for name in struck}) == len(struck) == 3
    connected = [
        json.loads(line)["dst_endpoint"]["ip"]
        for batch in make_traffic(seed, config, publishers)
        if story in batch.stories
        for line in batch.lines
        if b'"port":8443' in line
    ]
    assert len(connected) == 3
    assert len(set(connected)) == 1


def test_a_campaign_adds_victims_and_changes_no_other_attack() -> None:
    publishers = make_registry(11, 60)
    config = msgspec.structs.replace(CONFIG, campaign="vulnerability_backdoor")
    alone, beside = (plan_attacks(11, each, publishers) for each in (CONFIG, config))
    assert beside[: len(alone)] == alone
    assert [attack.story for attack in beside[len(alone) :]] == ["vulnerability_backdoor"] * 2
    assert len({attack.enterprise_id for attack in beside}) == len(beside)


def test_a_campaign_that_is_none_of_the_stories_is_refused() -> None:
    with pytest.raises(ValueError, match="none of ransomware"):
        SimulationConfig(start=START, stories=("ransomware",), campaign="flood")


def test_an_unknown_story_is_refused() -> None:
    config = SimulationConfig(start=START, stories=("flood",))
    with pytest.raises(KeyError, match="flood"):
        list(make_traffic(1, config, make_registry(1, 2)))
