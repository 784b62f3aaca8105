"""The top tenth by revenue of each sector in each province: pure.

The plan for 2024 to 2026 (工业领域数据安全能力提升实施方案, 工信部网安〔2024〕34号) asks for
classified and graded protection of at least the enterprises above the designated size whose yearly
revenue is in the top tenth of their sector in each province (known from secondary sources). How
that is to be counted it does not say; these are our readings:

Rule 1. A group is one sector of one province. Cities with separate planning status and the XPCC
        count in their province.
Rule 2. A group's candidates are all but those known to be below the designated size: not known is
        not below.
Rule 3. It has a seat for each ten candidates and one for what is left over: at least one, for the
        plan says "at least".
Rule 4. A candidate has a seat if fewer than `seats` of the group have a greater revenue: of equal
        revenues at the last seat all are in.
Rule 5. Revenue that nobody stated is not nought: it counts among the candidates, has no place, and
        may yet move others. Without a sector there is no group.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemas.coverage import Membership, RevenueRank
from schemas.registry import Enterprise


def rank_by_revenue(enterprises: Iterable[Enterprise]) -> list[RevenueRank]:
    """The rank of each, group by group."""
    groups: defaultdict[tuple[str, str], list[Enterprise]] = defaultdict(list)
    for enterprise in enterprises:
        groups[enterprise.province, enterprise.sector].append(enterprise)
    return [rank for group in groups.values() for rank in _rank_group(group)]


def _rank_group(group: Sequence[Enterprise]) -> Iterable[RevenueRank]:
    candidates = [each for each in group if _is_candidate(each)]
    revenues = sorted(each.annual_revenue for each in candidates if each.annual_revenue is not None)
    seats = -(-len(candidates) // 10)
    for each in group:
        place = _place(revenues, each)
        yield RevenueRank(
            enterprise_id=each.enterprise_id,
            province=each.province,
            sector=each.sector,
            top_tenth=_membership(each, place, seats),
            place=place,
            ranked=len(revenues),
            candidates=len(candidates),
            seats=seats,
        )


def _is_candidate(enterprise: Enterprise) -> bool:
    return enterprise.above_designated_size is not False and bool(enterprise.sector)


def _place(revenues: Sequence[int], enterprise: Enterprise) -> int:
    """1 more than have a greater revenue; `revenues` are the group's, ascending."""
    if enterprise.annual_revenue is None or not _is_candidate(enterprise):
        return 0
    return 1 + len(revenues) - bisect_right(revenues, enterprise.annual_revenue)


def _membership(enterprise: Enterprise, place: int, seats: int) -> Membership:
    if enterprise.above_designated_size is False:
        return "no"
    if not place:
        return "unknown"
    return "yes" if place <= seats else "no"
