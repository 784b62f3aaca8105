"""A campaign's members into the revision that is published, and a row for each member."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from pipeline.campaigns.impact import combined_tiers
from pipeline.campaigns.members import Member
from pipeline.campaigns.sightings import campaign_id_of
from pipeline.campaigns.state import Subject
from pipeline.incidents.policy import LEVEL_PLACE
from pipeline.severity.policy import SeverityPolicy
from schemas.campaign import Campaign, CampaignMember, CampaignStatus, Growth, Spread
from schemas.ids import content_id
from schemas.moments import SECOND, SHANGHAI, Moment, datetime_of
from schemas.sighting import Sight


def assemble(
    severity: SeverityPolicy,
    subject: Subject,
    members: Sequence[Member],
    *,
    quiet_s: int,
    evicted: int,
    now: Moment,
) -> Campaign:
    """The campaign as these members say it is, with its content; its revision is still 0."""
    sights = [sight for _, sight in members]
    # In order of time, so going backwards the first of each enterprise is what stays.
    firsts = list({one.enterprise_id: one for one in reversed(sights)}.values())
    last_time = max((one.last_time for one in sights), default=0)
    # By the law in force when it was last told of: a replay finds the same, whenever it is run.
    tiers = combined_tiers(severity, sights, max((one.emitted_at for one in sights), default=0))
    status: CampaignStatus = "over" if over_from(last_time, quiet_s) <= now else "active"
    campaign = Campaign(
        campaign_id=campaign_id_of(subject.indicator, subject.drill),
        revision=0,
        status=status if sights else "withdrawn",
        kind=subject.indicator.kind,
        indicator=subject.indicator.value,
        enterprise_count=len(firsts),
        incident_count=len(sights),
        provinces=tuple(_by_count(one.province for one in firsts)),
        sectors=tuple(_by_count(one.sector for one in firsts if one.sector)),
        scenarios=tuple(_by_count(one.scenario for one in sights)),
        level=max((one.level for one in sights), key=LEVEL_PLACE.__getitem__, default="low"),
        first_time=sights[0].first_time if sights else 0,
        last_time=last_time,
        first_province=sights[0].province if sights else "",
        first_sector=sights[0].sector if sights else "",
        spread=tuple(Spread(*pair) for pair in _by_count(one.province for one in firsts).items()),
        growth=_growth(firsts),
        combined_miit_tier=tiers["miit"],
        combined_cac_tier=tiers["cac"],
        evicted=evicted,
        revised_at=0,
        drill=subject.drill,
    )
    # The members are content: a change among them is a revision, though all counts may agree.
    roll = (text for name, sight in members for text in (name, sight.enterprise_id))
    content = content_id("campaign revision", msgspec.msgpack.encode(campaign), *roll)
    return msgspec.structs.replace(campaign, content=content)


def over_from(last_time: Moment, quiet_s: int) -> Moment:
    """The first moment at which a campaign whose last event was then is over."""
    return last_time + quiet_s * SECOND + 1


def name_members(campaign: Campaign, members: Iterable[Member]) -> list[CampaignMember]:
    """A row for each member of this revision."""
    return [
        CampaignMember(
            campaign_id=campaign.campaign_id,
            incident_id=incident_id,
            revision=campaign.revision,
            place=place,
            enterprise_id=sight.enterprise_id,
            province=sight.province,
            first_time=sight.first_time,
            drill=campaign.drill,
        )
        for place, (incident_id, sight) in enumerate(members, start=1)
    ]


def _by_count(values: Iterable[str]) -> dict[str, int]:
    """Each value with its count, the most frequent first."""
    counted = Counter(values)
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _growth(firsts: Iterable[Sight]) -> tuple[Growth, ...]:
    """By the day on which each enterprise was first struck."""
    # Days of China, as the boards and the law count them.
    local = (datetime_of(one.first_time).astimezone(SHANGHAI) for one in firsts)
    new = Counter(time.strftime("%Y-%m-%d") for time in local)
    total, growth = 0, []
    for day in sorted(new):
        total += new[day]
        growth.append(Growth(day, new[day], total))
    return tuple(growth)
