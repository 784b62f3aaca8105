"""OCSF 1.8: every incident and detection is valid against the published schema."""

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocsf_json_schema import OcsfJsonSchemaEmbedded

from pipeline.incidents.ocsf import (
    OBSERVABLE_IDS,
    SEVERITY_IDS,
    STATUS_IDS,
    VERDICT_IDS,
    Json,
    detection_finding,
    incident_finding,
)
from schemas.detection import Detection, EntityKind, Level
from schemas.incident import Status, Verdict
from tests.incidents.builders import Desk, detection, withdrawn
from tests.incidents.test_laws import histories

SCHEMA = Path(__file__).parents[3] / "shared/corpora/ocsf-1.8.0.json.xz"

pytestmark = pytest.mark.skipif(
    not SCHEMA.exists(), reason=f"the OCSF schema is not there: {SCHEMA}"
)


def _as_served(value: Any, objects: Any) -> Any:
    """The compiled schema as OCSF's server gives it, which the library reads: without nulls,
    and with an attribute that is an object saying so in `object_type`."""
    if isinstance(value, list):
        return [_as_served(each, objects) for each in value]
    if not isinstance(value, dict):
        return value
    served = {key: _as_served(each, objects) for key, each in value.items() if each is not None}
    if "requirement" in served and served.get("type") in objects:
        return {**served, "object_type": served["type"], "type": "object_t"}
    return served


@cache
def _schema(class_name: str) -> jsonschema.Draft202012Validator:
    with lzma.open(SCHEMA, "rt") as file:
        content = json.load(file)
    published = OcsfJsonSchemaEmbedded(_as_served(content, content["objects"]))
    profiles = ["security_control", "incident"]
    return jsonschema.Draft202012Validator(published.get_class_schema(class_name, profiles))


def _faults(class_name: str, finding: Json) -> list[str]:
    wire = json.loads(json.dumps(finding))
    return [
        f"{fault.json_path}: {fault.message}" for fault in _schema(class_name).iter_errors(wire)
    ]


@settings(max_examples=25)
@given(histories())
def test_incidents_are_valid_incident_findings(history: list[Detection]) -> None:
    desk = Desk()
    desk.take(*history)
    for incident in desk.emitted:
        assert _faults("incident_finding", incident_finding(incident)) == []


@settings(max_examples=25)
@given(histories(), st.booleans())
def test_detections_are_valid_detection_findings(
    history: list[Detection], is_withdrawn: bool
) -> None:
    for made in history:
        revision = withdrawn(made) if is_withdrawn else made
        assert _faults("detection_finding", detection_finding(revision)) == []


def test_a_missing_required_field_would_be_noticed() -> None:
    finding = detection_finding(detection("a", 0, "host:ws1"))
    del finding["severity_id"]
    assert _faults("detection_finding", finding)


def test_every_word_has_its_number() -> None:
    assert SEVERITY_IDS.keys() == set(get_args(Level))
    assert STATUS_IDS.keys() == set(get_args(Status))
    assert VERDICT_IDS.keys() == set(get_args(Verdict))
    assert OBSERVABLE_IDS.keys() == set(get_args(EntityKind))


def test_a_superseded_incident_is_closed_as_a_duplicate_of_its_heir() -> None:
    desk = Desk()
    desk.take(detection("late", 10, "host:ws1", level="high"))
    desk.take(detection("early", 9, "host:ws1", level="high"))
    gone = next(one for one in desk.emitted if one.status == "superseded")
    finding = incident_finding(gone)
    assert finding["status_id"] == 5
    assert finding["verdict_id"] == 10
    assert finding["status_detail"] == f"superseded by {desk.only().incident_id}"
