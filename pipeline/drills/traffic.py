"""A plan as batches, each with the moment at which it is to be sent. Pure.

The simulator tells the stories; nothing here makes an event. The networks are made ones, with
addresses of documentation: what a drill tells of a host is of no host that there is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from pipeline.drills.library import LIBRARY
from pipeline.drills.planning import DrillPlan
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.names import SECTORS
from pipeline.simulate.site import Site, make_site
from pipeline.simulate.stories.table import STORIES, TOLD
from pipeline.simulate.traffic import Attack, SimulatedBatch, tell_attacks
from schemas.drill import DrillInject
from schemas.moments import SECOND, Moment
from schemas.registry import Enterprise

_SPANS: Final = 30
"""A drill is sent in so many parts, each of 2 to 120 s: what is shorter costs batches."""
_KNOWN_SECTORS: Final = {sector.key for sector in SECTORS}


class Shipment(msgspec.Struct, frozen=True):
    """A batch, and when it is due."""

    due_at: Moment
    batch: SimulatedBatch


def make_shipments(plan: DrillPlan) -> list[Shipment]:
    """Everything that is to be sent, by the moment at which it is due."""
    seed, config = plan.file.seed, _config(plan)
    injects: defaultdict[str, list[DrillInject]] = defaultdict(list)
    for inject in plan.injects:
        injects[inject.enterprise_id].append(inject)
    sites = [_site(seed, each, injects[each.enterprise_id]) for each in plan.enterprises]
    attacks = [_attack(each) for each in plan.injects if each.story]
    shipments = [
        shipment
        for batch in tell_attacks(seed, config, sites, attacks)
        for shipment in _due(batch, injects[batch.enterprise_id])
    ]
    return sorted(shipments, key=lambda each: each.due_at)


def _config(plan: DrillPlan) -> SimulationConfig:
    scenario = LIBRARY[plan.file.scenario]
    duration_s = (plan.ends_at - plan.starts_at) // SECOND
    hidden = {each.story for each in plan.injects if each.story in STORIES}
    return SimulationConfig(
        start=plan.starts_at,
        duration_s=duration_s,
        events=scenario.course(plan.file.form).events,
        span_s=min(max(duration_s // _SPANS, 2), 120),
        victims=0,
        stories=tuple(sorted(hidden)),
        campaign=scenario.campaign,
        lookalikes=False,
    )


def _site(seed: int, enterprise: Enterprise, injects: Sequence[DrillInject]) -> Site:
    """A made network of a kind in which the first attack can be told."""
    number = blake2b(enterprise.enterprise_id.encode(), digest_size=1).digest()[0]
    known = enterprise.sector in _KNOWN_SECTORS
    made = msgspec.structs.replace(
        enterprise,
        networks=(f"10.{number}.0.0/16",),
        sector=enterprise.sector if known else SECTORS[0].key,
    )
    site = make_site(seed, made)
    profiles = TOLD[injects[0].story].profiles
    fits = site.profile in profiles
    return site if fits else msgspec.structs.replace(site, profile=profiles[0])


def _attack(inject: DrillInject) -> Attack:
    length_s = (inject.ends_at - inject.starts_at) / SECOND
    return Attack(
        inject.enterprise_id,
        inject.story,
        inject.starts_at,
        inject.ends_at,
        pace=length_s / TOLD[inject.story].duration_s,
    )


def _due(batch: SimulatedBatch, injects: Sequence[DrillInject]) -> Iterator[Shipment]:
    """When its last event was seen; later where a delay is put to it, never where silence is."""
    put = [each for each in injects if each.starts_at <= batch.last_time < each.ends_at]
    if not any(each.kind == "silence" for each in put):
        delay_s = max((each.delay_s for each in put), default=0)
        yield Shipment(batch.last_time + delay_s * SECOND, batch)
