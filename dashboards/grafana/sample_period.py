"""What a check looks at: the period that a store covers, its gravest incident, entities of it."""

from collections.abc import Callable, Sequence
from typing import Final

from dashboards.grafana.macros import Selection
from dashboards.grafana.specs import localise
from schemas.moments import HOUR, SECOND

_PERIOD: Final = """
SELECT ifNull(toUnixTimestamp64Micro(minOrNull(first_time)), 0) AS first_us,
       greatest(ifNull(toUnixTimestamp64Micro(maxOrNull(last_time)), 0),
                (SELECT ifNull(toUnixTimestamp64Micro(max(due_at)), 0) FROM obligations)) AS last_us
FROM events_by_day
"""
_GRAVEST: Final = """
SELECT incident_id, enterprise_id, province, entity_values[1] AS entity,
       entity_values[indexOf(entity_kinds, 'host')] AS host
FROM incidents
WHERE <earnest> ORDER BY <gravity>, last_time DESC, incident_id LIMIT 1
"""
_INTERVALS: Final = 200


def choose(query: Callable[[str], Sequence[dict[str, object]]]) -> Selection:
    """From an hour before the first event to an hour after the last event or deadline."""
    period = query(_PERIOD)[0]
    first = int(str(period["first_us"])) - HOUR
    last = int(str(period["last_us"])) + HOUR
    gravest = query(localise(_GRAVEST, "zh"))
    row = gravest[0] if gravest else {}
    variables = {name.removesuffix("_id"): (str(value),) for name, value in row.items()}
    return Selection(
        first=first,
        last=last,
        interval_s=max(60, (last - first) // _INTERVALS // SECOND),
        variables=variables,
    )
