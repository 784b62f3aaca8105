"""The published schema of our own event is the one in the code, and holds of the sample."""

from pathlib import Path

import jsonschema
import orjson
import pytest

from pipeline.intake.formats.data_security import ACTIONS, JSON_SCHEMA, data_security_fields
from pipeline.sigma.log_sources import log_source
from tests.intake.format_samples import SAMPLES

PUBLISHED = Path(__file__).parents[2] / "docs" / "data-security-event.json"


def test_what_is_published_is_what_is_read() -> None:
    assert orjson.loads(PUBLISHED.read_bytes()) == JSON_SCHEMA


def test_samples_are_of_the_schema() -> None:
    ours = [sample for sample in SAMPLES if sample.format == "data_security"]
    assert ours
    for sample in ours:
        jsonschema.validate(orjson.loads(sample.lines), JSON_SCHEMA)


@pytest.mark.parametrize("action", [*ACTIONS, "invented", 5, None])
def test_the_action_is_the_service_where_it_is_known(action: object) -> None:
    document = {"schema": "fenghuo.data-security/1", "action": action, "host": "db1"}
    service = log_source(data_security_fields(document)).service
    assert service == (action if action in ACTIONS else "")
