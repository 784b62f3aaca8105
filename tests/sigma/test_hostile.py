"""What a hostile sender or rule author may write: a decision, a reason or a fault, and no more."""

import pytest

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import FORMATS, read_fields
from pipeline.sigma.compile import compile_rules
from pipeline.sigma.parse import parse_rules
from pipeline.sigma.ruleset import RuleSet

RULES = """title: any
logsource: {category: made}
detection: {s: {a.b.c|contains: needle}, k: [needle], condition: 1 of them}
---
title: all of it
logsource: {product: windows}
detection: {s: {Image|contains: ['*x*y*z', '-a'], Image|windash|re: '(a+)+$'}, condition: s}
"""


def made(text: str) -> RuleSet:
    return compile_rules(parse_rules([("made.yml", text)]))


def nested(depth: int, opening: str, closing: str, inside: str = '"needle"') -> bytes:
    return f'{{"a":{opening * depth}{inside}{closing * depth}}}'.encode()


DEEP = {
    "lists": nested(1000, "[", "]"),
    "objects": nested(1000, '{"b":', "}"),
    "both": nested(500, '[{"b":', "}]"),
    "beyond the reader": nested(100_000, "[", "]"),
}


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("kind", DEEP)
def test_deep_values_are_matched_or_refused_with_a_reason(name: str, kind: str) -> None:
    rules = made(RULES)
    for line in (DEEP[kind], DEEP[kind].replace(b'{"a":', b'{"EventID":1,"winlog":', 1)):
        try:
            fields = read_fields(name, line)
        except EventFault:
            continue
        titles = [rule.head.title for rule in rules.matches(fields, line)]
        assert ("any" in titles) or name in ("ocsf", "ecs", "zeek", "suricata", "auditd", "syslog")
