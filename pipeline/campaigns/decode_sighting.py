"""From a record of the topic of sightings to a sighting, or to what is wrong with it.

Only our own workers, and operators who send one again, may write there
(`pipeline/kafka/rights.py`); what cannot be read is of another release.
"""

import msgspec

from pipeline.campaigns.emit_sightings import campaign_id_of
from pipeline.campaigns.impact import unknown_harm
from schemas.batch import Record
from schemas.campaign import Indicator
from schemas.sighting import Sighting

_SIGHTING = msgspec.json.Decoder(Sighting)


def read_sighting(record: Record) -> Sighting | str:
    """The sighting of a record whose key is its campaign id, or why it is none."""
    try:
        sighting = _SIGHTING.decode(record.value)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        return str(fault)
    expected = campaign_id_of(Indicator(sighting.kind, sighting.indicator), sighting.drill)
    if not record.key.decode("utf-8", "replace") == sighting.campaign_id == expected:
        return f"key {record.key!r}, campaign {sighting.campaign_id!r}: not its indicator's id"
    unknown = unknown_harm(sighting.sight.harm)
    return f"unknown facts or words: {', '.join(unknown)}" if unknown else sighting
