"""Exports as an enterprise sends them, and the engine that reads them."""

import msgspec
import orjson

from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import EnterpriseState
from schemas.batch import Batch
from schemas.cross_border import ExportCount, ThresholdStanding
from schemas.decision import Decision
from schemas.moments import SECOND, Moment, format_moment, parse_moment
from schemas.registry import Enterprise

NOON: Moment = parse_moment("2026-06-01T12:00:00+08:00")
ENTERPRISE = Enterprise(
    enterprise_id="E1",
    name="示例钢铁",
    province="330000",
    sector="steel",
    field="industrial",
    critical_infrastructure=False,
)


def engine(policy: Policy | None = None, **facts: object) -> Engine:
    """An engine without rules; `facts` are what the registry says otherwise."""
    enterprise = msgspec.structs.replace(ENTERPRISE, **facts)
    return Engine(compile_rules(parse_rules([])), policy or Policy(), {"E1": enterprise})


def export(
    persons: object = None,
    *,
    at: Moment = NOON,
    of_set: str = "",
    kind: str = "personal",
    ground: str = "",
    sensitive: object = None,
    country: str = "SG",
    note: str = "",
    **others: object,
) -> bytes:
    """One line of our own format."""
    data: dict[str, object] = {"class": kind}
    if persons is not None:
        data["persons"] = persons
    if sensitive is not None:
        data["sensitive_persons"] = sensitive
    if of_set:
        data["subjects"] = {"set": of_set}
    line: dict[str, object] = {
        "schema": "fenghuo.data-security/1",
        "time": format_moment(at),
        "action": "export",
        "host": "crm-1",
        "actor": {"account": "wei.wang"},
        "data": data,
        "destination": {"country": country, "recipient": "parent"},
        "note": note,
        **others,
    }
    if ground:
        line["legal_ground"] = ground
    return orjson.dumps(line)


def batch(
    lines: list[bytes], number: int = 0, received_at: Moment | None = None, drill: str = ""
) -> Batch:
    return Batch(
        enterprise_id="E1",
        format="data_security",
        batch_id=f"batch-{number}",
        sequence=number,
        received_at=NOON + (600 + number) * SECOND if received_at is None else received_at,
        value=b"\n".join(lines),
        drill=drill,
        offset=number,
    )


def run(reader: Engine, *batches: Batch, state: EnterpriseState | None = None) -> list[Decision]:
    """Each batch in order, and the timers at the end."""
    held = state or EnterpriseState()
    decisions = [decision for each in batches for decision in reader.process(held, each)]
    return decisions + reader.advance(held, "E1", batches[-1].received_at + 3600 * SECOND)


def counts(decisions: list[Decision]) -> dict[int, ExportCount]:
    """The last count of each year."""
    return {one.year: one for one in decisions if isinstance(one, ExportCount)}


def standings(decisions: list[Decision]) -> dict[str, ThresholdStanding]:
    """The last standing of each threshold."""
    return {one.threshold: one for one in decisions if isinstance(one, ThresholdStanding)}
