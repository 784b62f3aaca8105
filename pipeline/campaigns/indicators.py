"""What may tie incidents of different enterprises together, in normal form.

Rule 1. What does not glue detections within an enterprise (`glue.py`) ties nothing across them.
Rule 2. Addresses of private networks are other machines in each enterprise: only external ones.
Rule 3. An incident without any program or file outside the system's folders tells no hashes:
        they are of the operating system, which everyone has.
Rule 4. Fewer than `techniques_min` techniques are no handwriting.
Rule 5. A kind without a threshold makes no campaigns, so it is no indicator.
Rule 6. A policy's `ignored` names what everyone of the nation has: an update service, a CDN.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from pipeline.campaigns.policy import CampaignPolicy
from pipeline.incidents.linking_keys import is_system_path, normal_form
from schemas.campaign import Indicator, IndicatorKind
from schemas.detection import Entity, EntityKind

PRIVATE_NETWORKS = tuple(
    ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fec0::/10",
    )
)
"""RFC 1918, RFC 6598, RFC 4193 and RFC 3879: the same numbers everywhere."""

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
    found = {_indicator(one) for one in held} | {_techniques(policy, techniques)}
    kinds = {one.kind for one in policy.thresholds}
    kept = {
        one
        for one in found
        if one is not None and one.kind in kinds and one.value not in policy.ignored
    }
    if not any(_is_own_path(one) for one in held):
        kept = {one for one in kept if one.kind != "hash"}
    return frozenset(kept)


def _indicator(entity: Entity) -> Indicator | None:
    kind, name = normal_form(entity.kind, entity.value)
    if not name or kind not in INDICATOR_OF or (kind == "address" and _is_private(name)):
        return None
    return Indicator(INDICATOR_OF[kind], name)


def _is_private(address: str) -> bool:
    return any(ip_address(address) in network for network in PRIVATE_NETWORKS)


def _is_own_path(entity: Entity) -> bool:
    is_path = entity.kind in ("process", "file")
    return is_path and not is_system_path(entity.value.strip().lower())


def _techniques(policy: CampaignPolicy, techniques: Iterable[str]) -> Indicator | None:
    distinct = sorted({technique.upper() for technique in techniques})
    if len(distinct) < policy.techniques_min:
        return None
    return Indicator("techniques", "+".join(distinct))
