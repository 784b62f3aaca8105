"""Which incidents of one indicator are a campaign.

    day          1     2     3     4      …    9
    enterprise A ●                                    3 enterprises within 3 days: the first
    enterprise B       ●                              four incidents are the campaign; the
    enterprise C             ●     ●                  last is alone with the indicator
    enterprise D                                   ●

Incidents belong to it as far as each lies in some span of `window_s` in which at least
`enterprises` enterprises have the indicator.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from pipeline.campaigns.policy import Threshold
from schemas.moments import SECOND
from schemas.sighting import Sight

Member: TypeAlias = tuple[str, Sight]
"""Incident id and its sight."""


def members_of(threshold: Threshold | None, sights: Mapping[str, Sight]) -> list[Member]:
    """The members, in the order of their first events; none without a threshold."""
    if threshold is None:
        return []
    standing = [(name, sight) for name, sight in sights.items() if sight.stands]
    ordered = sorted(standing, key=lambda member: (member[1].first_time, member[0]))
    members: list[Member] = []
    within: Counter[str] = Counter()
    start = taken = 0
    for end, (_, sight) in enumerate(ordered):
        within[sight.enterprise_id] += 1
        while sight.first_time - ordered[start][1].first_time > threshold.window_s * SECOND:
            within[ordered[start][1].enterprise_id] -= 1
            start += 1
        if len(+within) >= threshold.enterprises:
            members += ordered[max(start, taken) : end + 1]
            taken = end + 1
    return members
