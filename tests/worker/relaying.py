"""Two stages in small: counts of enterprises tell sightings, which the real second stage takes.

The number in a record says by which indicator and whether it stands; the enterprise's count is
the order. So a record lost, doubled or out of order tells otherwise.
"""

import msgspec

from pipeline.campaigns.decode_sighting import read_sighting
from pipeline.campaigns.emit_sightings import campaign_id_of
from pipeline.campaigns.policy import CampaignPolicy, Threshold
from pipeline.campaigns.state import CampaignState
from pipeline.campaigns.step import expire, take
from pipeline.severity.policy import SeverityPolicy
from pipeline.state import campaign_key, is_campaign_key
from schemas.batch import Record
from schemas.campaign import Indicator
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.sighting import Sight, Sighting
from schemas.topics import is_sightings
from tests.worker.counting import Count, Counted

POLICY = CampaignPolicy(thresholds=(Threshold(kind="address", enterprises=2, window_s=3_600),))
SEVERITY = SeverityPolicy()


class RelayCodec:
    """Counts of enterprises, and the stage's own states of indicators."""

    def fresh(self, key: str) -> Count | CampaignState:
        return CampaignState() if is_campaign_key(key) else Count()

    def encode(self, state: Count | CampaignState) -> bytes:
        return msgspec.msgpack.encode(state)

    def decode(self, key: str, data: bytes) -> Count | CampaignState:
        if is_campaign_key(key):
            return msgspec.msgpack.decode(data, type=CampaignState)
        return msgspec.msgpack.decode(data, type=Count)


class RelayEngine:
    """Each record of an enterprise is one incident of it, revised."""

    def admit(self, record: Record, partitions: int) -> Counted:
        key = record.key.decode()
        return Counted(record, campaign_key(key) if is_sightings(record.topic) else key)

    def apply(self, state: Count | CampaignState, counted: Counted) -> list[Decision]:
        record = counted.record
        if isinstance(state, CampaignState):
            sighting = read_sighting(record)
            assert isinstance(sighting, Sighting), sighting
            return [*take(POLICY, SEVERITY, state, sighting, record.timestamp)]
        state.records += 1
        return [_tell(state.records, int(record.value), record)]

    def advance(self, state: Count | CampaignState, key: str, now: Moment) -> list[Decision]:
        if not isinstance(state, CampaignState):
            return []
        return [*expire(POLICY, SEVERITY, state, now)]

    def shed(self, state: Count | CampaignState, key: str) -> int:
        return 0


def _tell(order: int, number: int, record: Record) -> Sighting:
    enterprise_id = record.key.decode()
    indicator = Indicator("address", f"203.0.113.{number % 2}")
    return Sighting(
        campaign_id=campaign_id_of(indicator, ""),
        kind=indicator.kind,
        indicator=indicator.value,
        drill="",
        incident_id=f"incident of {enterprise_id}",
        sight=Sight(
            order=order,
            emitted_at=record.timestamp,
            stands=number % 5 > 0,
            enterprise_id=enterprise_id,
            province="130000",
            sector="steel",
            scenario="malware",
            level="high",
            first_time=number,
            last_time=number,
        ),
    )
