"""The rows of drills: written while one runs, read to score it (shell)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from pipeline.drills.planning import DrillPlan
from pipeline.drills.report_parts import Told
from pipeline.drills.scoring import Evidence, FoundIncident, Report, score_enterprise
from schemas.drill import DrillInject, DrillParticipant, DrillRun, DrillScore, DrillState
from schemas.moments import Moment, parse_moment
from sinks.columns import JSON, MAYBE_MOMENT, MOMENT, Table
from sinks.contract import Answer, Sink, Store
from sinks.ddl import literal
from sinks.drill_tables import DRILL_ENTERPRISES, DRILL_INJECTS, DRILL_SCORES, DRILLS

Row = TypeVar("Row", DrillRun, DrillParticipant, DrillInject, DrillScore)

_ARRIVED = """
SELECT enterprise_id, sum(stored) + sum(late) AS arrived_events, min(received_at) AS arrived_at
FROM batches WHERE drill = {drill} AND outcome = 'accepted' GROUP BY enterprise_id
"""
_DETECTED = """
SELECT enterprise_id, min(received_at) AS detected_at
FROM detection_revisions WHERE drill = {drill} AND status = 'active' GROUP BY enterprise_id
"""
_TIERED = """
SELECT enterprise_id, min(assessed_at) AS tier_at
FROM assessment_revisions WHERE drill = {drill} AND (tier != '' OR colour != '')
GROUP BY enterprise_id
"""
_COMMANDED = """
SELECT enterprise_id, received_at, verb FROM commands
WHERE drill = {drill} AND accepted ORDER BY received_at, command_id
"""
_INCIDENTS = """
SELECT i.enterprise_id AS enterprise_id, i.scenario AS scenario, i.status AS status,
    i.verdict AS verdict, i.opened_at AS opened_at, i.first_time AS first_time,
    i.last_time AS last_time, c.confirmed_at AS confirmed_at,
    arrayFilter((value, kind) -> kind = 'host', i.entity_values, i.entity_kinds) AS hosts
FROM (SELECT * FROM incidents WHERE drill = {drill} AND status != 'superseded') AS i
LEFT JOIN (SELECT incident_id, toNullable(min(revised_at)) AS confirmed_at
           FROM incident_revisions WHERE drill = {drill} AND confirmed GROUP BY incident_id) AS c
       ON c.incident_id = i.incident_id
ORDER BY i.enterprise_id, i.opened_at, i.incident_id
"""
_REPORTS = """
SELECT enterprise_id, regime, duty, channel, starts_at, due_at, done_at,
    limit_text AS limit_zh, limit_text_en AS limit_en
FROM obligations WHERE drill = {drill} AND state != 'withdrawn' AND due_at IS NOT NULL
ORDER BY enterprise_id, due_at, obligation_id
"""


class NoSuchDrill(Exception):
    """The store has no rows of it; the message names those that it has."""


def write_run(
    sink: Sink,
    plan: DrillPlan,
    state: DrillState,
    sent: Mapping[str, tuple[int, int]],
    now: Moment,
) -> None:
    """The drill as it stands, and what has happened of it: nothing that is still to come.

    Participants read these rows too.
    """
    total = sum(events for _, events in sent.values())
    begun = [each for each in plan.injects if each.starts_at <= now]
    struck = [each for each in plan.participants(sent, now) if each.struck_at <= now]
    rows = {
        DRILLS.name: [DRILLS.row(plan.run_row(state, total, now))],
        DRILL_ENTERPRISES.name: DRILL_ENTERPRISES.rows(struck),
        DRILL_INJECTS.name: DRILL_INJECTS.rows(begun),
    }
    sink.write({name: each for name, each in rows.items() if each}, f"drill {plan.file.name}")


def read_runs(store: Store) -> list[DrillRun]:
    """Every drill that the store knows, the latest first."""
    return [_thing(DRILLS, DrillRun, row) for row in store.query(
        "SELECT * FROM drills ORDER BY starts_at DESC, drill"
    )]  # fmt: skip


def read_run(store: Store, drill: str) -> DrillRun:
    """One drill; raises NoSuchDrill."""
    runs = {each.drill: each for each in read_runs(store)}
    if drill not in runs:
        known = ", ".join(runs) or "none"
        raise NoSuchDrill(f"no drill {drill!r} in this store (there: {known})")
    return runs[drill]


def read_injects(store: Store, drill: str) -> list[DrillInject]:
    """What was put to whom so far, in the order of time."""
    rows = _of_drill(store, "SELECT * FROM drill_injects WHERE drill = {drill} "
                            "ORDER BY starts_at, enterprise_id, inject_id", drill)  # fmt: skip
    return [_thing(DRILL_INJECTS, DrillInject, row) for row in rows]


def read_participants(store: Store, drill: str) -> list[DrillParticipant]:
    """Who was struck so far."""
    rows = _of_drill(store, "SELECT * FROM drill_enterprises WHERE drill = {drill} "
                            "ORDER BY enterprise_id", drill)  # fmt: skip
    return [_thing(DRILL_ENTERPRISES, DrillParticipant, row) for row in rows]


def score_drill(store: Store, run: DrillRun, now: Moment) -> list[DrillScore]:
    """The scores of all participants, by enterprise."""
    injects: defaultdict[str, list[DrillInject]] = defaultdict(list)
    for inject in read_injects(store, run.drill):
        injects[inject.enterprise_id].append(inject)
    evidence = read_evidence(store, run.drill)
    return [
        score_enterprise(
            run,
            each,
            injects[each.enterprise_id],
            evidence.get(each.enterprise_id, Evidence()),
            now,
        )
        for each in read_participants(store, run.drill)
    ]


def keep_scores(sink: Sink, scores: Sequence[DrillScore]) -> None:
    """Write them where boards look."""
    if scores:
        sink.write({DRILL_SCORES.name: DRILL_SCORES.rows(scores)}, "scores")


def read_scores(store: Store, drill: str) -> list[DrillScore]:
    """The scores as last kept."""
    rows = _of_drill(store, "SELECT * FROM drill_scores WHERE drill = {drill} "
                            "ORDER BY enterprise_id", drill)  # fmt: skip
    return [_thing(DRILL_SCORES, DrillScore, row) for row in rows]


def read_told(store: Store, drill: str, now: Moment) -> Told:
    """Everything that the after-action report is made of; raises NoSuchDrill.

    The drill before is the latest of its series that began earlier and was scored.
    """
    run = read_run(store, drill)
    earlier = [
        each
        for each in read_runs(store)
        if run.series and each.series == run.series and each.starts_at < run.starts_at
    ]
    scored = ((each, read_scores(store, each.drill)) for each in earlier)
    before, before_scores = next(((each, found) for each, found in scored if found), (None, []))
    names = store.query("SELECT enterprise_id, name FROM enterprises")
    return Told(
        run=run,
        scores=tuple(score_drill(store, run, now)),
        injects=tuple(read_injects(store, drill)),
        reports={name: it.reports for name, it in read_evidence(store, drill).items()},
        names={str(row["enterprise_id"]): str(row["name"]) for row in names},
        before=before,
        before_scores=tuple(before_scores),
    )


def read_evidence(store: Store, drill: str) -> dict[str, Evidence]:
    """What the rows say of each enterprise of the drill."""
    parts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for row in _of_drill(store, _ARRIVED, drill):
        parts[str(row["enterprise_id"])] |= {
            "arrived_events": row["arrived_events"],
            "arrived_at": _moment(row["arrived_at"]),
        }
    for query, name in ((_DETECTED, "detected_at"), (_TIERED, "tier_at")):
        for row in _of_drill(store, query, drill):
            parts[str(row["enterprise_id"])][name] = _moment(row[name])
    for row in _of_drill(store, _COMMANDED, drill):
        part, at = parts[str(row["enterprise_id"])], _moment(row["received_at"])
        part.setdefault("command_at", at)
        if row["verb"] == "describe":
            part.setdefault("described_at", []).append(at)
    for row in _of_drill(store, _INCIDENTS, drill):
        part = parts[str(row["enterprise_id"])]
        part.setdefault("incidents", []).append(_with_moments(row, FoundIncident))
    for row in _of_drill(store, _REPORTS, drill):
        part = parts[str(row["enterprise_id"])]
        part.setdefault("reports", []).append(_with_moments(row, Report))
    return {name: msgspec.convert(part, Evidence) for name, part in parts.items()}


def _of_drill(store: Store, query: str, drill: str) -> list[Answer]:
    return store.query(query.format(drill=literal(drill)))


def _with_moments(row: Answer, of: type) -> dict[str, Any]:
    """The row's values as the struct has them: moments from text."""
    names = of.__struct_fields__  # type: ignore[attr-defined]  # a msgspec.Struct
    return {
        name: _moment(row[name]) if name.endswith(("_at", "_time")) else row[name] for name in names
    }


def _thing(table: Table, of: type[Row], row: Answer) -> Row:
    """A row of the store as what it was made of."""
    values: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        if column.type in (MOMENT, MAYBE_MOMENT):
            value = _moment(value)
        elif column.type == JSON and column.name == "milestones":
            value = msgspec.json.decode(str(value))
        values[column.name] = value
    return msgspec.convert(values, of)


def _moment(value: object) -> Moment | None:
    return None if value is None else parse_moment(str(value))
