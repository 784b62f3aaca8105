"""Past periods into databases of their own, which hold nothing else (shell).

Rule 1. What a replay was asked is written before any other row, that it is finished after all:
        one that was killed is known by the lack of it.
Rule 2. Asked the same again, it is emptied and begins anew. It could go on, as the same records
        give the same rows; but states are not kept, and Kafka may by now hold less of the period.
Rule 3. What is finished, and what was asked otherwise, is never touched: `fenghuo investigations
        delete` is for that.
Rule 4. Two that replay into one database at a time ask the same (rule 3), so their rows are the
        same. The later one goes on; the earlier notices, and ends.
"""

import re
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import msgspec

from pipeline.app.engines import Tell
from pipeline.app.summary import Summary
from pipeline.app.waiting import patient_delivery
from pipeline.files.registry_file import keep_registry
from pipeline.files.rule_files import rule_rows
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.past_period import TOLD_EVERY_S, PastInput, PastPeriod
from schemas.ids import content_id
from schemas.investigation import Investigation, InvestigationSettings
from schemas.moments import Moment, format_moment
from sinks.contract import Store
from sinks.investigation_tables import INVESTIGATIONS

PREFIX: Final = "investigation_"
"""Of the names of databases, and of folders in an embedded store."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
"""What follows it: never a name of the live database, nor a path that leads out of the store."""
_AT_A_TIME: Final = 50
"""Records that each of several engines takes in its turn."""
_KEPT_TABLES: Final = """
SELECT name FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
  AND name NOT IN ('migrations', 'investigations_rows', 'investigations_local')"""


class InvestigationRefused(Exception):
    """The database holds another replay; the message says what to do."""


def settings_of(
    engine: Engine, period: Period, enterprises: Iterable[str], source: str, prefix: str
) -> InvestigationSettings:
    """What is asked of a replay with this engine."""
    registry = sorted(engine.registry.items())
    return InvestigationSettings(
        start=format_moment(period.start),
        end=format_moment(period.end),
        enterprises=tuple(sorted(set(enterprises))),
        source=source,
        prefix=prefix,
        rules=engine.rules.content_id,
        policy=content_id("policy", msgspec.json.encode(engine.policy, order="sorted")),
        registry=content_id("registry", *(msgspec.json.encode(each) for _, each in registry)),
    )


class Replay:
    """One engine, and the database that it replays a period into.

    `tell_pace` is told how far it has come, by default as all else.
    """

    def __init__(
        self,
        name: str,
        engine: Engine,
        sink: Store,
        settings: InvestigationSettings,
        period: Period,
        warm_up: Moment,
        tell: Tell,
        tell_pace: Tell | None = None,
    ) -> None:
        self.sink = sink
        self.summary = Summary()
        self._engine = engine
        self._tell = tell
        delivery = patient_delivery(sink, tell)
        self._past = PastPeriod(engine, period, delivery, tell_pace or tell, warm_up)
        self._mark = Investigation(
            investigation=name, settings=settings, began_at=time.time_ns() // 1_000
        )
        self._looked_s = time.monotonic()

    def begin(self) -> None:
        """Its tables, empty. Raises InvestigationRefused where they are another's."""
        self.sink.migrate()
        is_unfinished = self._is_unfinished()
        self._write(self._mark)
        if is_unfinished:
            self._tell(f"investigation {self._mark.investigation} was not finished: it begins anew")
            for row in self.sink.query(_KEPT_TABLES):
                self.sink.query(f"TRUNCATE TABLE `{row['name']}`{self.sink.layout.on_cluster}")
        keep_registry(self.sink, self._engine.registry)
        self.sink.write(rule_rows(self._engine.rules), "rules")

    def take(self, given: Sequence[PastInput]) -> None:
        """Decide these and write what is of the period; see `PastPeriod.take`."""
        for decisions in self._past.take(given):
            self.summary.add(decisions)
        if time.monotonic() - self._looked_s >= TOLD_EVERY_S:
            self._require_ours()

    def end(self) -> None:
        """What follows from the end of the period; then it is finished."""
        self._require_ours()
        for _ in self._past.settle():
            pass
        self._require_ours()
        self._write(msgspec.structs.replace(self._mark, finished_at=time.time_ns() // 1_000))

    def _write(self, mark: Investigation) -> None:
        self.sink.write({INVESTIGATIONS.name: [INVESTIGATIONS.row(mark)]}, "investigation")

    def _is_unfinished(self) -> bool:
        """Whether it was begun before, asked the same. Raises InvestigationRefused (rule 3)."""
        held = self.sink.view(INVESTIGATIONS.name)
        name = self._mark.investigation
        remedy = f"choose another --name, or `fenghuo investigations delete {name}`"
        if not held:
            return False
        (row,) = held
        if row["finished_at"]:
            raise InvestigationRefused(
                f"investigation {name} was finished at {row['finished_at']}; {remedy}"
            )
        asked, before = (
            msgspec.json.decode(each)
            for each in (msgspec.json.encode(self._mark.settings), str(row["settings"]))
        )
        other = [f"--{key}" for key in asked if asked[key] != before.get(key)]
        if other:
            raise InvestigationRefused(
                f"investigation {name}, begun at {row['began_at']} and not finished, was asked "
                f"otherwise: {', '.join(other)}; ask the same to begin it anew, {remedy}"
            )
        return True

    def _require_ours(self) -> None:
        """Raises InvestigationRefused where another one began anew since (rule 4)."""
        self._looked_s = time.monotonic()
        (row,) = self.sink.view(INVESTIGATIONS.name)
        if row["began_at"] != format_moment(self._mark.began_at):
            raise InvestigationRefused(
                f"investigation {self._mark.investigation} was begun anew at {row['began_at']} by "
                "another replay of the same settings, which goes on; this one ends"
            )


def replay(sides: Sequence[Replay], given: Iterable[PastInput]) -> None:
    """Everything in order through each side; the source is read once."""
    remaining = iter(given)
    while group := list(islice(remaining, _AT_A_TIME)):
        for side in sides:
            side.take(group)
    for side in sides:
        side.end()
