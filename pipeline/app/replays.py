"""A past period through the same engine, into a store of its own (shell)."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.app.engines import Tell
from pipeline.app.inline_campaigns import gather_inline
from pipeline.app.runner import HeldStates, drive
from pipeline.app.summary import Summary
from pipeline.app.waiting import patient_delivery
from pipeline.files.registry_file import keep_registry
from pipeline.intake.admitted import STRANGER
from pipeline.intake.dead_letters import refuse_record
from pipeline.path import Engine
from pipeline.replay.source import RecordSource
from pipeline.state import EnterpriseState, decode_state, encode_state, fresh_state
from schemas.batch import Record
from sinks.contract import Store


class InvestigationTaken(Exception):
    """The store holds an earlier replay; the message says what to do."""


def prepare(sink: Store, name: str, aside: Path | None) -> None:
    """Its tables, empty: what other rules found before would stand among what is found now.

    Raises InvestigationTaken where they are not.
    """
    sink.migrate()
    (kept,) = sink.query("SELECT count() AS batches FROM batches")
    if kept["batches"]:
        remedy = f"drop the database investigation_{name}" if aside is None else f"remove {aside}"
        raise InvestigationTaken(
            f"investigation {name} holds {kept['batches']} batches of an earlier replay; "
            f"choose another --name, or {remedy}"
        )


def replay(
    engine: Engine, sink: Store, records: Iterable[Record], partitions: int, tell: Tell
) -> Summary:
    """Every record in order, then event time moved to the last event of each enterprise.

    Sightings that live workers told are not read: the replay tells its own.
    """
    keep_registry(sink, engine.registry)
    memory = HeldStates(fresh_state, encode_state, decode_state)
    delivery = patient_delivery(sink, tell)
    summary = Summary()
    source = RecordSource(engine, partitions)
    for decisions in drive(records, source, source.decide, memory, delivery, refuse=refuse_record):
        gather_inline(engine, decisions, memory, delivery)
        summary.add(decisions)
    for key, state in list(memory.all().items()):
        if isinstance(state, EnterpriseState) and key != STRANGER:
            settled = engine.settle(state, key)
            delivery.write(settled, f"settle/{key}")
            gather_inline(engine, settled, memory, delivery)
    return summary
