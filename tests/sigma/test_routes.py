"""Kinds of events and their plans: bounded whatever a sender makes up, the answer the same."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.intake.formats.table import read_fields
from pipeline.sigma.log_sources import applies, event_source
from pipeline.sigma.matching import plan_router as routes
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.matching.value_cache import BYTES_AN_ENTRY, FieldMemory, Space
from pipeline.sigma.matching.values import tree_holds
from pipeline.sigma.predicates import Text
from pipeline.sigma.reading.parse import parse_rules
from pipeline.sigma.trees import Leaf

SYSMON = "Microsoft-Windows-Sysmon/Operational"
LOGSOURCES = [
    {"product": "windows", "service": "security"},
    {"product": "windows", "category": "process_creation"},
    {"product": "windows"},
    {"product": "linux", "service": "auditd"},
    {"category": "made"},
]
DETECTIONS: list[dict[str, Any]] = [
    {"s": {"EventID": 1, "f|contains": "a"}, "condition": "s"},
    {"s": {"EventID": [1, 4688], "Channel|endswith": "y"}, "condition": "s"},
    {"s": {"f": "a"}, "t": {"EventID": 5}, "condition": "s and not t"},
    {"s": {"EventID|fieldref": "f"}, "condition": "s"},
    {"s": {"Channel": None}, "condition": "s"},
    {"s": ["needle"], "condition": "s"},
    {"s": {"EventID|gte": 5}, "condition": "s"},
    {"s": {"EventID": ""}, "t": {"f|re": "^b"}, "condition": "1 of them"},
]


def made_rules() -> RuleSet:
    documents = [
        orjson.dumps({"title": f"{i} {k}", "logsource": source, "detection": detection}).decode()
        for i, source in enumerate(LOGSOURCES)
        for k, detection in enumerate(DETECTIONS)
    ]
    parsed = parse_rules((f"{index}.yml", text) for index, text in enumerate(documents))
    assert not parsed.faults
    return compile_rules(parsed)


ids: st.SearchStrategy[Any] = st.sampled_from(
    [1, "1", 1.0, True, 5, 4688, "4688", 99, None, "", [1, 5], {"x": 1}, [[]]]
)
events = st.fixed_dictionaries(
    {},
    optional={
        "Channel": st.sampled_from(["Security", "security", SYSMON, "Made", None, ["Security"], 7]),
        "EventID": ids,
        "Provider_Name": st.sampled_from(["Microsoft-Windows-Sysmon", "x", 3, ["y"]]),
        "f": st.sampled_from(["a", "b", 1, "1", "needle", None, ["a", {"g": "needle"}]]),
        "sigma.source": st.sampled_from(
            ["made//", "/linux/auditd", "made,x/windows/security", "//", None]
        ),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events, min_size=1, max_size=30), st.sampled_from([0, 10, 1000]))
def test_an_event_matches_the_same_rules_whatever_plan_it_meets(
    made: list[dict[str, Any]], rules_planned: int
) -> None:
    rules = made_rules()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "RULES_PLANNED", rules_planned)
        patch.setattr(routes, "GENERAL_EVENTS", 5)
        for event in made:
            expected = [
                rule.head.rule_id
                for rule in rules.rules.values()
                if applies(rule.logsource, event_source(event), rule.head.title.endswith(" 5"))
                and tree_holds(rules.trees[rule.head.rule_id], event)
            ]
            found = [rule.head.rule_id for rule in rules.matches(event, orjson.dumps(event))]
            assert sorted(found) == sorted(expected)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events, max_size=20), st.lists(events, max_size=20), st.sampled_from([0, 10, 1000]))
def test_rules_that_were_made_ready_match_as_others_do(
    before: list[dict[str, Any]], after: list[dict[str, Any]], rules_planned: int
) -> None:
    earlier, plain, ready = made_rules(), made_rules(), made_rules()
    for event in before:
        earlier.matches(event, orjson.dumps(event))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "RULES_PLANNED", rules_planned)
        ready.prepare(earlier.kinds())
        for event in after:
            raw = orjson.dumps(event)
            found, expected = ready.matches(event, raw), plain.matches(event, raw)
            assert [rule.head for rule in found] == [rule.head for rule in expected]


def test_each_event_that_says_nothing_of_its_source_is_counted() -> None:
    rules = made_rules()
    for _ in range(3):
        rules.matches({"sigma.source": "//", "f": "a"}, b"")
        rules.matches({"sigma.source": "/linux/auditd", "f": "a"}, b"")
    assert rules.effort.unplaced_events == 3


def test_after_a_restart_no_plan_is_built_while_events_come() -> None:
    earlier, later = made_rules(), made_rules()
    made = [
        {"Channel": channel, "EventID": event_id, "f": "b"}
        for channel in ("Security", SYSMON)
        for event_id in (1, 4688, 5)
    ]
    for event in made:
        earlier.matches(event, b"")
    later.prepare(earlier.kinds())
    built = later.effort.plans
    assert built == earlier.effort.plans > 0
    for event in made:
        later.matches(event, b"")
    assert later.effort.plans == built


def test_made_up_channels_ids_and_providers_make_no_plans() -> None:
    rules = made_rules()
    for number in range(1000):
        for event_id in (number * 7 + 6, f"x{number}", [number, "y"]):
            channel = f"made-{number}" if number % 2 else "Security"
            event = {"Channel": channel, "EventID": event_id, "Provider_Name": f"p{number}"}
            rules.matches(event, b"")
    assert rules.effort.plans <= 8
    assert rules.effort.general_events == 0


def test_kinds_beyond_the_limit_share_the_general_plan_and_are_counted() -> None:
    rules = made_rules()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "RULES_PLANNED", 20)
        patch.setattr(routes, "GENERAL_EVENTS", 50)
        for number in range(300):
            channel, event_id = ("Security", SYSMON, "x")[number % 3], (1, 4688, 5, 0)[number % 4]
            rules.matches({"Channel": channel, "EventID": event_id, "f": "b"}, b"")
    assert rules.effort.general_events > 100
    assert rules.effort.forgotten == rules.effort.general_events // 50
    assert rules.effort.plans < 5 * (rules.effort.forgotten + 1)


def test_a_sender_does_not_choose_the_rules_that_its_event_meets() -> None:
    for name in ("windows", "json", "ecs", "zeek"):
        fields = read_fields(name, b'{"sigma.source": "nowhere/x/y", "EventID": 1}')
        assert fields.get("sigma.source") != "nowhere/x/y"


def test_what_memories_hold_together_is_bounded_and_forgetting_changes_no_answer() -> None:
    space = Space(bytes_kept=50 * BYTES_AN_ENTRY)
    leaf = Leaf("f", (Text((0, "9", 0)),))
    memories = [FieldMemory("f", 1, space) for _ in range(3)]
    for memory in memories:
        memory.take(0, [leaf], [leaf], {id(leaf): 1})
        memory.seal()
    for number in range(500):
        for memory in memories:
            assert (memory.answer(f"value {number}")[1] == 1) is ("9" in str(number))
            assert sum(len(each.values) for each in memories) <= 50
