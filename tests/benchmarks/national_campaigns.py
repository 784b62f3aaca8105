"""The campaigns of a store whose rows were copied: nobody told sightings of the copies.

Each indicator's latest sights are held at once and settled once, as its state would stand in the
end; a stream would have written every revision on the way there.
"""

from collections import deque
from collections.abc import Iterator

import msgspec

from pipeline.campaigns.indicators import indicators_of
from pipeline.campaigns.state import CampaignState, Subject
from pipeline.campaigns.step import expire
from pipeline.policy import Policy
from schemas.detection import Entity
from schemas.moments import Moment
from schemas.sighting import Sight
from sinks.contract import Answer, Store
from sinks.rows import rows_of

_SIGHT = [field.name for field in msgspec.structs.fields(Sight)]
INCIDENTS_AT_ONCE = 5_000
_INCIDENTS = """
SELECT incident_id, enterprise_id, province, sector, scenario, level, drill, techniques,
    toUnixTimestamp64Micro(first_time) AS first_moment,
    toUnixTimestamp64Micro(last_time) AS last_moment,
    entity_kinds, entity_values, entity_roles,
    mapFilter((regime, tier) -> tier != '', map('miit', miit_tier, 'cac', cac_tier)) AS tiers
FROM incidents WHERE status != 'superseded' AND verdict NOT IN {harmless}
ORDER BY last_time, incident_id LIMIT {limit} OFFSET {offset}
"""


def write_campaigns(store: Store, policy: Policy, now: Moment) -> int:
    """Find and write the campaigns of all incidents; how many there are."""
    latest: dict[Subject, deque[tuple[str, Sight]]] = {}
    for row in _incidents(store, policy):
        sight = _sight(row)
        for indicator in indicators_of(policy.campaigns, _entities(row), _techniques(row)):
            held = latest.setdefault(
                Subject(indicator, str(row["drill"])), deque(maxlen=policy.campaigns.sightings_max)
            )
            held.append((str(row["incident_id"]), sight))
    campaigns = 0
    for number, (subject, sights) in enumerate(latest.items()):
        state = CampaignState(subject=subject, sights=dict(sights))
        findings = expire(policy.campaigns, policy.severity, state, now)
        if findings:
            store.write(rows_of(findings), f"campaigns/{number}")
            campaigns += 1
    return campaigns


def _incidents(store: Store, policy: Policy) -> Iterator[Answer]:
    harmless = policy.incidents.settling_verdicts
    offset = 0
    while rows := store.query(
        _INCIDENTS.format(harmless=harmless, limit=INCIDENTS_AT_ONCE, offset=offset)
    ):
        yield from rows
        offset += len(rows)


def _sight(row: Answer) -> Sight:
    first, last = (int(str(row[f"{end}_moment"])) for end in ("first", "last"))
    told = {"order": 1, "told_at": last, "stands": True, "first_time": first, "last_time": last}
    return msgspec.convert([{**row, **told, "harm": {}}[name] for name in _SIGHT], Sight)


def _entities(row: Answer) -> list[Entity]:
    parts = [row[f"entity_{part}"] for part in ("kinds", "values", "roles")]
    return [Entity(*each) for each in zip(*parts, strict=True)]  # type: ignore[call-overload]


def _techniques(row: Answer) -> list[str]:
    return msgspec.convert(row["techniques"], list[str])
