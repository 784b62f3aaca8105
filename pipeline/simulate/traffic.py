"""Traffic: ordinary events of many enterprises with attacks hidden in them, cut into batches.

Pure and deterministic: the same seed, registry size and configuration give the same bytes,
in the same order, on every machine.
"""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import TypeAlias

import msgspec
import orjson

from pipeline.simulate.cast import Cast
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.draws import draw_from
from pipeline.simulate.evtx import as_evtx
from pipeline.simulate.ordinary import ORDINARY
from pipeline.simulate.registry import Publisher
from pipeline.simulate.site import Site, draw_external, make_site
from pipeline.simulate.sources import SOURCES
from pipeline.simulate.stories.step import Story
from pipeline.simulate.stories.table import STORIES, TOLD
from pipeline.simulate.templates import Fields, Template, compile_template, merge
from schemas.moments import SECOND, Moment


class Attack(msgspec.Struct, frozen=True, omit_defaults=True):
    """The truth about one hidden story: who suffers it, and from when to when.

    `pace` is how much of the story's own duration it takes; 0: as `SimulationConfig` has it.
    """

    enterprise_id: str
    story: str
    first_time: Moment
    last_time: Moment
    pace: float = 0


class SimulatedBatch(msgspec.Struct, frozen=True):
    """The lines of one batch, in the order of their times; `stories` names the attacks in it."""

    enterprise_id: str
    format: str
    lines: tuple[bytes, ...]
    first_time: Moment
    last_time: Moment
    stories: tuple[str, ...]


class _Observation(msgspec.Struct, frozen=True):
    time: Moment
    format: str
    line: bytes
    story: str


class _Kind(msgspec.Struct, frozen=True):
    format: str
    template: Template


Timeline: TypeAlias = list[_Observation]


def make_traffic(
    seed: int, config: SimulationConfig, publishers: Sequence[Publisher]
) -> Iterator[SimulatedBatch]:
    """All batches of the period, in the order in which a stream would bring them.

    Raises KeyError for a story that the table does not know.
    """
    attacks = plan_attacks(seed, config, publishers)
    sites = [make_site(seed, enterprise) for enterprise, _ in publishers]
    yield from tell_attacks(seed, config, sites, attacks)


def tell_attacks(
    seed: int, config: SimulationConfig, sites: Iterable[Site], attacks: Sequence[Attack]
) -> Iterator[SimulatedBatch]:
    """All batches of the period, with these attacks in them: who plans them is another matter.

    Raises KeyError for a story that the table does not know.
    """
    suffered: defaultdict[str, list[Attack]] = defaultdict(list)
    for attack in attacks:
        suffered[attack.enterprise_id].append(attack)
    timelines = {
        site.enterprise_id: _live(seed, config, site, suffered[site.enterprise_id])
        for site in sites
    }
    for slice_start in range(config.start, _end(config), config.span_s * SECOND):
        yield from _cut_slice(config, timelines, slice_start)


def plan_attacks(
    seed: int, config: SimulationConfig, publishers: Sequence[Publisher]
) -> tuple[Attack, ...]:
    """Which enterprise suffers which story and when; the truth to hold the results against."""
    sites = [make_site(seed, enterprise) for enterprise, _ in publishers]
    attacks: list[Attack] = []
    for name in config.stories:
        attacks.extend(_plan_story(seed, config, STORIES[name], sites, _victims(attacks)))
    if config.campaign:
        attacks.extend(_plan_campaign(seed, config, STORIES[config.campaign], sites, attacks))
    return tuple(attacks)


def _victims(attacks: Iterable[Attack]) -> set[str]:
    return {attack.enterprise_id for attack in attacks}


def _plan_story(
    seed: int, config: SimulationConfig, story: Story, sites: Sequence[Site], taken: set[str]
) -> Iterator[Attack]:
    """Victims are drawn among the fitting networks that no other story has taken yet."""
    draw = draw_from(seed, "plan", story.name)
    fitting = [site for site in sites if site.profile in story.profiles]
    free = [site for site in fitting if site.enterprise_id not in taken] or fitting
    for site in draw.sample(free, min(config.victims, len(free))):
        yield _plan_attack(draw, config, story, site)


def _plan_campaign(
    seed: int,
    config: SimulationConfig,
    story: Story,
    sites: Sequence[Site],
    attacks: Sequence[Attack],
) -> Iterator[Attack]:
    """Further victims of the story, in provinces where it has none; the others stay the same."""
    draw = draw_from(seed, "campaign", story.name)
    struck = _victims(attack for attack in attacks if attack.story == story.name)
    provinces = {site.province for site in sites if site.enterprise_id in struck}
    taken = _victims(attacks)
    for site in draw.sample(sites, len(sites)):
        is_free = site.profile in story.profiles and site.enterprise_id not in taken
        if is_free and site.province not in provinces and len(provinces) < config.campaign_victims:
            provinces.add(site.province)
            yield _plan_attack(draw, config, story, site)


def _plan_attack(draw: random.Random, config: SimulationConfig, story: Story, site: Site) -> Attack:
    length = round(story.duration_s * _pace(config, story) * SECOND)
    latest = config.duration_s * SECOND - length - SECOND
    first = config.start + draw.randrange(latest // 20, max(latest, 1) + 1)
    return Attack(site.enterprise_id, story.name, first, first + length)


def _pace(config: SimulationConfig, story: Story) -> float:
    """A story that is longer than the period is told faster."""
    return min(1.0, 0.9 * config.duration_s / story.duration_s)


def _end(config: SimulationConfig) -> Moment:
    return config.start + config.duration_s * SECOND


def _live(seed: int, config: SimulationConfig, site: Site, attacks: Iterable[Attack]) -> Timeline:
    """One enterprise's whole period in the order of time; `attacks` are those it suffers."""
    timeline = list(_spend_quietly(seed, config, site))
    for attack in attacks:
        story = TOLD[attack.story]
        pace = attack.pace or _pace(config, story)
        timeline.extend(_tell(seed, config, site, story, attack.first_time, pace))
    if config.lookalikes:
        timeline.extend(_look_alike(seed, config, site))
    return sorted(timeline, key=lambda observation: observation.time)


def _spend_quietly(seed: int, config: SimulationConfig, site: Site) -> Iterator[_Observation]:
    draw = draw_from(seed, "ordinary", site.enterprise_id, str(config.start))
    kinds = ORDINARY[site.profile]
    bounds = list(accumulate(kind.weight for kind in kinds))
    for _ in range(round(config.events * site.size)):
        number = bisect_left(bounds, draw.randrange(1, bounds[-1] + 1))
        time = config.start + draw.randrange(config.duration_s * SECOND)
        yield _observe(_ordinary_kind(site.profile, number), Cast(draw, site), time)


def _look_alike(seed: int, config: SimulationConfig, site: Site) -> Iterator[_Observation]:
    draw = draw_from(seed, "lookalike", site.enterprise_id, str(config.start))
    fitting = [s for s in STORIES.values() if not s.hostile and site.profile in s.profiles]
    if not fitting:
        return
    story = draw.choice(fitting)
    latest = (config.duration_s - story.duration_s * _pace(config, story)) * SECOND
    start = config.start + draw.randrange(int(latest))
    yield from _tell(seed, config, site, story, start, _pace(config, story))


def _tell(
    seed: int, config: SimulationConfig, site: Site, story: Story, start: Moment, pace: float
) -> Iterator[_Observation]:
    """A story's steps at their times, all with one cast."""
    draw = draw_from(seed, "story", story.name, site.enterprise_id, str(config.start))
    cast = Cast(draw, site, _base_of(seed, config, story))
    for number, step in enumerate(story.steps):
        kind = _step_kind(story.name, number)
        for index in range(step.times):
            time = start + round((step.at_s + index * step.every_s) * (pace * SECOND))
            name = story.name if story.hostile else ""
            yield _observe(kind, cast, time, index=index, story=name)


def _base_of(seed: int, config: SimulationConfig, story: Story) -> str:
    """The address from which a campaign's attacker works in this period; "" for no campaign."""
    if story.name != config.campaign:
        return ""
    return draw_external(draw_from(seed, "campaign", story.name, str(config.start)))


def _observe(
    kind: _Kind, cast: Cast, time: Moment, *, index: int = 0, story: str = ""
) -> _Observation:
    document = kind.template(cast.bind(time, index))
    if cast.site.evtx and kind.format == "windows":
        document = as_evtx(document)
    return _Observation(time, kind.format, orjson.dumps(document), story)


@cache
def _ordinary_kind(profile: str, number: int) -> _Kind:
    ordinary = ORDINARY[profile][number]
    return _kind_of(ordinary.source, ordinary.fields)


@cache
def _step_kind(story: str, number: int) -> _Kind:
    step = TOLD[story].steps[number]
    return _kind_of(step.source, step.fields)


def _kind_of(source: str, fields: Fields) -> _Kind:
    envelope = SOURCES[source]
    return _Kind(envelope.format, compile_template(merge(envelope.fields, fields)))


def _cut_slice(
    config: SimulationConfig, timelines: dict[str, Timeline], start: Moment
) -> Iterator[SimulatedBatch]:
    """The batches of one span of time, by the time of their last event."""
    batches = [
        batch
        for enterprise_id, timeline in timelines.items()
        for batch in _cut(config, enterprise_id, timeline, start)
    ]
    yield from sorted(batches, key=lambda batch: (batch.last_time, batch.enterprise_id))


def _cut(
    config: SimulationConfig, enterprise_id: str, timeline: Timeline, start: Moment
) -> Iterator[SimulatedBatch]:
    end = min(start + config.span_s * SECOND, _end(config))
    by_format: defaultdict[str, Timeline] = defaultdict(list)
    first = bisect_left(timeline, start, key=lambda observation: observation.time)
    last = bisect_left(timeline, end, key=lambda observation: observation.time)
    for observation in timeline[first:last]:
        by_format[observation.format].append(observation)
    for format_name, observations in by_format.items():
        for at in range(0, len(observations), config.batch_events):
            chunk = observations[at : at + config.batch_events]
            yield _make_batch(enterprise_id, format_name, chunk)


def _make_batch(enterprise_id: str, format_name: str, chunk: Timeline) -> SimulatedBatch:
    return SimulatedBatch(
        enterprise_id=enterprise_id,
        format=format_name,
        lines=tuple(observation.line for observation in chunk),
        first_time=chunk[0].time,
        last_time=chunk[-1].time,
        stories=tuple(sorted({observation.story for observation in chunk} - {""})),
    )
