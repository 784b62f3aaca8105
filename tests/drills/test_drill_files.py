"""A drill file: every fault is named with its place and a remedy, and none hides another."""

from typing import Any

import msgspec
import pytest

from pipeline.drills.drill_file import REMEDIES, parse_drill
from pipeline.drills.planning import faults_of
from tests.drills.builders import FIVE, REGISTRY, drill_file

WRONG = """
name: shield
organiser: miit
scenario: [ransomware]
start: tomorrow
pace: 100
enterprises: {provinces: [330000], sample: 0, top_tenth: 1, colour: red}
injects: [{kind: noise, after_minutes: 1}, {kind: silence, after_minutes: -1, minutes: 3}]
milestones: {joy: 3}
milestone: {}
"""


def test_every_fault_of_a_file_is_named_at_once() -> None:
    parsed = parse_drill(WRONG, "drill.yml")
    assert parsed.drill is None
    places = {fault.place for fault in parsed.faults}
    assert places == {
        "scenario", "start", "pace", "enterprises.provinces[0]", "enterprises.sample",
        "enterprises.top_tenth", "enterprises.colour", "injects[0].kind",
        "injects[1].after_minutes", "milestones", "milestone",
    }  # fmt: skip
    assert all(str(fault).startswith(f"drill.yml: {fault.place}: ") for fault in parsed.faults)
    assert all(fault.remedy for fault in parsed.faults)


@pytest.mark.parametrize("text", ["", "[]", "a: b: c", "- 1", "\x00", "3", "name: !!python/x {}"])
def test_what_is_no_drill_at_all_is_one_fault_or_the_fields_that_it_lacks(text: str) -> None:
    parsed = parse_drill(text, "drill.yml")
    assert parsed.drill is None
    assert parsed.faults


def test_every_field_has_a_remedy() -> None:
    fields = set(drill_file().__struct_fields__)
    assert fields <= set(REMEDIES)


def test_times_are_read_as_yaml_has_them_and_as_text() -> None:
    text = msgspec.yaml.encode(msgspec.to_builtins(drill_file())).decode()
    unquoted = text.replace("'2026-06-01T09:00:00+08:00'", "2026-06-01T09:00:00+08:00")
    assert unquoted != text
    assert parse_drill(text, "x").drill == parse_drill(unquoted, "x").drill == drill_file()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": "a b"}, "name"),
        ({"name": "a#b"}, "name"),
        ({"scenario": "flood"}, "scenario"),
        ({"organiser": "nobody"}, "organiser"),
        ({"start": "2026-06-01T09:00:00"}, "start"),
        ({"enterprises": {"ids": ["ent-00001"], "top_tenth": True}}, "enterprises.ids"),
        ({"enterprises": {"ids": ["nobody"]}}, "enterprises.ids[0]"),
        ({"enterprises": {"ids": ["ent-00001"], "sectors": ["steel"]}}, "enterprises.ids"),
        ({"enterprises": {"provinces": ["999999"]}}, "enterprises.provinces[0]"),
        ({"enterprises": {"sectors": ["wizardry"]}}, "enterprises.sectors[0]"),
        ({"enterprises": {"sample": 500}}, "enterprises.sample"),
        ({"scenario": "provincial_campaign", "enterprises": {"provinces": ["330000"]}},
         "enterprises"),
        ({"injects": [{"kind": "false_alarm", "after_minutes": 15}]}, "injects[0].after_minutes"),
        ({"injects": [{"kind": "false_alarm", "after_minutes": 3, "enterprises": ["ent-00009"]}]},
         "injects[0].enterprises"),
    ],
)  # fmt: skip
def test_what_does_not_fit_registry_or_library_is_a_fault(
    fields: dict[str, Any], place: str
) -> None:
    faults = faults_of(drill_file(**fields), "drill.yml", REGISTRY, ["miit"])
    assert [fault.place for fault in faults] == [place]
    assert faults[0].remedy


def test_a_drill_of_more_than_a_machine_can_hold_is_a_fault() -> None:
    one = REGISTRY["ent-00001"]
    many = {f"e{n}": msgspec.structs.replace(one, enterprise_id=f"e{n}") for n in range(286)}
    everybody = drill_file(form="long", enterprises={})
    (fault,) = faults_of(everybody, "drill.yml", many, ["miit"])
    assert str(fault).startswith("drill.yml: enterprises: 286 take part; in the long form 285")
    assert faults_of(drill_file(enterprises={}), "drill.yml", many, ["miit"]) == []


def test_a_sound_drill_has_no_fault() -> None:
    sound = drill_file(enterprises={"provinces": list(FIVE), "sample": 12})
    assert faults_of(sound, "drill.yml", REGISTRY, ["miit"]) == []
