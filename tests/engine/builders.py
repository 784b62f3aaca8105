"""A small engine, and events that make it speak."""

from base64 import b64encode

import msgspec
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.commands.analysts import CommandsPolicy, sign_command
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import State
from schemas.analyst import Analyst
from schemas.batch import HEADER_KEY_ID, HEADER_SIGNATURE, Batch, Record
from schemas.command import Command, Verb
from schemas.decision import Decision
from schemas.moments import SECOND, format_moment, parse_moment
from schemas.registry import Enterprise, PublishingKey
from schemas.topics import topic_name

START = parse_moment("2026-05-01T12:00:00Z")
RECEIPT = START + 600 * SECOND
"""The first batch's: what its events tell was over by then."""
ENTERPRISE = Enterprise(
    enterprise_id="E1", name="示例钢铁", province="330000", sector="steel", field="industrial"
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = b64encode(KEY.public_key().public_bytes_raw()).decode()
COMMANDS = CommandsPolicy(
    analysts=(Analyst(analyst_id="li", role="national", keys=(PublishingKey("k1", PUBLIC),)),)
)
"""Whom the small engine lets speak of incidents."""

RULES = """
title: Shadow Copies Deleted
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains|all: [delete, shadows]}
  condition: selection
level: high
tags: [attack.impact, attack.t1490]
---
title: Failed Logon
id: 22222222-2222-4222-8222-222222222222
name: failed_logon
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4625}
  condition: selection
level: low
---
title: Many Failed Logons
id: 33333333-3333-4333-8333-333333333333
correlation:
  type: event_count
  rules: [failed_logon]
  group-by: [TargetUserName]
  timespan: 5m
  condition: {gte: 3}
level: high
tags: [attack.credential-access, attack.t1110]
"""


def make_engine() -> Engine:
    rules = compile_rules(parse_rules([("rules.yml", RULES)]))
    assert not rules.faults
    return Engine(rules, Policy(commands=COMMANDS), {"E1": ENTERPRISE})


def shadow_copies(at_s: float, host: str = "ws-1", **fields: object) -> bytes:
    command = "vssadmin delete shadows /all"
    return _event(
        at_s, EventID=1, Channel="Microsoft-Windows-Sysmon/Operational", Computer=host,
        Image="C:\\Windows\\System32\\vssadmin.exe", CommandLine=command, **fields,
    )  # fmt: skip


def failed_logon(at_s: float, account: str = "chen", **fields: object) -> bytes:
    return _event(
        at_s, EventID=4625, Channel="Security", Computer="dc-1", TargetUserName=account, **fields
    )


def _event(at_s: float, **fields: object) -> bytes:
    time = format_moment(START + round(at_s * SECOND))
    return orjson.dumps({"@timestamp": time, **fields})


def batch(lines: list[bytes], number: int = 0, drill: str = "") -> Batch:
    return Batch(
        enterprise_id="E1",
        format="windows",
        batch_id=f"batch-{number}",
        sequence=number,
        received_at=RECEIPT + number * SECOND,
        value=b"\n".join(lines),
        drill=drill,
        offset=number,
    )


def command(verb: Verb, incident_id: str, number: int = 100, **particulars: object) -> Record:
    said = Command(
        command_id=f"command-{number}",
        enterprise_id="E1",
        incident_id=incident_id,
        verb=verb,
        analyst="li",
        said_at=START + number * SECOND,
        **particulars,  # type: ignore[arg-type]
    )
    return signed_command(said, number)


def signed_command(
    said: Command, number: int, key_id: str = "li/k1", key: Ed25519PrivateKey = KEY
) -> Record:
    """The command as a record of its topic, signed by an analyst."""
    value, enterprise_id = msgspec.json.encode(said), said.enterprise_id.encode()
    signature = sign_command(key, enterprise_id, key_id.encode(), value)
    return Record(
        topic=topic_name("commands"),
        partition=0,
        offset=number,
        timestamp=START + number * SECOND,
        key=enterprise_id,
        value=value,
        headers=((HEADER_KEY_ID, key_id.encode()), (HEADER_SIGNATURE, signature)),
    )


def signed_again(record: Record) -> Record:
    """The record as an analyst would have signed it."""
    signature = sign_command(KEY, record.key, b"li/k1", record.value)
    headers = ((HEADER_KEY_ID, b"li/k1"), (HEADER_SIGNATURE, signature))
    return msgspec.structs.replace(record, headers=headers)


def apply(engine: Engine, state: State, record: Record) -> list[Decision]:
    """One record, admitted and applied: what a shell does with it."""
    return engine.apply(state, engine.admit(record))
