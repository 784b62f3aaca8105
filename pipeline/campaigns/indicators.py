"""What may tie incidents of different enterprises together, in normal form.

Rule 1. What links no detections within an enterprise (`incidents/linking_keys.py`) ties nothing
        across them.
Rule 2. Addresses of private networks are other machines in each enterprise: only external ones.
Rule 3. An incident without any program or file outside the system's folders tells no hashes:
        they are of the operating system, which everyone has.
Rule 4. Fewer than `techniques_min` techniques are no handwriting.
Rule 5. A kind without a threshold makes no campaigns, so it is no indicator.
Rule 6. A policy's `ignored` names what everyone of the nation has: an update service, a CDN.
"""

from collections.abc import Iterable
from ipaddress import ip_address

from pipeline.campaigns.policy import CampaignPolicy
from pipeline.incidents.linking_keys import is_system_path, normal_form
from pipeline.intake.normal_forms import is_private
from schemas.campaign import Indicator, IndicatorKind
from schemas.detection import Entity, EntityKind

INDICATOR_OF: dict[EntityKind, IndicatorKind] = {
    "address": "address",
    "domain": "domain",
    "hash": "hash",
    "account": "account",
}


def indicators_of(
    policy: CampaignPolicy, entities: Iterable[Entity], techniques: Iterable[str]
) -> frozenset[Indicator]:
    """The indicators of one incident."""
    held = [one for one in entities if one.role != "observer"]
    found = {_indicator(one) for one in held}
    distinct = sorted({technique.upper() for technique in techniques})
    # A few techniques are everybody's; only a longer set says something of who it was.
    if len(distinct) >= policy.techniques_min:
        found.add(Indicator("techniques", "+".join(distinct)))
    kinds = {one.kind for one in policy.thresholds}
    kept = {
        one
        for one in found
        if one is not None and one.kind in kinds and one.value not in policy.ignored
    }
    # Rule 3: a hash of the system's own programs would tie everybody together.
    paths = (one.value.strip().lower() for one in held if one.kind in ("process", "file"))
    if all(map(is_system_path, paths)):
        kept = {one for one in kept if one.kind != "hash"}
    return frozenset(kept)


def _indicator(entity: Entity) -> Indicator | None:
    kind, name = normal_form(entity.kind, entity.value)
    # 10.0.0.5 is another machine in every enterprise.
    if not name or kind not in INDICATOR_OF or (kind == "address" and is_private(ip_address(name))):
        return None
    return Indicator(INDICATOR_OF[kind], name)
