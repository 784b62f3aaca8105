"""Two stages in small: counts of enterprises tell sightings, which the real second stage takes.

The number in a record says by which indicator and whether it stands; the enterprise's count is
the order. So a record lost, doubled or out of order tells otherwise.
"""

import msgspec

from pipeline.campaigns.policy import CampaignPolicy, Threshold
from pipeline.campaigns.sightings import campaign_id_of, read_sighting
from pipeline.campaigns.state import CampaignState
from pipeline.campaigns.step import expire, take
from pipeline.intake.admitted import Admitted
from pipeline.severity.policy import SeverityPolicy
from pipeline.state import State, campaign_key
from schemas.batch import Record
from schemas.campaign import Indicator
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.sighting import Sight, Sighting
from schemas.topics import is_sightings
from tests.worker.counting import CountingEngine, count_of, keep_count

POLICY = CampaignPolicy(thresholds=(Threshold(kind="address", enterprises=2, window_s=3_600),))
SEVERITY = SeverityPolicy()


class RelayEngine(CountingEngine):
    """Each record of an enterprise is one incident of it, revised."""

    def admit(self, record: Record, partitions: int = 0) -> Admitted:
        name = record.key.decode()
        key = campaign_key(name) if is_sightings(record.topic) else name
        return msgspec.structs.replace(super().admit(record, partitions), state_key=key)

    def apply(self, state: State, admitted: Admitted) -> list[Decision]:
        record = admitted.record
        if isinstance(state, CampaignState):
            sighting = read_sighting(record)
            assert isinstance(sighting, Sighting), sighting
            return [*take(POLICY, SEVERITY, state, sighting, record.timestamp)]
        count = count_of(state)
        count.records += 1
        keep_count(state, count)
        return [_tell(count.records, int(record.value), record)]

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        if not isinstance(state, CampaignState):
            return []
        return [*expire(POLICY, SEVERITY, state, now)]


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
