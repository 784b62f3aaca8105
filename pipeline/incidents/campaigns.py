"""Campaigns: the second stage, over the incidents of all enterprises, keyed by indicator.

    day          1     2     3     4      …    9
    enterprise A ●                                    3 enterprises within 3 days: the first
    enterprise B       ●                              four incidents are the campaign; the
    enterprise C             ●     ●                  last is alone with the indicator
    enterprise D                                   ●

Rule 1. A campaign is what incidents say now: their latest revisions, as a set. The order in
        which they came, and how often, makes no difference to it. A superseded incident, or
        one with a verdict that it was harmless, says nothing.
Rule 2. Incidents with an indicator in common are its campaign as far as each lies in some span
        of `window_s` in which at least `enterprises` enterprises have it.
Rule 3. Its id comes from the indicator and the drill. What comes back goes on under its id.
Rule 4. A revision is emitted only when a reader would see a difference.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from pipeline.incidents.indicators import indicators_of
from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy, Threshold
from schemas.campaign import (
    Campaign,
    CampaignMember,
    CampaignStatus,
    Growth,
    Indicator,
    Spread,
)
from schemas.detection import Entity, Level
from schemas.ids import content_id
from schemas.incident import Incident, Status, Verdict
from schemas.moments import SECOND, SHANGHAI, Moment, datetime_of

Finding = Campaign | CampaignMember


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What campaigns need of an incident's revision; the names are those of `Incident`."""

    incident_id: str
    revision: int
    enterprise_id: str
    province: str
    sector: str
    status: Status
    verdict: Verdict
    scenario: str
    level: Level
    first_time: Moment
    last_time: Moment
    drill: str
    techniques: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()


class Cluster(msgspec.Struct):
    """One indicator and the incidents that have it."""

    indicator: Indicator
    drill: str
    incident_ids: set[str] = msgspec.field(default_factory=set)


class Published(msgspec.Struct, frozen=True):
    """The last revision that was emitted. It is never forgotten: revisions must go on."""

    indicator: Indicator
    drill: str
    revision: int
    content: str
    is_forgotten: bool = False
    """Over for so long that its incidents have left the state."""


class CampaignsState(msgspec.Struct):
    """Mutable; owned by the stage during a call."""

    sights: dict[str, Sight] = msgspec.field(default_factory=dict)
    """By incident id, without entities and techniques: `parts` has what came of them."""
    parts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Incident id to the ids of the clusters that it is in."""
    clusters: dict[str, Cluster] = msgspec.field(default_factory=dict)
    """By campaign id, campaign or not."""
    published: dict[str, Published] = msgspec.field(default_factory=dict)
    """By campaign id."""


def sight_of(incident: Incident) -> Sight:
    """The part of an incident that campaigns look at."""
    return Sight(**{name: getattr(incident, name) for name in Sight.__struct_fields__})


def campaign_id_of(indicator: Indicator, drill: str) -> str:
    """The id of the indicator's campaign; a drill's is another."""
    return content_id("campaign", indicator.kind, indicator.value, drill)


def absorb(
    policy: IncidentPolicy, state: CampaignsState, sights: Iterable[Sight], now: Moment
) -> list[Finding]:
    """Take revisions of incidents, in any order and as often as they come: what changed by them.

    Each campaign is followed by all its members under the same revision.
    """
    touched: set[str] = set()
    for sight in sights:
        touched |= _take(policy, state, sight)
    return _settle(policy, state, touched, now)


def expire(policy: IncidentPolicy, state: CampaignsState, now: Moment) -> list[Finding]:
    """Campaigns that are over or hold no longer; then forget what is past `hold_s`."""
    due = {key for key, one in state.published.items() if not one.is_forgotten}
    findings = _settle(policy, state, due, now)
    _forget(state, now - policy.campaigns.hold_s * SECOND)
    return findings


def _take(policy: IncidentPolicy, state: CampaignsState, sight: Sight) -> set[str]:
    """Put the revision in the place of an earlier one: the clusters that this touches."""
    held = state.sights.get(sight.incident_id)
    if held is not None and held.revision >= sight.revision:
        return set()
    before = set(state.parts.get(sight.incident_id, ()))
    after = {campaign_id_of(one, sight.drill): one for one in _indicators(policy, sight)}
    for key in before - after.keys():
        _leave(state, key, sight.incident_id)
    for key, indicator in after.items():
        cluster = state.clusters.setdefault(key, Cluster(indicator, sight.drill))
        cluster.incident_ids.add(sight.incident_id)
    state.parts[sight.incident_id] = tuple(sorted(after))
    state.sights[sight.incident_id] = msgspec.structs.replace(sight, entities=(), techniques=())
    return before | after.keys()


def _leave(state: CampaignsState, campaign_id: str, incident_id: str) -> None:
    cluster = state.clusters[campaign_id]
    cluster.incident_ids.discard(incident_id)
    if not cluster.incident_ids:
        del state.clusters[campaign_id]


def _indicators(policy: IncidentPolicy, sight: Sight) -> frozenset[Indicator]:
    if sight.status == "superseded" or sight.verdict in policy.settling_verdicts:
        return frozenset()
    return indicators_of(policy.campaigns, sight.entities, sight.techniques)


def _settle(
    policy: IncidentPolicy, state: CampaignsState, touched: Iterable[str], now: Moment
) -> list[Finding]:
    findings: list[Finding] = []
    for campaign_id in sorted(touched):
        last = state.published.get(campaign_id)
        members = _members_now(policy, state, campaign_id)
        if not members and last is None:
            continue
        campaign = _campaign(policy, state, campaign_id, members, now)
        if last is None or campaign.content != last.content:
            findings += [campaign, *_named(campaign, members)]
            state.published[campaign_id] = Published(
                Indicator(campaign.kind, campaign.indicator),
                campaign.drill,
                campaign.revision,
                campaign.content,
            )
    return findings


def _members_now(policy: IncidentPolicy, state: CampaignsState, campaign_id: str) -> list[Sight]:
    cluster = state.clusters.get(campaign_id)
    if cluster is None:
        return []
    sights = [state.sights[each] for each in cluster.incident_ids]
    return members_of(policy.campaigns.threshold_of(cluster.indicator.kind), sights)


def members_of(threshold: Threshold | None, sights: Iterable[Sight]) -> list[Sight]:
    """Those of rule 2, in the order of their first events; none without a threshold."""
    ordered = sorted(sights, key=lambda one: (one.first_time, one.incident_id))
    if threshold is None:
        return []
    members: list[Sight] = []
    within: Counter[str] = Counter()
    start = taken = 0
    for end, sight in enumerate(ordered):
        within[sight.enterprise_id] += 1
        while sight.first_time - ordered[start].first_time > threshold.window_s * SECOND:
            within[ordered[start].enterprise_id] -= 1
            start += 1
        if len(+within) >= threshold.enterprises:
            members += ordered[max(start, taken) : end + 1]
            taken = end + 1
    return members


def _campaign(
    policy: IncidentPolicy,
    state: CampaignsState,
    campaign_id: str,
    members: Sequence[Sight],
    now: Moment,
) -> Campaign:
    last = state.published.get(campaign_id)
    about = state.clusters.get(campaign_id) or last
    assert about is not None, "a campaign that is neither held nor published"
    firsts = list({one.enterprise_id: one for one in reversed(members)}.values())
    last_time = max((one.last_time for one in members), default=0)
    bare = Campaign(
        campaign_id=campaign_id,
        revision=0,
        status=_status(members, last_time + policy.campaigns.quiet_s * SECOND < now),
        kind=about.indicator.kind,
        indicator=about.indicator.value,
        enterprise_count=len(firsts),
        incident_count=len(members),
        provinces=tuple(_by_count(one.province for one in firsts)),
        sectors=tuple(_by_count(one.sector for one in firsts if one.sector)),
        scenarios=tuple(_by_count(one.scenario for one in members)),
        level=max((one.level for one in members), key=LEVEL_PLACE.__getitem__, default="low"),
        first_time=members[0].first_time if members else 0,
        last_time=last_time,
        first_province=members[0].province if members else "",
        first_sector=members[0].sector if members else "",
        spread=tuple(Spread(*pair) for pair in _by_count(one.province for one in firsts).items()),
        growth=_growth(firsts),
        revised_at=0,
        drill=about.drill,
    )
    content = content_id("campaign revision", msgspec.msgpack.encode(bare), *_roll(members))
    revision = last.revision + 1 if last else 1
    return msgspec.structs.replace(bare, revision=revision, revised_at=now, content=content)


def _status(members: Sequence[Sight], is_quiet: bool) -> CampaignStatus:
    if not members:
        return "withdrawn"
    return "over" if is_quiet else "active"


def _by_count(values: Iterable[str]) -> dict[str, int]:
    """Each value with its count, the most frequent first."""
    counted = Counter(values)
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _growth(firsts: Iterable[Sight]) -> tuple[Growth, ...]:
    """By the day on which each enterprise was first struck."""
    new = Counter(_day(one.first_time) for one in firsts)
    total, growth = 0, []
    for day in sorted(new):
        total += new[day]
        growth.append(Growth(day, new[day], total))
    return tuple(growth)


def _day(moment: Moment) -> str:
    return datetime_of(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d")


def _roll(members: Iterable[Sight]) -> list[str]:
    """The members as content: a change among them is a revision, though counts may agree."""
    return [text for one in members for text in (one.incident_id, one.enterprise_id)]


def _named(campaign: Campaign, members: Iterable[Sight]) -> list[CampaignMember]:
    return [
        CampaignMember(
            campaign_id=campaign.campaign_id,
            incident_id=one.incident_id,
            revision=campaign.revision,
            place=place,
            enterprise_id=one.enterprise_id,
            province=one.province,
            first_time=one.first_time,
            drill=campaign.drill,
        )
        for place, one in enumerate(members, start=1)
    ]


def _forget(state: CampaignsState, before: Moment) -> None:
    """Drop clusters whose every incident ended before this, then incidents in none."""
    for key, cluster in list(state.clusters.items()):
        if all(state.sights[each].last_time < before for each in cluster.incident_ids):
            _drop(state, key, cluster)
    for incident_id, sight in list(state.sights.items()):
        if not state.parts[incident_id] and sight.last_time < before:
            del state.sights[incident_id], state.parts[incident_id]


def _drop(state: CampaignsState, campaign_id: str, cluster: Cluster) -> None:
    for each in cluster.incident_ids:
        state.parts[each] = tuple(key for key in state.parts[each] if key != campaign_id)
    del state.clusters[campaign_id]
    if campaign_id in state.published:
        last = state.published[campaign_id]
        state.published[campaign_id] = msgspec.structs.replace(last, is_forgotten=True)
