"""`python -m tests.benchmarks.campaigns`: sightings per CPU-second, bytes of state an indicator.

Each sighting is decoded from its wire form and taken by the second stage, its state encoded
after each, as the worker does in the worst case (one sighting of an indicator a step). Every
enterprise has one incident with the indicator, seen a minute after the one before. `rows` are
what would be written: a campaign's revision and all its members.
"""

import random
from collections.abc import Iterator
from time import process_time

import msgspec

from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.sightings import campaign_id_of, read_sighting
from pipeline.campaigns.state import CampaignState
from pipeline.campaigns.step import take
from pipeline.severity.policy import SeverityPolicy
from schemas.batch import Record
from schemas.campaign import Indicator
from schemas.moments import MINUTE, parse_moment
from schemas.provinces import PROVINCES
from schemas.sighting import Sight, Sighting

START = parse_moment("2026-05-01T00:00:00Z")
POLICY = CampaignPolicy()
SEVERITY = SeverityPolicy()
SHAPES = ((20_000, 1), (7_000, 3), (2_000, 10), (200, 100), (4, 500), (1, 2_000))
"""Indicators, and enterprises that have each."""


def records(indicators: int, enterprises: int) -> Iterator[Record]:
    """The sightings of all indicators, mixed, in the order of their events."""
    chance = random.Random(5)
    for number in range(enterprises):
        for place in chance.sample(range(indicators), indicators):
            sighting = make_sighting(place, number)
            yield Record(
                topic="fenghuo.sightings",
                partition=0,
                offset=0,
                timestamp=START + number * MINUTE,
                key=sighting.campaign_id.encode(),
                value=msgspec.json.encode(sighting),
            )


def make_sighting(place: int, number: int) -> Sighting:
    indicator = Indicator("address", f"203.0.{place // 256}.{place % 256}")
    moment = START + number * MINUTE
    return Sighting(
        campaign_id=campaign_id_of(indicator, ""),
        kind=indicator.kind,
        indicator=indicator.value,
        drill="",
        incident_id=f"{place * 100_000 + number:032x}",
        sight=Sight(
            order=1,
            emitted_at=moment,
            stands=True,
            enterprise_id=f"ent-{number:05}",
            province=tuple(PROVINCES)[number % len(PROVINCES)],
            sector="steel",
            scenario="malware",
            level="high",
            first_time=moment,
            last_time=moment,
            tiers={"miit": "III", "cac": "IV"},
            harm={"persons": 1_000, "data_class": "important", "threat": "serious"},
        ),
    )


def measure(indicators: int, enterprises: int) -> None:
    """One line: how fast, how many rows, how much state at the end."""
    stream = list(records(indicators, enterprises))
    states: dict[bytes, CampaignState] = {}
    rows = 0
    started_s = process_time()
    for record in stream:
        state = states.setdefault(record.key, CampaignState())
        sighting = read_sighting(record)
        assert isinstance(sighting, Sighting)
        rows += len(take(POLICY, SEVERITY, state, sighting, record.timestamp))
        msgspec.msgpack.encode(state)
    seconds = process_time() - started_s
    encoded = [len(msgspec.msgpack.encode(state)) for state in states.values()]
    held = max(len(state.sights) for state in states.values())
    print(
        f"{indicators:>10} {enterprises:>16} {held:>6} {len(stream) / seconds:>12,.0f} "
        f"{rows / len(stream):>10.1f} {sum(encoded) // len(encoded):>16,}"
    )


if __name__ == "__main__":
    print(
        f"{'indicators':>10} {'enterprises each':>16} {'held':>6} {'sightings/s':>12} "
        f"{'rows each':>10} {'bytes/indicator':>16}"
    )
    for shape in SHAPES:
        measure(*shape)
