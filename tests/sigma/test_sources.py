"""Which events a rule meets: nothing that is known differs, and what a rule names is there."""

from typing import Any

import orjson
import pytest

from pipeline.intake.formats.table import AUTO, read_fields
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.parse import parse_rules

SYSMON = "Microsoft-Windows-Sysmon/Operational"
FIELD = {"s": {"f": "needle"}, "condition": "s"}
KEYWORDS = {"s": ["needle"], "condition": "s"}

NOWHERE = {"f": "needle"}
PROCESS = {"f": "needle", "Channel": SYSMON, "EventID": 1}
LOGON = {"f": "needle", "Channel": "Security", "EventID": 4624}
NO_CHANNEL = {"f": "needle", "EventID": 1, "Image": "C:\\a.exe"}
SQL_AUDIT = {"f": "needle", "Channel": "Application", "EventID": 33205}
STATEMENT = {"f": "needle", "database": "erp", "statement": "select 1"}
ZEEK_HTTP = {"f": "needle", "_path": "http", "id.orig_h": "10.0.0.7"}
ZEEK_RDP = {"f": "needle", "_path": "rdp", "id.orig_h": "10.0.0.7"}
CLOUDTRAIL = {"f": "needle", "eventVersion": "1.08", "eventSource": "s3", "awsRegion": "cn-north-1"}

WINDOWS = {"product": "windows"}
PROCESS_CREATION = {"product": "windows", "category": "process_creation"}
CISCO = {"product": "cisco", "service": "aaa"}
DATABASE = {"category": "database"}
WEBSERVER = {"category": "webserver"}
OWN = {"category": "our_application"}


def rules_of(logsource: dict[str, str], detection: dict[str, Any]) -> RuleSet:
    document = {"title": "t", "id": "t", "logsource": logsource, "detection": detection}
    parsed = parse_rules([("t.yml", orjson.dumps(document).decode())])
    assert not parsed.faults
    return compile_rules(parsed)


def meets(rules: RuleSet, event: dict[str, Any]) -> bool:
    raw = orjson.dumps(event)
    return bool(rules.matches(read_fields(AUTO, raw), raw))


@pytest.mark.parametrize(
    ("logsource", "event", "by_field", "by_keyword"),
    [
        (WINDOWS, LOGON, True, True),
        (WINDOWS, NO_CHANNEL, True, True),
        (WINDOWS, NOWHERE, False, False),
        (WINDOWS, ZEEK_HTTP, False, False),
        (PROCESS_CREATION, PROCESS, True, True),
        (PROCESS_CREATION, NO_CHANNEL, True, False),
        (PROCESS_CREATION, LOGON, False, False),
        (PROCESS_CREATION, NOWHERE, False, False),
        (CISCO, NOWHERE, False, False),
        (CISCO, ZEEK_HTTP, False, False),
        (CISCO, LOGON, False, False),
        (CISCO, CLOUDTRAIL, False, False),
        ({"service": "aaa"}, NOWHERE, False, False),
        (DATABASE, STATEMENT, True, True),
        (DATABASE, SQL_AUDIT, True, True),
        (DATABASE, NOWHERE, True, False),
        (DATABASE, LOGON, False, False),
        (DATABASE, PROCESS, False, False),
        (DATABASE, ZEEK_HTTP, False, False),
        (DATABASE, CLOUDTRAIL, False, False),
        (WEBSERVER, ZEEK_HTTP, True, True),
        (WEBSERVER, ZEEK_RDP, False, False),
        (OWN, NOWHERE, True, True),
        (OWN, ZEEK_HTTP, True, True),
        (OWN, PROCESS, False, False),
    ],
)
def test_which_events_a_rule_meets(
    logsource: dict[str, str], event: dict[str, Any], by_field: bool, by_keyword: bool
) -> None:
    assert meets(rules_of(logsource, FIELD), event) is by_field
    assert meets(rules_of(logsource, KEYWORDS), event) is by_keyword


@pytest.mark.parametrize(
    ("assumed", "logsource", "is_met"),
    [
        ("/windows/", WINDOWS, True),
        ("/windows/", CISCO, False),
        ("/cisco/", CISCO, True),
        ("/*/", CISCO, True),
        ("/*/", {"service": "aaa"}, True),
        ("database//", DATABASE, True),
        ("/*/", DATABASE, True),
    ],
)
def test_a_site_says_what_its_events_of_unknown_source_are(
    assumed: str, logsource: dict[str, str], is_met: bool
) -> None:
    rules = rules_of(logsource, KEYWORDS)
    assert meets(rules.assuming(assumed), NOWHERE) is is_met
    assert meets(rules.assuming(assumed), LOGON) is meets(rules, LOGON)
    assert rules.assuming(assumed).content_id == rules.content_id


def test_events_that_met_no_rule_of_a_product_are_counted() -> None:
    rules = rules_of(WINDOWS, FIELD)
    for event in (NOWHERE, LOGON, NOWHERE):
        meets(rules, event)
    assert rules.effort.unplaced_events == 2
    meets(rules.assuming("/windows/"), NOWHERE)
    assert rules.effort.unplaced_events == 2


@pytest.mark.parametrize(
    "event",
    [
        {"winlog": {"channel": SYSMON, "event_id": 1}, "sigma": {"source": "/cisco/aaa"}},
        {"winlog": {"event_id": 1, "event_data": {"sigma.source": "/cisco/aaa"}}},
        {"Event": {"System": {"EventID": 1}, "EventData": {"sigma.source": "/cisco/aaa"}}},
        {"event": {"dataset": "x"}, "sigma": {"source": "/cisco/aaa"}},
        {"sigma": {"source": "/cisco/aaa"}},
    ],
)
def test_a_sender_does_not_choose_its_rules_from_within_the_data(event: dict[str, Any]) -> None:
    assert not meets(rules_of(CISCO, KEYWORDS), {**event, "f": "needle"})
