"""A drill's plan, and the library of scenarios, as text for people (shell)."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from dashboards.words import PROVINCE, SECTOR, Language
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
from pipeline.drills.library import LIBRARY
from pipeline.drills.planning import DrillPlan
from pipeline.drills.traffic import Shipment
from schemas.drill import DrillInject
from schemas.glossary import INCIDENT, Term, capital, read
from schemas.glossary_drills import DRILL, FORM, INJECT
from schemas.moments import format_moment, read_moment

WORDS: Final = {**DRILL, "province": INCIDENT["province"], "sector": Term("行业", "sector")}
"""Headings of tables about drills."""


def print_library(language: Language) -> None:
    """Every scenario with its two forms."""
    print_table(
        heads_of(("drill_scenario", "drill", "aim", "drill_form"), language),
        [
            (
                each.key,
                each.name.of(language),
                each.aim.of(language),
                " / ".join(f"{course.minutes:g}" for course in (each.short, each.long)),
            )
            for each in LIBRARY.values()
        ],
    )


def library_rows() -> list[dict[str, object]]:
    """The same as values."""
    return [
        {
            "scenario": scenario.key,
            "name": scenario.name._asdict(),
            "aim": scenario.aim._asdict(),
            "campaign": bool(scenario.campaign),
            **{
                form: {"minutes": course.minutes, "waves": msgspec.to_builtins(course.waves)}
                for form, course in (("short", scenario.short), ("long", scenario.long))
            },
        }
        for scenario in LIBRARY.values()
    ]


def print_plan(plan: DrillPlan, shipments: Sequence[Shipment], language: Language) -> None:
    """Who, what, when; then what stands in the policy."""
    file, scenario = plan.file, LIBRARY[plan.file.scenario]
    events = sum(len(each.batch.lines) for each in shipments)
    head = {
        "drill": file.name,
        "drill_scenario": scenario.name.of(language),
        "drill_form": read(FORM, file.form, language),
        "organiser": file.organiser,
        "drill_starts_at": read_moment(plan.starts_at, language),
        "drill_ends_at": read_moment(plan.ends_at, language),
        "pace": file.pace,
        "participants": len(plan.enterprises),
        "sent_events": f"{events:,}",
    }
    for name, value in head.items():
        say(f"{capital(read(DRILL, name, language))}: {value}")
    print_table(
        heads_of(
            ("inject", "drill_starts_at", "drill_ends_at", "participants", "question"), language
        ),
        _injects(plan.injects, language),
    )
    struck = {each.enterprise_id: each.struck_at for each in plan.participants({}, 0)}
    print_table(
        heads_of(("participant", "province", "sector", "struck_at"), language),
        [
            (
                f"{each.name} ({each.enterprise_id})",
                read(PROVINCE, each.province, language),
                read(SECTOR, each.sector, language),
                read_moment(struck[each.enterprise_id], language),
            )
            for each in plan.enterprises
        ],
    )


def _injects(injects: Sequence[DrillInject], language: Language) -> list[tuple[object, ...]]:
    """Those that differ in nothing but the participant are one row, in the order of time."""
    by_kind = sorted(injects, key=lambda each: (each.kind, each.text_zh, each.starts_at))
    groups = [[*group] for _, group in groupby(by_kind, lambda each: (each.kind, each.text_zh))]
    return [
        (
            read(INJECT, first.kind, language),
            read_moment(first.starts_at, language),
            read_moment(max(each.ends_at for each in group), language),
            len({each.enterprise_id for each in group}),
            first.text_zh if language == "zh" else first.text_en or first.text_zh,
        )
        for group in sorted(groups, key=lambda group: group[0].starts_at)
        for first in group[:1]
    ]


def heads_of(names: Sequence[str], language: Language) -> list[str]:
    """Headings of a table about drills."""
    return [capital(read(WORDS, name, language)) for name in names]


def plan_object(plan: DrillPlan, shipments: Sequence[Shipment]) -> dict[str, object]:
    """The plan as one value: who, what, when, how much."""
    file = plan.file
    events: Counter[str] = Counter()
    for shipment in shipments:
        events[shipment.batch.enterprise_id] += len(shipment.batch.lines)
    return {
        "drill": file.name,
        "series": file.series,
        "scenario": file.scenario,
        "form": file.form,
        "pace": file.pace,
        "organiser": file.organiser,
        "starts_at": format_moment(plan.starts_at),
        "ends_at": format_moment(plan.ends_at),
        "batches": len(shipments),
        "enterprises": [
            {
                "enterprise_id": each.enterprise_id,
                "province": each.province,
                "sector": each.sector,
                "struck_at": format_moment(each.struck_at),
                "events": events[each.enterprise_id],
            }
            for each in plan.participants({}, 0)
        ],
        "injects": [
            {
                "enterprise_id": each.enterprise_id,
                "kind": each.kind,
                "story": each.story,
                "starts_at": format_moment(each.starts_at),
                "ends_at": format_moment(each.ends_at),
            }
            for each in plan.injects
        ],
    }


def registration_text(plan: DrillPlan) -> str:
    """What is to be put into the workers' policy, as YAML."""
    drill = plan.registration()
    entry = {
        "name": drill.name,
        "start": drill.start.isoformat(),
        "end": drill.end.isoformat(),
        "organiser": drill.organiser,
        "enterprises": list(drill.enterprises),
    }
    return msgspec.yaml.encode({"drills": [entry]}).decode()
