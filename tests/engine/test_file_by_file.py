"""Files published one after another, long after, come to what a run over the files comes to."""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.app.file_runs import BatchReader
from pipeline.intake.batching import chunk_lines
from pipeline.intake.formats.table import AUTO
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic, plan_attacks
from pipeline.state import EnterpriseState
from schemas.batch import Batch, BatchAccount
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import DAY, HOUR, SECOND, Moment, parse_moment
from tests.rules.house_rules import house_rules

START = parse_moment("2026-05-06T02:00:00Z")
SEED = 7
ENTERPRISES = 60
CONFIG = SimulationConfig(start=START)
RECEIVED_AT = START + 2 * DAY


class Site(NamedTuple):
    """One attacked enterprise: the lines of each of its files, by format."""

    story: str
    enterprise_id: str
    files: dict[str, list[bytes]]


@cache
def sites() -> dict[str, Site]:
    """One site a story, that with the fewest lines."""
    publishers = make_registry(SEED, ENTERPRISES)
    attacks = plan_attacks(SEED, CONFIG, publishers)
    made = {each.enterprise_id: Site(each.story, each.enterprise_id, {}) for each in attacks}
    for batch in make_traffic(SEED, CONFIG, publishers):
        if batch.enterprise_id in made:
            made[batch.enterprise_id].files.setdefault(batch.format, []).extend(batch.lines)
    chosen: dict[str, Site] = {}
    for site in sorted(made.values(), key=lambda each: sum(map(len, each.files.values()))):
        chosen.setdefault(site.story, site)
    return chosen


@cache
def engine() -> Engine:
    registry = {each.enterprise_id: each for each, _ in make_registry(SEED, ENTERPRISES)}
    return Engine(house_rules(), Policy(), registry)


def run_over(site: Site, folder: Path) -> list[Decision]:
    """As `fenghuo run` reads them."""
    files = []
    for format, lines in site.files.items():
        files.append(folder / f"{format}.ndjson")
        files[-1].write_bytes(b"\n".join(lines) + b"\n")
    state, decisions = EnterpriseState(), list[Decision]()
    enterprise = engine().registry[site.enterprise_id]
    reader = BatchReader(enterprise, AUTO, RECEIVED_AT, "", print)
    for batch in reader.batches(files, 0):
        decisions += engine().process(state, batch)
    return decisions + engine().settle(state, site.enterprise_id)


def published(site: Site, order: tuple[str, ...], seconds_apart: float) -> Iterator[Batch]:
    """As the worker receives them: a file at a time."""
    offset = 0
    for format in order:
        for chunk in chunk_lines(site.files[format], site.enterprise_id, format):
            yield Batch(
                enterprise_id=site.enterprise_id,
                format=format,
                batch_id=chunk.batch_id,
                sequence=chunk.sequence,
                received_at=RECEIVED_AT + round(offset * seconds_apart * SECOND),
                value=chunk.value,
                occurrences=chunk.occurrences,
                offset=offset,
            )
            offset += 1


def live(batches: Iterator[Batch], enterprise_id: str) -> list[Decision]:
    """As the worker drives the engine, with its timers once all has come."""
    state, decisions = EnterpriseState(), list[Decision]()
    last: Moment = 0
    for batch in batches:
        decisions += engine().process(state, batch)
        last = batch.received_at
    return decisions + engine().advance(state, enterprise_id, last + HOUR)


def found(decisions: list[Decision]) -> tuple[dict[str, tuple[str, ...]], set[tuple[str, int]]]:
    """Incidents that are live in the end with their detections, and correlations that hold."""
    incidents = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    detections = {each.detection_id: each for each in decisions if isinstance(each, Detection)}
    held = [each for each in detections.values() if each.status == "active"]
    correlated = {(each.detection_id, each.event_count) for each in held if each.kind != "rule"}
    return {
        incident_id: tuple(sorted(set(each.detection_ids) & {one.detection_id for one in held}))
        for incident_id, each in incidents.items()
        if each.status != "superseded"
    }, correlated


STORIES = ("ransomware", "vulnerability_backdoor", "illegal_operation")


@pytest.mark.parametrize("story", STORIES)
def test_files_published_one_after_another_come_to_what_a_run_over_them_comes_to(
    story: str, tmp_path: Path
) -> None:
    site = sites()[story]
    expected = found(run_over(site, tmp_path))
    assert expected[0]
    assert expected[1]
    for order in list(permutations(site.files))[:6]:
        decisions = live(published(site, order, 0.5), site.enterprise_id)
        accounts = [each for each in decisions if isinstance(each, BatchAccount)]
        assert not sum(each.late for each in accounts)
        assert found(decisions) == expected, order


def test_a_site_has_several_files() -> None:
    assert all(len(sites()[story].files) > 1 for story in STORIES)
