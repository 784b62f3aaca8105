"""Whether a scope covers a detection: pure, and the only place that says so."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from pipeline.intake.normal_forms import NORMAL_FORMS
from schemas.detection import Entity
from schemas.exception import Scope
from schemas.moments import Moment


def is_named(scope: Scope, rule_id: str, time: Moment) -> bool:
    """Whether rule and period are those of the scope; who takes part is asked apart."""
    return scope.rule_id == rule_id and scope.starts_at <= time < scope.ends_at


def takes_part(scope: Scope, entities: Iterable[Entity]) -> bool:
    """Whether all that the scope names is among the entities, in whatever role."""
    values: dict[str, list[str]] = {}
    for entity in entities:
        values.setdefault(entity.kind, []).append(entity.value)
    return (
        (not scope.host or any(_is_host(scope.host, each) for each in values.get("host", ())))
        and (
            not scope.account or NORMAL_FORMS["account"](scope.account) in values.get("account", ())
        )
        and (
            not scope.address
            or any(_is_within(scope.address, each) for each in values.get("address", ()))
        )
    )


def _is_host(named: str, host: str) -> bool:
    wanted = NORMAL_FORMS["host"](named)
    return host == wanted or ("." not in wanted and host.partition(".")[0] == wanted)


def _is_within(named: str, address: str) -> bool:
    network = network_of(named)
    return network is not None and ip_address(address) in network


@lru_cache(1_024)
def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The network of an address or of CIDR text; None where it is neither."""
    try:
        return ip_network(text.strip())
    except ValueError:
        return None
