"""The boards of officials on 45,000 enterprises: `python -m tests.benchmarks.official_boards`.

Coverage, the programme, data abroad and drills, with ten log sources, two thresholds, a year of
exports, a training and a drill of each enterprise. Printed: how long the registry took to be
written, and of every query what `tests.benchmarks.panels` prints, the slowest on top.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from dashboards.grafana.checking import Source, all_targets, select
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.rendering import render
from pipeline.cross_border.counting import Subject, Year
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.rows import count_row, standing_row
from pipeline.cross_border.weighing import weigh_year
from pipeline.files.registry_file import keep_registry
from pipeline.simulate.registry import make_registry
from schemas.context import Context
from schemas.drill import DrillRun, DrillScore
from schemas.moments import DAY, MINUTE, Moment
from schemas.programme import Spending, Training
from schemas.registry import Enterprise
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from sinks.cross_border_tables import CROSS_BORDER_COUNTS, CROSS_BORDER_THRESHOLDS
from sinks.drill_tables import DRILL_SCORES, DRILLS
from sinks.log_tables import LOG_SOURCES
from sinks.programme_tables import SPENDINGS, TRAININGS
from sinks.rollups import SourceSeen
from tests.benchmarks.national_store import national_store
from tests.benchmarks.panels import Question, ask, print_costs

ENTERPRISES: Final = 45_000
BOARDS: Final = ("enterprise-coverage", "programme", "cross-border", "drills")
YEAR: Final = 2026
GROUNDS: Final = ("", "standard_contract", "security_assessment", "human_resources")
PRODUCTS: Final = ("windows", "linux", "zeek", "suricata", "modbus", "s7comm", "auditd", "ocsf",
                   "database", "bastion")  # fmt: skip


def made(number: int) -> list[Enterprise]:
    """With revenue, grading and what is expected of them: a third have stated nothing."""
    return [
        each
        if place % 3 == 0
        else msgspec.structs.replace(
            each,
            annual_revenue=place * 7_919 % 1_000_000_007,
            above_designated_size=place % 5 > 0,
            graded_on=date(2025, 1 + place % 12, 1),
            assessed_on=date(2026, 1 + place % 11, 1),
            expected_sources=PRODUCTS[: place % 5],
        )
        for place, (each, _) in enumerate(make_registry(7, number))
    ]


def fill(store: ChdbSink, enterprises: Sequence[Enterprise], now: Moment) -> None:
    """The tables that the boards ask."""
    started = time.perf_counter()
    keep_registry(store, {each.enterprise_id: each for each in enterprises})
    print(f"registry of {len(enterprises):,} written in {time.perf_counter() - started:.1f} s")
    run = DrillRun(
        drill="shield", series="shields", scenario="ransomware", form="short", organiser="miit",
        state="finished", starts_at=now - DAY, ends_at=now - DAY + 15 * MINUTE, pace=1,
        provinces=(), enterprises=len(enterprises), milestones={"detection": 5.0},
        sent_events=0, revised_at=now,
    )  # fmt: skip
    seen = [
        LOG_SOURCES.row(SourceSeen(enterprise_id=each.enterprise_id, drill=drill, product=product,
                                   category="", service="", received_at=now - place % 3 * DAY))
        for place, each in enumerate(enterprises)
        for drill in ("", "shield")[: 1 + place % 2]
        for product in PRODUCTS
    ]  # fmt: skip
    trainings = [
        TRAININGS.row(Training(
            id=f"T{place}", held_on=date(2026, 1 + place % 11, 1), title=f"实务 {place}",
            organiser="省工信厅", province=each.province, sector=each.sector, person_times=30,
            enterprise_ids=(each.enterprise_id,) if place % 2 else (),
        ))
        for place, each in enumerate(enterprises)
    ]  # fmt: skip
    spendings = [
        SPENDINGS.row(Spending(enterprise_id=each.enterprise_id, year=YEAR - 1,
                               it_spending=10_000_000, security_spending=place * 20))
        for place, each in enumerate(enterprises)
    ]  # fmt: skip
    counts, standings = [], []
    for place, each in enumerate(enterprises):
        context = Context(enterprise=each, rule_set_id="")
        persons, sensitive = place * 13 % 1_200_000, place % 12_000
        ground, purpose = GROUNDS[place % 4], f"purpose {place % 900}"
        subject = Subject(
            "set", persons, sensitive, place % 2, 0, (ground,), ("SG",), purposes=(purpose,)
        )
        year = Year({1: subject})
        counts.append(CROSS_BORDER_COUNTS.row(count_row(year, YEAR, now, context)))
        standings += [
            CROSS_BORDER_THRESHOLDS.row(standing_row(one, YEAR, now, context))
            for one in weigh_year(CrossBorderPolicy(), each, year, YEAR)
            if one.figure
        ]
    store.write({LOG_SOURCES.name: seen, TRAININGS.name: trainings, SPENDINGS.name: spendings,
                 CROSS_BORDER_COUNTS.name: counts, CROSS_BORDER_THRESHOLDS.name: standings,
                 DRILLS.name: [DRILLS.row(run)],
                 DRILL_SCORES.name: [*_scores(enterprises, run)]}, "benchmark")  # fmt: skip


def _scores(enterprises: Sequence[Enterprise], run: DrillRun) -> Iterator[tuple[Any, ...]]:
    for each in enterprises:
        yield DRILL_SCORES.row(DrillScore(
            drill=run.drill, series=run.series, scenario=run.scenario,
            enterprise_id=each.enterprise_id, province=each.province, sector=each.sector,
            outcome="unanswered", struck_at=run.starts_at, sent_events=100, arrived_events=100,
            arrived_at=run.starts_at, detected_at=run.starts_at + MINUTE,
            incident_at=run.starts_at + MINUTE, tier_at=run.starts_at + MINUTE, command_at=None,
            confirmed_at=None, milestones=1, milestones_met=1, attacks=1, missed=0,
            right_scenarios=1, right_verdicts=0, wrong_verdicts=0, false_alarms=0, reports=2,
            reports_in_time=0, reports_late=1, questions=0, questions_answered=0,
            scored_at=run.ends_at,
        ))  # fmt: skip


def questions(store: ChdbSink, now: Moment) -> list[Question]:
    """Every query of these boards in Chinese, each once."""
    base = Selection(
        first=now - 30 * DAY, last=now, interval_s=3_600,
        variables={"year": (str(YEAR),), "drill": ("shield",)},
    )  # fmt: skip
    source = Source(store.query, QueryFailed)
    found: dict[str, Question] = {}
    for dashboard in (each for some in render().values() for each in some):
        if not any(f"{name}-zh" in dashboard["uid"] for name in BOARDS):
            continue
        chosen, missing = select(dashboard, source, base)
        for text in missing:
            print(f"{dashboard['uid']}: {text}", file=sys.stderr)
        for target in all_targets(dashboard):
            text = expand(target.sql, chosen)
            found.setdefault(text, Question(dashboard["uid"], target.place, "30 d", text))
    return list(found.values())


def main() -> None:
    """Make the store and ask."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ENTERPRISES
    now = time.time_ns() // 1_000
    with (
        tempfile.TemporaryDirectory() as scratch,
        national_store(Path(scratch) / "store") as store,
    ):
        store.migrate()
        fill(store, made(number), now)
        print_costs(ask(store, questions(store, now)))


if __name__ == "__main__":
    main()
