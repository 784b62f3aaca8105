"""Sightings: made at the enterprise of incidents that changed, read at the indicator.

The first half of the stage is at the enterprise. Only our own workers, and operators who send one
again, may write to the topic (`pipeline/kafka/rights.py`); what cannot be read is of another
release.

Rule 1. A sighting is told of each indicator of an incident, and of each that it has lost.
Rule 2. Nothing is told twice: only what is new of the indicators, or all of them where the
        incident itself reads otherwise.
Rule 3. A superseded incident, or one with a verdict that it was harmless, stands nowhere.
"""

from collections.abc import Collection

import msgspec

from pipeline.campaigns.impact import unknown_harm
from pipeline.campaigns.indicators import indicators_of
from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.state import SightingsState, Told
from pipeline.severity.step import Gravity
from schemas.batch import Record
from schemas.campaign import Indicator
from schemas.ids import content_id
from schemas.incident import Incident, Verdict
from schemas.moments import Moment
from schemas.sighting import Sight, Sighting

_NOTHING = Told()
_SIGHTING = msgspec.json.Decoder(Sighting)


def campaign_id_of(indicator: Indicator, drill: str) -> str:
    """The id of the indicator's campaign; a drill's is another."""
    return content_id("campaign", indicator.kind, indicator.value, drill)


def emit_sightings(
    policy: CampaignPolicy,
    harmless: Collection[Verdict],
    state: SightingsState,
    incident: Incident,
    gravity: Gravity,
    now: Moment,
) -> list[Sighting]:
    """What the incident's present revision tells beyond what was told of it before."""
    last = state.told.get(incident.incident_id, _NOTHING)
    stands = incident.status != "superseded" and incident.verdict not in harmless
    held = frozenset(
        indicators_of(policy, incident.entities, incident.techniques) if stands else ()
    )
    sight = _sight_of(incident, gravity)
    content = content_id("sight", msgspec.msgpack.encode(sight, order="deterministic"))
    lost = frozenset(last.indicators) - held
    # Who reads by indicator has to learn of a change under each; a new indicator alone is told
    # alone.
    news = held if content != last.content else held - frozenset(last.indicators)
    if not news and not lost:
        return []
    state.order += 1
    if held:
        state.told[incident.incident_id] = Told(content, tuple(sorted(held)))
    else:
        state.told.pop(incident.incident_id, None)
    said = msgspec.structs.replace(sight, order=state.order, emitted_at=now)
    return [
        _sighting(incident, indicator, msgspec.structs.replace(said, stands=indicator in held))
        for indicator in sorted(news | lost)
    ]


def forget_emitted(state: SightingsState, held: Collection[str]) -> None:
    """Let go of incidents that the enterprise's record no longer holds; what was told stays so."""
    for incident_id in [each for each in state.told if each not in held]:
        del state.told[incident_id]


def _sight_of(incident: Incident, gravity: Gravity) -> Sight:
    return Sight(
        order=0,
        emitted_at=0,
        stands=True,
        enterprise_id=incident.enterprise_id,
        province=incident.province,
        sector=incident.sector,
        scenario=incident.scenario,
        level=incident.level,
        first_time=incident.first_time,
        last_time=incident.last_time,
        tiers=gravity.tiers,
        harm=gravity.harm,
    )


def _sighting(incident: Incident, indicator: Indicator, sight: Sight) -> Sighting:
    return Sighting(
        campaign_id=campaign_id_of(indicator, incident.drill),
        kind=indicator.kind,
        indicator=indicator.value,
        drill=incident.drill,
        incident_id=incident.incident_id,
        sight=sight,
    )


def read_sighting(record: Record) -> Sighting | str:
    """The sighting of a record whose key is its campaign id, or why it is none."""
    try:
        sighting = _SIGHTING.decode(record.value)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        return str(fault)
    # A key of another indicator would open a second state for it, and neither would see enough.
    expected = campaign_id_of(Indicator(sighting.kind, sighting.indicator), sighting.drill)
    if not record.key.decode("utf-8", "replace") == sighting.campaign_id == expected:
        return f"key {record.key!r}, campaign {sighting.campaign_id!r}: not its indicator's id"
    unknown = unknown_harm(sighting.sight.harm)
    return f"unknown facts or words: {', '.join(unknown)}" if unknown else sighting
