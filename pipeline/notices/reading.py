"""What may have to be told, from the store: a look at what has changed since the last (shell)."""

from pipeline.app.incident_rows import OPEN, read_incidents
from pipeline.notices.content import Notice, notices_of
from schemas.moments import SECOND, Moment
from sinks.contract import Answer, Store
from sinks.ddl import literal, moment_literal

OVERLAP: Moment = 600 * SECOND
"""Rows are written a while after the moment that they bear; what is known is not told again."""

_OBLIGATIONS = """
SELECT o.*, e.name AS enterprise FROM obligations AS o
LEFT JOIN enterprises AS e ON e.enterprise_id = o.enterprise_id
WHERE o.drill = '' AND o.state IN ('due_soon', 'late')
    AND (o.revised_at >= {since} OR ifNull(o.due_soon_at >= {since}, 0)
         OR ifNull(o.due_at >= {since}, 0))
ORDER BY o.obligation_id
"""


_OF_NO_INCIDENT: dict[object, Answer] = {"": {}}
"""Duties of exports and of the registry's figures stand by themselves."""


def read_notices(sink: Store, begun: Moment, looked: Moment) -> list[Notice]:
    """Of incidents and duties that changed, or fell due, since the last look."""
    since = moment_literal(max(begun, looked - OVERLAP))
    changed = " OR ".join(
        f"{column} >= {since}" for column in ("i.revised_at", "a.assessed_at", "c.assessed_at")
    )
    incidents = read_incidents(sink, f"{OPEN} AND ({changed})")
    duties = sink.query(_OBLIGATIONS.format(since=since))
    ids = ", ".join(sorted({literal(str(each["incident_id"])) for each in duties} - {"''"}))
    of_duties = read_incidents(sink, f"i.incident_id IN ({ids})") if ids else []
    by_id = {each["incident_id"]: each for each in of_duties} | _OF_NO_INCIDENT
    told = [{**by_id[each["incident_id"]], **each} for each in duties
            if each["incident_id"] in by_id]  # fmt: skip
    return list(notices_of(incidents, told, begun))
