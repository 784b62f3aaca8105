"""Law: the engine equals the slow reference, on made rules and events and on the corpus."""

from itertools import groupby
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.intake.formats.table import read_fields
from pipeline.sigma.log_sources import CATEGORIES, EVENT_TYPES, SERVICES, SIGMA_CATEGORIES
from pipeline.sigma.matching import long_values
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.documents import SigmaRule
from pipeline.sigma.reading.parse import parse_rules
from tests.sigma.corpora import corpus_rules, needs_corpora, windows_recordings
from tests.sigma.reference import rule_matches
from tests.sigma.strategies import detections, events


def rule_text(detection: dict[str, Any], **head: Any) -> str:
    """A rule as YAML; JSON is YAML."""
    document = {"title": "t", "logsource": {"category": "made"}, "detection": detection, **head}
    return orjson.dumps(document).decode()


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(detections, events, events)
def test_made_rules_match_as_the_reference_says(
    detection: dict[str, Any], event: dict[str, Any], other: dict[str, Any]
) -> None:
    parsed = parse_rules([("made.yml", rule_text(detection))])
    assert not parsed.faults
    rules = compile_rules(parsed)
    for each in (event, other, event, {}):
        expected = rule_matches(detection, each)
        raw = orjson.dumps(each)
        assert bool(rules.matches(each, raw)) is expected
        assert bool(rules.matches(each, b"")) is expected


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(detections, events)
def test_values_scanned_as_long_ones_match_as_the_reference_says(
    detection: dict[str, Any], event: dict[str, Any]
) -> None:
    rules = compile_rules(parse_rules([("made.yml", rule_text(detection))]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_values, "LONG", 0)
        patch.setattr(long_values, "LETTERS_A_NEEDLE", 0)
        for each in (event, event):
            assert bool(rules.matches(each, orjson.dumps(each))) is rule_matches(detection, each)


def applies_to_windows(rule: SigmaRule, fields: dict[str, Any]) -> bool:
    """The log source table read rule by rule."""
    channel, number = fields["Channel"].lower(), str(fields["EventID"])
    source = rule.logsource
    known = {c.lower() for channels in SERVICES.values() for c in channels}
    if source.product not in ("", "windows"):
        return False
    channels_of_service = [each.lower() for each in SERVICES.get(source.service, ())]
    decides = bool(source.service) and (channel in known or source.service in SERVICES)
    if decides and channel not in channels_of_service:
        return False
    mine = {
        name
        for name, channels, ids in CATEGORIES
        if channel in [each.lower() for each in channels] and number in map(str, ids)
    }
    decides = bool(source.category) and (bool(mine) or source.category in SIGMA_CATEGORIES)
    if decides and source.category not in mine:
        return False
    wanted = EVENT_TYPES.get(source.category)
    return not wanted or str(fields.get("EventType", wanted[0])).lower() in wanted


@needs_corpora
def test_the_corpus_matches_as_the_reference_says_on_samples_of_the_recordings() -> None:
    """Two events of every channel and event id of every third recording."""
    parsed = corpus_rules()
    rules = compile_rules(parsed)
    compared = matched = 0
    for number, (_, group) in enumerate(groupby(windows_recordings(), key=lambda pair: pair[0])):
        if number % 6:
            continue
        seen: dict[tuple[Any, Any], int] = {}
        for _, recording in group:
            fields = read_fields("windows", recording.raw)
            kind = (fields["Channel"], fields["EventID"])
            seen[kind] = seen.get(kind, 0) + 1
            if seen[kind] != 1:
                continue
            found = [rule.head.rule_id for rule in rules.matches(fields, recording.raw)]
            expected = [
                rule.head.rule_id
                for rule in parsed.rules
                if applies_to_windows(rule, fields) and rule_matches(rule.detection, fields)
            ]
            assert sorted(found) == sorted(expected)
            compared += 1
            matched += len(found)
    assert compared > 50
    assert matched > 5
