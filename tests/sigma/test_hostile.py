"""What a hostile sender or rule author may write: a decision, a reason or a fault, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from pipeline.files import recordings
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import FORMATS, read_fields
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.parse import parse_rules

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
        assert ("any" in titles) or name not in ("json", "windows")


def test_names_within_names_do_not_grow_a_line_to_many_times_its_size() -> None:
    line = b'{"ecs":{"version":"1"},"event":{"kind":"event"},"a":'
    line += b"".join(b'{"x":1,"%s":' % (b"k" * 500) for _ in range(300)) + b"1" + b"}" * 301
    fields = read_fields("ecs", line)
    assert sum(map(len, fields)) < 10 * len(line)
    path = ".".join(["a", *["k" * 500] * 299, "x"])
    assert made(rule_of(f"s: {{? {path}\n     : 1}}\n")).matches(fields, b"")


def detect(tmp_path: Path, content: bytes) -> Result:
    """`fenghuo detect` over a file; a traceback fails the test."""
    rules, events = tmp_path / "r.yml", tmp_path / "e.json"
    rules.write_text(RULES)
    events.write_bytes(content)
    result = CliRunner().invoke(main, ["detect", "--rules", str(rules), str(events)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


LINES: list[tuple[bytes, str]] = [
    (b'{"a":NaN}', "not_json"),
    (b'{"a":1e400}', "not_json"),
    (b'{"a":' + b"9" * 5000 + b"}", "not_json"),
    (b'{"a":"\\ud800"', "not_json"),
    (b'{"a":"\xff', "not_json"),
    (b"[1,2]", "not_an_object"),
    (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "not_json"),
]


@pytest.mark.parametrize(("line", "reason"), LINES)
def test_a_line_that_is_no_event_is_named_with_its_place(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    result = detect(tmp_path, b'{"k":"needle"}\n' + line + b'\n{"k":"needle"}\n')
    assert result.exit_code == 1
    assert f"e.json:2: {reason}" in result.stderr
    assert [json.loads(row)["line"] for row in result.stdout.splitlines()] == [1, 3]


READABLE = [
    b'{"k":"needle","a":"\\ud800"}',
    b'{"k":"needle","a":"\xff"}',
    b'{"k":"needle","a":"x\0y"}',
    b'{"a":1}{"k":"needle"}',
]


@pytest.mark.parametrize("line", READABLE)
def test_signs_that_no_text_has_hide_no_event_from_the_rules(tmp_path: Path, line: bytes) -> None:
    result = detect(tmp_path, b'{"k":"needle"}\n' + line + b'\n{"k":"needle"}\n')
    assert result.exit_code == 0, result.stderr
    assert [json.loads(row)["line"] for row in result.stdout.splitlines()] == [1, 2, 3]


SPREAD = [b"NaN", b"9" * 5000, b"[" * 3000 + b"]" * 3000]


@pytest.mark.parametrize("value", SPREAD)
def test_a_document_over_lines_that_is_no_json_is_named_too(tmp_path: Path, value: bytes) -> None:
    broken = b'{\n "n": 123456789012345678901234567890,\n "a": ' + value + b"\n}\n"
    result = detect(tmp_path, b'{\n "k": "needle"\n}\n' + broken + b'{\n "k": "needle"\n}\n')
    assert result.exit_code == 1
    assert "e.json:4: not_json" in result.stderr
    assert [json.loads(row)["line"] for row in result.stdout.splitlines()] == [1, 8]


def test_a_line_that_never_ends_is_named_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "LONGEST_LINE", 1000)
    result = detect(tmp_path, b'{"k":"needle"}\n' + b"x" * 5000 + b'\n\n{"k":"needle"}\n')
    assert result.stderr.count("e.json:2: not_json: a line of more than 1000 bytes") == 1
    assert [json.loads(row)["line"] for row in result.stdout.splitlines()] == [1, 4]


def rule_of(detection: str, condition: str = "s") -> str:
    head = "title: t\nlogsource: {category: made}\ndetection:\n  "
    return f"{head}{detection}  condition: {condition}\n"


def quoted(values: Any) -> str:
    return orjson.dumps(list(values)).decode()


DASHES = " -a -b -c -d -e"
FAULTS: list[tuple[str, str]] = [
    ("title: " + "[" * 100_000, "nested too deeply"),
    ("- " * 100_000, "nested too deeply"),
    ("".join(" " * i + "a:\n" for i in range(2000)), "nested too deeply"),
    ("a: &a [*a]\n", "nested too deeply"),
    (
        "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
        "more than 100000 values",
    ),
    (rule_of(f"s: {{f|windash: {quoted(f'{DASHES}{i}' for i in range(100))}}}\n"), "too many or"),
    (rule_of(f"s: {{f|windash|base64offset: {quoted([DASHES] * 40)}}}\n"), "too many or too long"),
    (rule_of("s: {f|expand: '" + "%a%" * 40 + "'}\n"), "too many or too long"),
    (rule_of("s: {f|contains: '" + "a" * 3_000_000 + "'}\n"), "too many or too long"),
    (
        rule_of(
            "".join(f"s{i}: {{f: v{i}}}\n  " for i in range(500)).removesuffix("  "),
            " or ".join(["1 of them"] * 1000),
        ),
        "names more than 100000 values",
    ),
    (rule_of("s: {f: x}\n", "(" * 50_000 + "s" + ")" * 50_000), "nested too deeply"),
    (rule_of("s: {f: x}\n", "not " * 50_000 + "s"), "nested too deeply"),
    (rule_of("s: {f|cidr: '" + "1" * 100_000 + "/8'}\n"), "not a network"),
    (rule_of("s: {f|re: '" + "(a{1,99}" * 3 + "){1,99}" * 3 + "'}\n"), "too large|multiply"),
    ("title: c\nname: c\ncorrelation: {type: event_count, rules: [c], timespan: 1m, "
     "condition: {gte: 1}}\n", "rests on itself"),
    ("title: c\ncorrelation: {type: temporal, timespan: 1m, rules: "
     f"[{','.join(f'r{i}' for i in range(60))}], condition: {{gte: 30}}}}\n", "too many choices"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), FAULTS, ids=[problem for _, problem in FAULTS])
def test_a_rule_without_measure_is_a_fault_with_its_place(text: str, problem: str) -> None:
    parsed = parse_rules([("a.yml", text)], {"a": ["x", "y"]})
    assert not parsed.rules
    assert any(re.search(problem, fault.problem) for fault in parsed.faults)
    assert all(fault.line and fault.remedy and len(fault.problem) < 500 for fault in parsed.faults)


def test_many_values_long_wildcards_and_long_conditions_still_match() -> None:
    values = quoted(f"v{i}x" for i in range(50_000))
    assert made(rule_of(f"s: {{f|contains: {values}}}\n")).matches({"f": "a v49999X"}, b"")
    assert made(rule_of("s: {f: '" + "a*" * 5000 + "'}\n")).matches({"f": "a" * 5000}, b"")
    assert not made(rule_of("s: {f: '" + "?" * 5000 + "'}\n")).matches({"f": "a" * 4999}, b"")
    assert made(rule_of("s: {f: x}\n", " or ".join(["s"] * 20_000))).matches({"f": "x"}, b"")
