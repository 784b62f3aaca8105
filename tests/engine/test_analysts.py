"""Who may speak of an incident: who proves to be an analyst, of its own provinces, by its name."""

from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app.analyst_keys import AnalystKey, AnalystKeyFault, analyst_key
from pipeline.commands.analysts import CommandsPolicy, sign_command
from pipeline.intake.admission import REMEDIES
from pipeline.path import Engine
from pipeline.policy import Policy, PolicyFault, read_policy
from pipeline.state import EnterpriseState, encode_state
from schemas.analyst import Analyst
from schemas.batch import HEADER_KEY_ID, HEADER_SIGNATURE, DeadLetter, Record
from schemas.command import Body, Command, CommandOutcome
from schemas.moments import datetime_of
from schemas.registry import PublishingKey
from tests.engine.builders import KEY, PUBLIC, START, apply, command, make_engine, signed_command

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
ITS = (PublishingKey("k", PUBLIC),)
ANALYSTS = (
    Analyst(analyst_id="li", role="national", keys=(PublishingKey("k1", PUBLIC),)),
    Analyst(analyst_id="wang", role="province", provinces=("330000",), keys=ITS),
    Analyst(analyst_id="zhao", role="province", provinces=("110000",), keys=ITS),
    Analyst(analyst_id="sun", role="read_only", keys=ITS),
    Analyst(
        analyst_id="past",
        role="national",
        keys=(PublishingKey("k", PUBLIC, valid_until=datetime_of(START - 1)),),
    ),
)
MADE = make_engine()
ENGINE = Engine(MADE.rules, Policy(commands=CommandsPolicy(analysts=ANALYSTS)), MADE.registry)
LENIENT = Engine(
    MADE.rules, Policy(commands=CommandsPolicy(signed=False, analysts=ANALYSTS)), MADE.registry
)


def said_by(analyst: str, key_id: str = "", body: Body = "", said: str = "") -> Record:
    made = Command(
        command_id="c1",
        enterprise_id="E1",
        incident_id="i1",
        verb="end_response" if body else "confirm",
        analyst=said or analyst,
        said_at=START,
        body=body,
    )
    return signed_command(made, 1, key_id or f"{analyst}/k")


def reason(record: Record, engine: Engine = ENGINE) -> str:
    """Why it was refused at the gate; "" where it was heard."""
    state = EnterpriseState()
    before = encode_state(state)
    first = apply(engine, state, record)[0]
    if isinstance(first, CommandOutcome):
        return ""
    assert isinstance(first, DeadLetter)
    assert encode_state(state) == before, "what is refused leaves no trace"
    assert first.remedy == REMEDIES[first.reason]
    return first.reason


def without(name: str, record: Record) -> Record:
    return msgspec.structs.replace(
        record, headers=tuple(each for each in record.headers if each[0] != name)
    )


SOUND = said_by("wang")
WRONG: dict[str, tuple[Record, str]] = {
    "unsigned": (msgspec.structs.replace(SOUND, headers=()), "command_unsigned"),
    "no key id": (without(HEADER_KEY_ID, SOUND), "command_unsigned"),
    "no signature": (without(HEADER_SIGNATURE, SOUND), "command_unsigned"),
    "twice": (
        msgspec.structs.replace(SOUND, headers=(*SOUND.headers, SOUND.headers[0])),
        "command_unsigned",
    ),
    "null": (
        msgspec.structs.replace(SOUND, headers=((HEADER_KEY_ID, None), SOUND.headers[1])),
        "command_signature",
    ),
    "nobody's key": (said_by("wang", "wang/other"), "command_signature"),
    "a key that has ended": (said_by("past"), "command_signature"),
    "another's key": (
        signed_command(msgspec.json.decode(SOUND.value, type=Command), 1, "wang/k", OTHER),
        "command_signature",
    ),
    "another enterprise": (msgspec.structs.replace(SOUND, key=b"E2"), "command_signature"),
    "another content": (
        msgspec.structs.replace(SOUND, value=SOUND.value.replace(b"confirm", b"resolve")),
        "command_signature",
    ),
    "in another's name": (said_by("wang", said="li"), "analyst_not_allowed"),
    "of another province": (said_by("zhao"), "analyst_not_allowed"),
    "who may only read": (said_by("sun"), "analyst_not_allowed"),
    "as a national body": (said_by("wang", body="national_mechanism"), "analyst_not_allowed"),
}


@pytest.mark.parametrize(("record", "expected"), WRONG.values(), ids=WRONG)
def test_a_command_that_nobody_proves_to_have_said_is_a_dead_letter(
    record: Record, expected: str
) -> None:
    assert reason(record) == expected


@pytest.mark.parametrize(
    "record",
    [SOUND, said_by("wang", body="local_regulator"), said_by("li", "li/k1", "national_mechanism")],
    ids=["its own province", "its regulator", "a national body"],
)
def test_who_may_say_it_is_heard(record: Record) -> None:
    assert reason(record) == ""


@given(st.sampled_from([*WRONG.values()]), st.binary(max_size=80))
def test_laws_of_signed_commands_no_other_bytes_pass(
    wrong: tuple[Record, str], signature: bytes
) -> None:
    record, _ = wrong
    headers = ((HEADER_KEY_ID, b"wang/k"), (HEADER_SIGNATURE, signature))
    assert reason(msgspec.structs.replace(record, headers=headers)) != ""


def test_a_policy_that_lets_unsigned_commands_in_still_holds_to_signatures_that_are_there() -> None:
    bare = msgspec.structs.replace(SOUND, headers=())
    assert reason(bare, LENIENT) == ""
    assert reason(WRONG["another's key"][0], LENIENT) == "command_signature"
    assert reason(WRONG["of another province"][0], LENIENT) == "analyst_not_allowed"


def test_an_enterprise_s_signature_of_the_same_bytes_is_no_analyst_s() -> None:
    """What is signed begins with what it is."""
    forged = sign_command(KEY, b"E1", b"wang/k", SOUND.value[:-1])
    headers = ((HEADER_KEY_ID, b"wang/k"), (HEADER_SIGNATURE, forged))
    assert reason(msgspec.structs.replace(SOUND, headers=headers)) == "command_signature"


FAULTY: dict[str, Callable[[Analyst], Analyst]] = {
    "analyst_id": lambda each: msgspec.structs.replace(each, analyst_id="a/b"),
    "provinces": lambda each: msgspec.structs.replace(each, provinces=("330000",)),
    "keys": lambda each: msgspec.structs.replace(each, keys=(PublishingKey("k", "abc"),)),
}


@pytest.mark.parametrize("place", FAULTY)
def test_a_policy_names_its_faulty_analysts(place: str) -> None:
    policy = CommandsPolicy(analysts=(FAULTY[place](ANALYSTS[0]),))
    with pytest.raises(PolicyFault, match=rf"commands\.analysts\[0\]\.{place}"):
        read_policy(msgspec.json.encode({"commands": policy}).decode(), "p.json")


def test_a_key_in_the_environment_speaks_in_its_holder_s_name() -> None:
    assert analyst_key({}) is None
    with pytest.raises(AnalystKeyFault, match="FENGHUO_ANALYST_KEY_ID is not set"):
        analyst_key({"FENGHUO_ANALYST_KEY": "key.pem"})
    with pytest.raises(AnalystKeyFault, match=r"FENGHUO_ANALYST_KEY: key\.pem: "):
        analyst_key({"FENGHUO_ANALYST_KEY": "key.pem", "FENGHUO_ANALYST_KEY_ID": "li/k1"})
    record = command("confirm", "i1")
    key = AnalystKey("wang/k", KEY)
    said = key.in_own_name(msgspec.json.decode(record.value, type=Command))
    value = msgspec.json.encode(said)
    own = msgspec.structs.replace(record, value=value, headers=tuple(key.headers(said, value)))
    assert reason(own) == ""
