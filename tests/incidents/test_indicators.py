"""What is told to others of an incident, and that other tools read it."""

import re

import msgspec
import pytest
import stix2  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from stix2patterns.validator import validate  # type: ignore[import-untyped]

from pipeline.incidents.indicators import Observable, observables_of
from pipeline.incidents.stix import Sighted, bundle_of, pattern_of
from schemas.detection import Entity
from schemas.moments import HOUR
from tests.engine.builders import START

OWN = Entity("process", "c:\\users\\public\\evil's.exe", "tool")
SHA256 = "ab" * 32
TOLD = [
    (Entity("address", "203.0.113.7", "actor"), [Observable("address", "203.0.113.7")]),
    (Entity("address", "2001:db8::1"), [Observable("address", "2001:db8::1")]),
    (Entity("address", "10.0.0.7", "actor"), []),
    (Entity("address", "127.0.0.1"), []),
    (Entity("domain", "evil.example"), [Observable("domain", "evil.example")]),
    (Entity("domain", "dc01.corp.local"), []),
    (Entity("url", "http://evil.example/a'b"), [Observable("url", "http://evil.example/a'b")]),
    (Entity("process", "c:\\windows\\system32\\cmd.exe", "tool"), []),
    (Entity("host", "ws-1"), []),
    (Entity("account", "li"), []),
    (Entity("address", "203.0.113.9", "observer"), []),
    (Entity("hash", SHA256), []),
]


@pytest.mark.parametrize(("entity", "told"), TOLD, ids=lambda each: str(each)[:40])
def test_the_attackers_things_are_told_and_the_victims_are_not(
    entity: Entity, told: list[Observable]
) -> None:
    assert observables_of([entity]) == told


def test_a_hash_is_told_beside_a_file_that_is_not_the_systems() -> None:
    file = Observable("file", OWN.value)
    assert observables_of([Entity("hash", SHA256), OWN]) == [file, Observable("hash", SHA256)]
    assert observables_of([Entity("hash", "imphash=ab"), OWN]) == [file]


def sighted(*observables: Observable, incident_id: str = "a" * 32) -> Sighted:
    return Sighted(
        incident_id=incident_id,
        title="Hosts encrypted",
        first_time=START,
        revised_at=START + HOUR,
        observables=observables,
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
OBSERVABLES = (
    st.builds(Observable, st.sampled_from(["domain", "url", "file"]), TEXTS)
    | st.builds(lambda each: Observable("address", str(each)), st.ip_addresses())
    | st.sampled_from([32, 40, 64, 128]).map(
        lambda digits: Observable("hash", "0a" * (digits // 2))
    )
)


@given(st.lists(OBSERVABLES, min_size=1, max_size=6, unique=True))
def test_laws_any_bundle_is_stix_2_1_and_the_same_again(observables: list[Observable]) -> None:
    made = bundle_of([sighted(*observables), sighted(observables[0], incident_id="b" * 32)])
    read = stix2.parse(msgspec.json.encode(made).decode(), version="2.1")
    assert len([one for one in read.objects if one.type == "indicator"]) == len(observables)
    assert len([one for one in read.objects if one.type == "grouping"]) == 2
    ids = {one.id for one in read.objects}
    for one in read.objects:
        if one.type == "grouping":
            assert set(one.object_refs) <= ids
    assert made == bundle_of([sighted(*observables), sighted(observables[0], incident_id="b" * 32)])


@given(OBSERVABLES)
def test_laws_a_pattern_holds_its_value_and_nothing_else(observable: Observable) -> None:
    pattern = pattern_of(observable)
    assert validate(pattern, stix_version="2.1")
    comparisons = stix2.pattern_visitor.create_pattern_object(pattern, version="2.1").operand
    operands = getattr(comparisons, "operands", [comparisons])
    values = [re.sub(r"\\(.)", r"\1", one.rhs.value) for one in operands]  # as it was written
    at = max(observable.value.rfind("\\"), observable.value.rfind("/"))
    expected = (
        [observable.value[at + 1 :] or observable.value, observable.value[: max(at, 0)]]
        if observable.kind == "file"
        else [observable.value]
    )
    assert values == [each for each in expected if each]
