"""The whole engine on simulated attacks: the campaigns of the definition, in any order."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

import msgspec
import pytest

from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.state import CampaignState
from pipeline.files.rule_samples import START
from pipeline.path import Engine
from pipeline.simulate.config import SimulationConfig
from schemas.campaign import Campaign
from schemas.incident import Incident
from schemas.sighting import Sighting
from tests.campaigns.test_laws import by_definition
from tests.rules.simulated import decide_simulated

CONFIG = SimulationConfig(start=START, events=10, campaign="vulnerability_backdoor")
SEEDS = (3, 11)


def gathered(engine: Engine, sightings: Sequence[Sighting]) -> dict[str, Campaign]:
    """What the second stage says at the end, by campaign."""
    states: defaultdict[str, CampaignState] = defaultdict(CampaignState)
    found: dict[str, Campaign] = {}
    for each in sightings:
        for one in engine.apply_sighting(states[each.campaign_id], each, START):
            if isinstance(one, Campaign):
                found[one.campaign_id] = msgspec.structs.replace(one, revision=0)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_finds_the_one_campaign_that_the_definition_says(seed: int) -> None:
    engine, decisions = decide_simulated(seed, 30, CONFIG)
    last = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    expected = by_definition(last.values(), CampaignPolicy())
    sightings = [each for each in decisions if isinstance(each, Sighting)]
    found = gathered(engine, sightings)
    assert {name: one.incident_count for name, one in found.items()} == {
        name: len(incidents) for name, incidents in expected.items()
    }
    (campaign,) = found.values()
    assert (campaign.enterprise_count, len(campaign.provinces)) == (3, 3)
    Random(seed).shuffle(sightings)
    assert gathered(engine, [*sightings, *sightings]) == found
