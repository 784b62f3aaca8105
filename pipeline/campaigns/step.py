"""The second half of the stage, keyed by indicator: sightings in, campaigns out; its timers.

    take     settle by the clock ── the latest sight of each incident ── keep to the quota ── settle
    expire   settle by the clock ── forget what is past its time

Rule 1. A campaign is what the latest sights say, as a set (`state.py`, `members.py`).
Rule 2. Its id comes from the indicator and the drill. What comes back goes on under its id.
Rule 3. A revision is published only when a reader would see a difference; all its members
        follow it under the same revision.
Rule 4. Beyond the quota those leave first that tell least: what no longer stands, then further
        incidents of one enterprise, then the longest quiet. They are counted, visibly.
"""

from typing import TypeAlias

import msgspec

from pipeline.campaigns.assembly import assemble, name_members, over_from
from pipeline.campaigns.members import members_of
from pipeline.campaigns.policy import CampaignPolicy
from pipeline.campaigns.state import CampaignState, Subject
from pipeline.severity.policy import SeverityPolicy
from schemas.campaign import Campaign, CampaignMember, Indicator
from schemas.moments import SECOND, Moment
from schemas.sighting import Sight, Sighting

Finding: TypeAlias = Campaign | CampaignMember


def take(
    policy: CampaignPolicy,
    severity: SeverityPolicy,
    state: CampaignState,
    sighting: Sighting,
    now: Moment,
) -> list[Finding]:
    """One sighting of the state's indicator: the campaign and its members, if they changed.

    An older sight than the one held, and one that is delivered again, change nothing.
    """
    held = state.sights.get(sighting.incident_id)
    # Kafka delivers at least once, and operators may send a topic again.
    if held is not None and held.precedence >= sighting.sight.precedence:
        return []
    # The time until it came has passed, looked at or not.
    passed = _settle(policy, severity, state, now)
    state.subject = Subject(Indicator(sighting.kind, sighting.indicator), sighting.drill)
    state.sights[sighting.incident_id] = sighting.sight
    _keep_to_quota(state, policy.sightings_max)
    return [*passed, *_settle(policy, severity, state, now)]


def expire(
    policy: CampaignPolicy, severity: SeverityPolicy, state: CampaignState, now: Moment
) -> list[Finding]:
    """The campaign, if it is over by now; then what is past its time leaves the state."""
    findings = _settle(policy, severity, state, now)
    # What was published goes as a whole, its revision stays: it may come back and must count on.
    if state.revision == 0:
        _forget_singly(policy, state, now)
    elif all(_is_past(one, policy.hold_s, now) for one in state.sights.values()):
        state.sights, state.content, state.evicted = {}, "", 0
    return findings


def forget_enterprise(state: CampaignState, enterprise_id: str) -> None:
    """Drop the sights of one enterprise; what was published of them stays until it is settled."""
    state.sights = {
        name: sight for name, sight in state.sights.items() if sight.enterprise_id != enterprise_id
    }


def shed(state: CampaignState) -> int:
    """Let go of the half of the sights that tell least; how many. For a state too large to keep."""
    count = len(state.sights)
    _keep_to_quota(state, count // 2)
    return count - len(state.sights)


def _settle(
    policy: CampaignPolicy, severity: SeverityPolicy, state: CampaignState, now: Moment
) -> list[Finding]:
    subject = state.subject
    if subject is None:
        return []
    members = members_of(policy.threshold_of(subject.indicator.kind), state.sights)
    # Never published: there is nothing to withdraw either.
    if not members and not state.content:
        return []

    def as_of(moment: Moment) -> Campaign:
        return assemble(
            severity, subject, members, quiet_s=policy.quiet_s, evicted=state.evicted, now=moment
        )

    campaign = as_of(now)
    if campaign.content == state.content:
        return []
    ended = over_from(campaign.last_time, policy.quiet_s)
    # Time alone has brought the difference: it bears the moment at which it did.
    if ended <= now and as_of(ended - 1).content == state.content:
        now = ended
    state.revision += 1
    state.content = campaign.content
    revised = msgspec.structs.replace(campaign, revision=state.revision, revised_at=now)
    return [revised, *name_members(revised, members)]


def _keep_to_quota(state: CampaignState, most: int) -> None:
    if len(state.sights) <= most:
        return
    firsts: dict[str, tuple[Moment, str]] = {}
    for name, sight in state.sights.items():
        place = (sight.first_time, name)
        firsts[sight.enterprise_id] = min(place, firsts.get(sight.enterprise_id, place))

    # Of one enterprise a hundred incidents say no more than the first: what flooding cannot
    # displace is the first sight of each of the others.
    def worth(name: str) -> tuple[bool, bool, Moment, str]:
        sight = state.sights[name]
        is_first = firsts[sight.enterprise_id] == (sight.first_time, name)
        return sight.stands, is_first, sight.last_time, name

    for name in sorted(state.sights, key=worth)[: len(state.sights) - most]:
        state.evicted += state.sights.pop(name).stands


def _forget_singly(policy: CampaignPolicy, state: CampaignState, now: Moment) -> None:
    """What came to no campaign leaves once no window of its kind could hold it any more."""
    threshold = state.subject and policy.threshold_of(state.subject.indicator.kind)
    span_s = threshold.window_s if threshold else 0
    state.sights = {
        name: one for name, one in state.sights.items() if not _is_past(one, span_s, now)
    }
    if not state.sights:
        state.subject, state.evicted = None, 0


def _is_past(sight: Sight, span_s: int, now: Moment) -> bool:
    return max(sight.last_time, sight.emitted_at) + span_s * SECOND < now
