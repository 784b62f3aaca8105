"""A past period through the same engine, into a store of its own (shell)."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pipeline.app.engines import Tell
from pipeline.app.runner import HeldStates, Runner
from pipeline.app.summary import Summary
from pipeline.app.tasks import record_task, settle_task, sighting_task
from pipeline.app.waiting import patient_delivery
from pipeline.files.registry_file import keep_registry
from pipeline.intake.admitted import STRANGER
from pipeline.path import Engine
from pipeline.state import is_campaign_key
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
    states, summary = HeldStates(), Summary()
    runner = Runner(states, patient_delivery(sink, tell), partial(sighting_task, engine))
    for decisions in runner.run(record_task(engine, record, partitions) for record in records):
        summary.add(decisions)
    names = [each for each in states.all() if each != STRANGER and not is_campaign_key(each)]
    runner.complete(settle_task(engine, each) for each in names)
    return summary
