"""An organiser's key plays its own drill, and nothing else can be done with it."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.batching import chunk_lines
from pipeline.intake.drills import Drill
from pipeline.path import Engine
from pipeline.policy import Policy, PolicyFault, read_policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import fresh_state
from schemas.batch import HEADER_DRILL, Batch, BatchAccount, DeadLetter, Record
from schemas.decision import Decision
from schemas.moments import DAY, Moment, datetime_of, moment_of
from schemas.organiser import Organiser
from schemas.registry import Enterprise, PublishingKey
from tests.engine.builders import RULES, shadow_copies

ORGANISER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ENTERPRISE = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
START, END = datetime(2026, 6, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, 10, tzinfo=UTC)
DURING = moment_of(START) + 1


def public(key: Ed25519PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()


def enterprise(name: str, *keys: PublishingKey) -> Enterprise:
    return Enterprise(
        enterprise_id=name, name=name, province="330000", sector="steel", field="industrial",
        keys=keys,
    )  # fmt: skip


OWN_KEY = PublishingKey("k1", public(ENTERPRISE))
POLICY = Policy(
    drills=(
        Drill(name="shield", start=START, end=END, enterprises=("E1",), organiser="miit"),
        Drill(name="theirs", start=START, end=END, organiser="province"),
        Drill(name="nobodys", start=START, end=END),
    ),
    organisers=(
        Organiser(organiser_id="miit", keys=(PublishingKey("k1", public(ORGANISER)),)),
        Organiser(organiser_id="province"),
    ),
)


def engine(**registry: Enterprise) -> Engine:
    known = registry or {"E1": enterprise("E1", OWN_KEY), "E2": enterprise("E2")}
    return Engine(compile_rules(parse_rules([("rules.yml", RULES)])), POLICY, known)


def record(
    drill: str = "shield",
    name: str = "E1",
    at: Moment = DURING,
    key: Ed25519PrivateKey = ORGANISER,
    key_id: str = "miit/k1",
) -> Record:
    (chunk,) = chunk_lines([shadow_copies(0)], name, "windows")
    headers = sign_chunk(Sender(name, key_id, key), chunk, "windows", drill)
    return Record(
        topic="fenghuo.events", partition=0, offset=7, timestamp=at, key=name.encode(),
        value=chunk.value, headers=tuple(headers.items()),
    )  # fmt: skip


def changed(sent: Record, header: str, value: bytes | None) -> Record:
    """The header as another wrote it, or taken out."""
    parts: dict[str, Any] = {each: getattr(sent, each) for each in Record.__struct_fields__}
    headers = [each for each in sent.headers if each[0] != header]
    parts["headers"] = (*headers, *([(header, value)] if value is not None else []))
    return Record(**parts)


def outcome(sent: Record, by: Engine | None = None) -> tuple[str, str, list[Decision]]:
    """The reason of refusal or "", the state that it may touch, what was decided."""
    with_engine = by or engine()
    admitted = with_engine.admit(sent)
    decisions = with_engine.apply(fresh_state(admitted.state_key or "E1"), admitted)
    letters = [each for each in decisions if isinstance(each, DeadLetter)]
    return letters[0].reason if letters else "", admitted.state_key, decisions


def test_its_own_drill_is_played_in_the_name_of_an_enterprise_and_touches_the_drill_alone() -> None:
    reason, state_key, decisions = outcome(record())
    assert (reason, state_key) == ("", "E1#shield")
    assert decisions
    assert {getattr(each, "drill", "shield") for each in decisions} == {"shield"}


def test_an_enterprise_without_any_key_can_be_drilled() -> None:
    by = engine(E1=enterprise("E1"))
    assert outcome(record(), by)[:2] == ("", "E1#shield")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (record(drill=""), "organiser_out_of_scope"),
        (record(drill="theirs"), "organiser_out_of_scope"),
        (record(drill="nobodys"), "organiser_out_of_scope"),
        (record(drill="unheard"), "organiser_out_of_scope"),
        (record(name="E2"), "organiser_out_of_scope"),
        (record(at=moment_of(END)), "organiser_out_of_scope"),
        (record(at=moment_of(START) - 1), "organiser_out_of_scope"),
        (changed(record(), HEADER_DRILL, None), "bad_signature"),
        (changed(record(), HEADER_DRILL, b""), "bad_signature"),
        (changed(record(), HEADER_DRILL, b"nobodys"), "bad_signature"),
        (record(key_id="miit/k2"), "unknown_key"),
        (record(key_id="province/k1"), "unknown_key"),
        (record(key_id="k1"), "bad_signature"),
        (record(key=ENTERPRISE), "bad_signature"),
        (record(name="E3"), "unknown_enterprise"),
    ],
)
def test_everything_else_is_refused_and_seen(sent: Record, reason: str) -> None:
    seen, state_key, decisions = outcome(sent)
    assert (seen, state_key) == (reason, "")
    refused = [each for each in decisions if isinstance(each, DeadLetter | BatchAccount)]
    assert {type(each) for each in refused} == {DeadLetter, BatchAccount}
    assert len(refused) == len(decisions)
    assert {each.drill for each in refused} == {""}, "nobody hides a refusal under a drill's name"


def test_its_bytes_entered_as_an_enterprises_key_still_sign_nothing_in_earnest() -> None:
    by = engine(E1=enterprise("E1", PublishingKey("mine", public(ORGANISER))))
    assert outcome(record(drill="", key_id="mine"), by)[0] == "organiser_out_of_scope"
    # Base64 writes the same 32 bytes in four ways: the last letter has two bits to spare.
    text = public(ORGANISER)
    other = text[:-2] + chr(ord(text[-2]) + 1) + "="
    again = engine(E1=enterprise("E1", PublishingKey("mine", other)))
    assert outcome(record(drill="", key_id="mine"), again)[0] == "organiser_out_of_scope"


def test_a_key_of_an_organiser_has_a_period_like_any_other() -> None:
    late = PublishingKey("k1", public(ORGANISER), valid_until=datetime_of(DURING))
    drills = POLICY.drills
    policy = Policy(drills=drills, organisers=(Organiser(organiser_id="miit", keys=(late,)),))
    by = Engine(compile_rules(parse_rules([])), policy, {"E1": enterprise("E1")})
    assert outcome(record(at=DURING - 1), by)[0] == ""
    assert outcome(record(at=DURING), by)[0] == "key_not_valid"


def test_an_enterprises_own_key_is_as_before() -> None:
    assert outcome(record("", key=ENTERPRISE, key_id="k1"))[:2] == ("", "E1")
    assert outcome(record("nobodys", key=ENTERPRISE, key_id="k1"))[:2] == ("", "E1#nobodys")
    assert outcome(record("unheard", key=ENTERPRISE, key_id="k1"))[0] == "unknown_drill"


@given(
    drill=st.sampled_from(["", "shield", "theirs", "nobodys", "unheard"]),
    name=st.sampled_from(["E1", "E2"]),
    at=st.integers(moment_of(START) - DAY, moment_of(END) + DAY),
    key_id=st.sampled_from(["miit/k1", "k1", "province/k1"]),
    header=st.sampled_from([None, b"", b"shield", b"theirs"]),
)
def test_laws_of_what_an_organisers_key_can_do(
    drill: str, name: str, at: Moment, key_id: str, header: bytes | None
) -> None:
    """Whatever is tried, only its own drill's states are ever touched, and only while it runs."""
    sent = record(drill, name, at, key_id=key_id)
    for each in (sent, changed(sent, HEADER_DRILL, header)):
        admitted = engine().admit(each)
        if isinstance(admitted.content, Batch):
            assert admitted.state_key == "E1#shield"
            assert moment_of(START) <= at < moment_of(END)
        else:
            assert admitted.state_key == ""


def test_faults_of_organisers_are_named_with_place_and_remedy() -> None:
    text = """
drills:
  - {name: a, start: 2026-06-01T09:00:00+08:00, end: 2026-06-01T18:00:00+08:00, organiser: nobody}
organisers:
  - {organiser_id: a/b, keys: [{key_id: k1, public_key: AAAA}]}
  - {organiser_id: c}
  - {organiser_id: c}
"""
    with pytest.raises(PolicyFault) as fault:
        read_policy(text, "policy.yml")
    said = str(fault.value).splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in said] == [
        "organisers[0].organiser_id",
        "organisers[0].keys[0].public_key",
        "organisers[2].organiser_id",
        "drills[0].organiser",
    ]
