"""Simulated OCSF events keep to OCSF 1.8.0: known attributes only, and all required ones."""

import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic
from schemas.moments import parse_moment

SCHEMA = Path(__file__).parents[3] / "shared" / "corpora" / "ocsf-1.8.0.json.xz"
PROFILES = {None, "datetime", "host"}
FREE = {"unmapped"}

pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason="../shared/corpora/ocsf-1.8.0.json.xz is not there"
)


@cache
def _schema() -> dict[str, Any]:
    with lzma.open(SCHEMA) as file:
        schema: dict[str, Any] = json.load(file)
    return schema


@cache
def _class_of(class_uid: int) -> dict[str, Any]:
    return next(c for c in _schema()["classes"].values() if c.get("uid") == class_uid)


def _problems(value: Any, attributes: Mapping[str, Any], place: str) -> Iterator[str]:
    for name, attribute in attributes.items():
        is_ours = attribute.get("profile") in PROFILES
        if attribute.get("requirement") == "required" and is_ours and name not in value:
            yield f"{place}.{name} is missing"
    for name, part in value.items():
        if name not in attributes:
            yield f"{place}.{name} is unknown"
        elif isinstance(part, dict) and name not in FREE:
            kind = attributes[name].get("object_type") or attributes[name]["type"]
            inner = _schema()["objects"][kind]["attributes"]
            yield from _problems(part, inner, f"{place}.{name}")


def test_simulated_events_are_ocsf() -> None:
    publishers = make_registry(1, 40)
    config = SimulationConfig(start=parse_moment("2026-11-23T02:00:00Z"))
    problems = {
        problem
        for batch in make_traffic(1, config, publishers)
        if batch.format == "ocsf"
        for line in batch.lines
        for event in [json.loads(line)]
        for problem in _problems(
            event, _class_of(event["class_uid"])["attributes"], str(event["class_uid"])
        )
    }
    assert problems == set()
