"""From a drill file and the registry to who is struck by what and when. Pure.

The same file, registry and start give the same plan on every machine, so that a run that was
killed goes on where it was, and a score can be computed again.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import msgspec

from pipeline.coverage.top_tenth import rank_by_revenue
from pipeline.drills.drill_file import (
    DrillFault,
    DrillFile,
    FalseAlarm,
    InjectOrder,
    Late,
    PressQuestion,
    SecondWave,
    Selection,
    Silence,
)
from pipeline.drills.library import (
    CAMPAIGN_PROVINCES,
    EXPECTED,
    FALSE_ALARM,
    FALSE_ALARM_ROLE,
    LIBRARY,
    Wave,
)
from pipeline.intake.drills import Drill
from pipeline.simulate.draws import draw_from
from pipeline.simulate.site import SERVERS, domain_of
from pipeline.simulate.stories.table import TOLD
from schemas.drill import DrillInject, DrillParticipant, DrillRun, DrillState, InjectKind
from schemas.ids import NAME_RULE, content_id, is_name
from schemas.moments import MINUTE, SECOND, Moment, datetime_of, moment_of
from schemas.provinces import PROVINCES
from schemas.registry import Enterprise, Registry

GRACE: Final = 30 * MINUTE
"""After the last event so long, whatever is still on its way may bear the drill's name."""
_SPREAD: Final = 0.1
"""Of a wave's own time: not all are struck in the same second."""
_QUESTION_MINUTES: Final = 30
_ATTACK_EVENTS: Final = 250
"""Of a story and what is put beside it, about."""
EVENTS_MAX: Final = 500_000
"""Of a drill: all are made before the first is sent, and take some 5 kB each in memory."""


class DrillPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One drill with its times: everything that its rows and its traffic are made of."""

    file: DrillFile
    starts_at: Moment
    ends_at: Moment
    enterprises: tuple[Enterprise, ...]
    injects: tuple[DrillInject, ...]

    def run_row(self, state: DrillState, sent_events: int, now: Moment) -> DrillRun:
        """The drill as it stands."""
        file = self.file
        return DrillRun(
            drill=file.name,
            series=file.series,
            scenario=file.scenario,
            form=file.form,
            organiser=file.organiser,
            state=state,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            pace=file.pace,
            provinces=tuple(sorted({each.province for each in self.enterprises})),
            enterprises=len(self.enterprises),
            milestones=file.milestones,
            sent_events=sent_events,
            revised_at=now,
        )

    def participants(
        self, sent: Mapping[str, tuple[int, int]], now: Moment
    ) -> list[DrillParticipant]:
        """The enterprises, each with the batches and events that Kafka acknowledged."""
        struck = {
            each.enterprise_id: each.starts_at
            for each in reversed(self.injects)
            if each.kind == "attack"
        }
        rows = []
        for each in self.enterprises:
            batches, events = sent.get(each.enterprise_id, (0, 0))
            rows.append(
                DrillParticipant(
                    drill=self.file.name,
                    enterprise_id=each.enterprise_id,
                    province=each.province,
                    sector=each.sector,
                    struck_at=struck[each.enterprise_id],
                    sent_batches=batches,
                    sent_events=events,
                    revised_at=now,
                )
            )
        return rows

    def registration(self) -> Drill:
        """What has to stand in the policy, so that workers take it."""
        return Drill(
            name=self.file.name,
            start=datetime_of(self.starts_at).astimezone(self.file.start.tzinfo),
            end=datetime_of(self.ends_at + GRACE).astimezone(self.file.start.tzinfo),
            enterprises=tuple(each.enterprise_id for each in self.enterprises),
            organiser=self.file.organiser,
        )


def select(selection: Selection, seed: int, registry: Registry) -> tuple[Enterprise, ...]:
    """Who takes part, by id.

    A sample is those whose ids hash lowest under the seed: who joins the registry later changes
    it by himself alone.
    """
    if selection.ids:
        fitting = [registry[name] for name in dict.fromkeys(selection.ids) if name in registry]
    else:
        fitting = [each for each in registry.values() if _fits(selection, each)]
    if selection.top_tenth:
        ranks = rank_by_revenue(registry.values())
        members = {rank.enterprise_id for rank in ranks if rank.top_tenth == "yes"}
        fitting = [each for each in fitting if each.enterprise_id in members]
    if selection.sample is not None:
        fitting.sort(key=lambda each: content_id("drill", str(seed), each.enterprise_id))
        fitting = fitting[: selection.sample]
    return tuple(sorted(fitting, key=lambda each: each.enterprise_id))


def _fits(selection: Selection, enterprise: Enterprise) -> bool:
    return (not selection.provinces or enterprise.province in selection.provinces) and (
        not selection.sectors or enterprise.sector in selection.sectors
    )


def plan_drill(file: DrillFile, registry: Registry, starts_at: Moment | None = None) -> DrillPlan:
    """The plan; from the file's own start, or another. The file has no faults (`faults_of`)."""
    first = moment_of(file.start) if starts_at is None else starts_at
    enterprises = select(file.enterprises, file.seed, registry)
    injects = [each for one in enterprises for each in _injects_of(file, first, one)]
    end = first + _moments(file, LIBRARY[file.scenario].course(file.form).minutes)
    last = max((end, *(each.ends_at for each in injects if each.story)))
    return DrillPlan(
        file=file,
        starts_at=first,
        ends_at=first + ((last - first) // SECOND + 1) * SECOND,
        enterprises=enterprises,
        injects=tuple(injects),
    )


def _moments(file: DrillFile, minutes: float) -> Moment:
    """Minutes of the file in microseconds, as the drill's pace has them."""
    return round(minutes * MINUTE / file.pace)


def _injects_of(file: DrillFile, start: Moment, enterprise: Enterprise) -> Iterator[DrillInject]:
    waves = LIBRARY[file.scenario].course(file.form).waves
    draw = draw_from(file.seed, "drill", file.name, enterprise.enterprise_id)
    for number, wave in enumerate(waves):
        after = wave.after_minutes + draw.random() * _SPREAD * wave.minutes
        yield _attack(file, start, enterprise, wave, "attack", after, number)
    for number, order in enumerate(file.injects):
        if not order.enterprises or enterprise.enterprise_id in order.enterprises:
            yield _ordered(file, start, enterprise, order, number)


def _ordered(
    file: DrillFile, start: Moment, enterprise: Enterprise, order: InjectOrder, number: int
) -> DrillInject:
    waves = LIBRARY[file.scenario].course(file.form).waves
    after = order.after_minutes
    match order:
        case SecondWave():
            return _attack(file, start, enterprise, waves[0], "second_wave", after, number)
        case FalseAlarm():
            wave = Wave(FALSE_ALARM, after, 1)
            return _attack(file, start, enterprise, wave, "false_alarm", after, number)
        case PressQuestion(zh=zh, en=en):
            inject = _inject(file, start, enterprise, "question", after, _QUESTION_MINUTES, number)
            return msgspec.structs.replace(inject, text_zh=zh, text_en=en)
        case Late(minutes=minutes, delay_minutes=delay):
            inject = _inject(file, start, enterprise, "late", after, minutes, number)
            return msgspec.structs.replace(inject, delay_s=_moments(file, delay) // SECOND)
        case Silence(minutes=minutes):
            return _inject(file, start, enterprise, "silence", after, minutes, number)


def _attack(
    file: DrillFile,
    start: Moment,
    enterprise: Enterprise,
    wave: Wave,
    kind: InjectKind,
    after: float,
    number: int,
) -> DrillInject:
    minutes = min(wave.minutes, TOLD[wave.story].duration_s / 60)
    inject = _inject(file, start, enterprise, kind, after, minutes, number)
    if kind == "false_alarm":
        return msgspec.structs.replace(inject, story=wave.story, host=false_alarm_host(enterprise))
    return msgspec.structs.replace(inject, story=wave.story, scenario=EXPECTED[wave.story][0])


def false_alarm_host(enterprise: Enterprise) -> str:
    """Where the false alarm is told: the backup server of the made network."""
    return f"{SERVERS[FALSE_ALARM_ROLE][0]}.{domain_of(enterprise)}"


def _inject(
    file: DrillFile,
    start: Moment,
    enterprise: Enterprise,
    kind: InjectKind,
    after: float,
    minutes: float,
    number: int,
) -> DrillInject:
    first = start + _moments(file, after)
    return DrillInject(
        drill=file.name,
        inject_id=content_id(
            "inject", file.name, enterprise.enterprise_id, kind, str(number), str(first)
        ),
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        kind=kind,
        starts_at=first,
        ends_at=first + _moments(file, minutes),
    )


def faults_of(
    file: DrillFile, source: str, registry: Registry, organisers: Collection[str]
) -> list[DrillFault]:
    """Everything that is wrong with a drill that could be read, held against the registry.

    `organisers` are the ids that the policy knows.
    """
    problems = [*_faults_of_head(file, organisers), *_faults_of_selection(file, registry)]
    if not problems:
        problems += _faults_of_course(file, registry)
    return [DrillFault(source, *problem) for problem in problems]


_Problem = tuple[str, str, str]
"""Place, problem and remedy."""


def _faults_of_head(file: DrillFile, organisers: Collection[str]) -> Iterator[_Problem]:
    if not is_name(file.name):
        yield "name", f"{file.name!r} cannot be a name", f"write {NAME_RULE}"
    if file.scenario not in LIBRARY:
        yield "scenario", f"{file.scenario!r} is unknown", f"write one of {', '.join(LIBRARY)}"
    if file.start.tzinfo is None:
        yield "start", "a time without an offset", "write 2026-06-01T09:00:00+08:00"
    if file.organiser not in organisers:
        known = ", ".join(organisers) or "none"
        yield (
            "organiser",
            f"{file.organiser!r} is no organiser of the policy (there: {known})",
            "register the organiser's key first (docs/drills.md), or correct the id",
        )


def _faults_of_selection(file: DrillFile, registry: Registry) -> Iterator[_Problem]:
    chosen = file.enterprises
    if chosen.ids and (chosen.provinces or chosen.sectors or chosen.top_tenth):
        yield "enterprises.ids", "ids stand beside provinces, sectors or top_tenth", "write one"
    for number, name in enumerate(chosen.ids):
        if name not in registry:
            yield f"enterprises.ids[{number}]", f"{name!r} is not registered", "correct the id"
    for number, code in enumerate(chosen.provinces):
        if code not in PROVINCES:
            remedy = 'write its GB/T 2260 code, such as "330000" for Zhejiang'
            yield f"enterprises.provinces[{number}]", f"{code!r} is unknown", remedy
    sectors = {each.sector for each in registry.values()}
    for number, sector in enumerate(chosen.sectors):
        if sector not in sectors:
            yield (
                f"enterprises.sectors[{number}]",
                f"nobody in the registry is of sector {sector!r}",
                f"write one of {', '.join(sorted(sectors))}",
            )


def _faults_of_course(file: DrillFile, registry: Registry) -> Iterator[_Problem]:
    """Those that need the participants."""
    names = {each.enterprise_id: each for each in select(file.enterprises, file.seed, registry)}
    provinces = {each.province for each in names.values()}
    scenario, wanted = LIBRARY[file.scenario], file.enterprises.sample
    if not names:
        yield "enterprises", "nobody in the registry fits", "choose fewer conditions"
    elif wanted is not None and len(names) < wanted:
        yield "enterprises.sample", f"only {len(names)} fit", f"write {len(names)} or fewer"
    if names and scenario.campaign and len(provinces) < CAMPAIGN_PROVINCES:
        yield (
            "enterprises",
            f"{file.scenario} needs {CAMPAIGN_PROVINCES} provinces, {len(provinces)} take part",
            "choose enterprises of more provinces",
        )
    course = scenario.course(file.form)
    most = EVENTS_MAX // (course.events + _ATTACK_EVENTS)
    if len(names) > most:
        yield (
            "enterprises",
            f"{len(names)} take part; in the {file.form} form {most} can",
            "hold several drills of one series, or draw a sample",
        )
    minutes = course.minutes
    for number, order in enumerate(file.injects):
        if order.after_minutes >= minutes:
            yield (
                f"injects[{number}].after_minutes",
                f"the {file.form} form ends after {minutes:g} minutes",
                "let it come earlier",
            )
        for name in order.enterprises:
            if name not in names:
                yield (
                    f"injects[{number}].enterprises",
                    f"{name!r} takes no part",
                    "name participants (`fenghuo drill plan` lists them), or leave it out for all",
                )
