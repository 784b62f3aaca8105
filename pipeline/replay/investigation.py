"""A past period into a database of its own, which holds nothing else (shell)."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.app.engines import Tell
from pipeline.app.summary import Summary
from pipeline.app.waiting import patient_delivery
from pipeline.files.registry_file import keep_registry
from pipeline.files.rule_files import rule_rows
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.past_period import PastPeriod, PastTask
from schemas.moments import Moment
from sinks.contract import Store

PREFIX = "investigation_"
"""Of the names of databases, and of folders in an embedded store."""


class InvestigationTaken(Exception):
    """The store holds an earlier replay; the message says what to do."""


def prepare(sink: Store, name: str, aside: Path | None) -> None:
    """Its tables, empty: what other rules found before would stand among what is found now.

    Raises InvestigationTaken where they are not.
    """
    sink.migrate()
    (kept,) = sink.query("SELECT count() AS batches FROM batches")
    if kept["batches"]:
        delete = f"`fenghuo investigations delete {name}`"
        place = "" if aside is None else f", in {aside}"
        raise InvestigationTaken(
            f"investigation {name} holds {kept['batches']} batches of an earlier replay{place}; "
            f"choose another --name, or {delete}"
        )


def replay(
    engine: Engine,
    sink: Store,
    given: Iterable[PastTask],
    period: Period,
    tell: Tell,
    warm_up: Moment = 0,
) -> Summary:
    """Everything in order, then event time moved to the last event of each enterprise."""
    keep_registry(sink, engine.registry)
    sink.write(rule_rows(engine.rules), "rules")
    past, summary = (
        PastPeriod(engine, period, patient_delivery(sink, tell), tell, warm_up),
        Summary(),
    )
    for decisions in past.take(given):
        summary.add(decisions)
    for _ in past.settle():
        pass
    return summary
