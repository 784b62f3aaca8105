"""Incidents of several enterprises, and both halves of the stage with nothing between them."""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.campaigns.policy import CampaignPolicy, Threshold
from pipeline.campaigns.sightings import emit_sightings, forget_emitted
from pipeline.campaigns.state import CampaignState, SightingsState
from pipeline.campaigns.step import Finding, expire, take
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.step import Gravity
from schemas.campaign import Campaign, CampaignMember
from schemas.incident import Incident, Status, Verdict
from schemas.moments import DAY, HOUR, SECOND, Moment
from schemas.sighting import Sighting
from tests.incidents.builders import START, Desk, detection, entity

THREE_IN_TEN_HOURS = Threshold(kind="address", enterprises=3, window_s=36_000)
POLICY = CampaignPolicy(
    thresholds=(
        THREE_IN_TEN_HOURS,
        Threshold(kind="hash", enterprises=2, window_s=36_000),
        Threshold(kind="techniques", enterprises=2, window_s=36_000),
    ),
    techniques_min=2,
)
SEVERITY = SeverityPolicy()
NOW = START + 2 * DAY
EVIL = "address:203.0.113.7"
HARMLESS: tuple[Verdict, ...] = ("false_positive",)


def _a_case() -> Incident:
    desk = Desk()
    desk.take(detection("a", 0, level="high"))
    return desk.only()


CASE = _a_case()


def incident(
    name: str,
    enterprise: str,
    hour: float,
    *entities: str,
    revision: int = 1,
    status: Status = "new",
    province: str = "130000",
    techniques: Sequence[str] = (),
    **changes: object,
) -> Incident:
    """An incident `hour` hours after START, revised a second later each time."""
    time: Moment = START + round(hour * HOUR)
    parts = {
        "incident_id": name,
        "enterprise_id": enterprise,
        "revision": revision,
        "revised_at": NOW + revision * SECOND,
        "status": status,
        "province": province,
        "techniques": tuple(techniques),
        "entities": tuple(entity(one) for one in entities),
        "first_time": time,
        "last_time": time + HOUR,
    }
    return msgspec.structs.replace(CASE, **{**parts, **changes})


class Nation:
    """What enterprises tell, and the campaigns that come of it, state by state."""

    def __init__(self, policy: CampaignPolicy = POLICY) -> None:
        self.policy = policy
        self.tellers: dict[str, SightingsState] = {}
        self.states: dict[str, CampaignState] = {}
        self.found: list[Finding] = []

    def tell(self, incident: Incident, gravity: Gravity | None = None) -> list[Sighting]:
        """The enterprise's half, of one revision."""
        teller = self.tellers.setdefault(incident.enterprise_id, SightingsState())
        now = incident.revised_at
        return emit_sightings(self.policy, HARMLESS, teller, incident, gravity or Gravity(), now)

    def gather(self, *sightings: Sighting, now: Moment = NOW) -> list[Finding]:
        """The indicators' half; what it published is kept as well."""
        new: list[Finding] = []
        for each in sightings:
            state = self.states.setdefault(each.campaign_id, CampaignState())
            new += take(self.policy, SEVERITY, state, each, now)
        self.found += new
        return new

    def see(self, *incidents: Incident) -> list[Finding]:
        """Both halves."""
        return [one for each in incidents for one in self.gather(*self.tell(each))]

    def wait_until(self, now: Moment) -> list[Finding]:
        """The timers of every indicator."""
        new = [
            one
            for state in self.states.values()
            for one in expire(self.policy, SEVERITY, state, now)
        ]
        self.found += new
        return new

    def reload(self) -> None:
        """Write every state and read it back, as a restart does."""
        for name, state in self.states.items():
            data = msgspec.msgpack.encode(state)
            self.states[name] = msgspec.msgpack.decode(data, type=CampaignState)
        for name, teller in self.tellers.items():
            data = msgspec.msgpack.encode(teller)
            self.tellers[name] = msgspec.msgpack.decode(data, type=SightingsState)

    def forget(self, enterprise: str, held: Iterable[str]) -> None:
        """The enterprise's record holds only these incidents any more."""
        forget_emitted(self.tellers[enterprise], [*held])

    def standing(self) -> list[tuple[Campaign, list[CampaignMember]]]:
        """What holds now, by campaign, without what tells of arrival."""
        held: dict[str, tuple[Campaign, list[CampaignMember]]] = {}
        for one in self.found:
            plain = msgspec.structs.replace(one, revision=0)
            if isinstance(plain, Campaign):
                held[plain.campaign_id] = (msgspec.structs.replace(plain, revised_at=0), [])
            else:
                held[plain.campaign_id][1].append(plain)
        return [held[key] for key in sorted(held) if held[key][0].status != "withdrawn"]


def campaigns(findings: Iterable[Finding]) -> list[Campaign]:
    return [one for one in findings if isinstance(one, Campaign)]


def members(findings: Iterable[Finding]) -> list[str]:
    return [one.incident_id for one in findings if isinstance(one, CampaignMember)]
