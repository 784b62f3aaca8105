"""Filters keep rules off the wrong logs, and off nothing else."""

import orjson
import pytest

from pipeline.intake.formats.table import read_fields
from pipeline.sigma.compile import compile_rules
from pipeline.sigma.parse import parse_rules
from tests.rules.house_rules import filter_files

KEYWORDS = """
title: Any Database Dropped
id: 0e0f9b0e-3f0c-4f0e-8d55-3a3c1f7c8b11
logsource:
    category: database
detection:
    words:
        - drop
    condition: words
level: medium
"""


@pytest.mark.parametrize(
    ("event", "fires"),
    [
        ({"Channel": "Security", "EventID": 4656, "Message": "right to drop a key"}, False),
        ({"Channel": "Application", "EventID": 33205, "Message": "DROP TABLE orders"}, True),
        ({"statement": "DROP TABLE orders"}, True),
    ],
    ids=["a log of Windows itself", "a database server's entries there", "a database's own log"],
)
def test_rules_for_databases_keep_off_the_logs_of_windows(
    event: dict[str, object], fires: bool
) -> None:
    texts = [(path.name, path.read_text("utf-8")) for path in filter_files()]
    rules = compile_rules(parse_rules([("keywords.yml", KEYWORDS), *texts]))
    raw = orjson.dumps(event)
    format = "windows" if "Channel" in event else "json"
    assert bool(rules.matches(read_fields(format, raw), raw)) == fires
