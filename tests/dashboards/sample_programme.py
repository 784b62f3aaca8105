"""What the made store holds of the programme and of data that left the country."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from pipeline.cross_border.counting import Subject, Year
from pipeline.cross_border.obligations import obligation_of
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.rows import count_row, standing_row
from pipeline.cross_border.state import Told
from pipeline.cross_border.weighing import weigh_holdings, weigh_year
from schemas.context import Context
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.programme import (
    ProgrammeKind,
    Record,
    Specialist,
    Spending,
    Standard,
    Training,
    TypicalCase,
)
from schemas.registry import Enterprise
from sinks.contract import Rows
from sinks.programme_tables import PROGRAMME_TABLES

YEAR = 2026
LEFT = (
    (120_000, "", "SG", "客户服务"),
    (85_000, "standard_contract", "US", "集团财务"),
    (1_000_000, "security_assessment", "DE", "客户服务"),
    (300, "", "HK", ""),
)
"""Persons, ground, destination and purpose of what left, an enterprise each."""


def exports(enterprises: tuple[Enterprise, ...], now: Moment) -> Iterator[Decision]:
    """Counts, standings and obligations as the engine writes them."""
    policy = CrossBorderPolicy()
    for enterprise, (persons, ground, country, purpose) in zip(enterprises, LEFT, strict=False):
        context = Context(enterprise=enterprise, rule_set_id="rules-1")
        subject = Subject("set", persons, 0, 0, 0, (ground,), (country,), purposes=(purpose,))
        year = Year({1: subject})
        yield msgspec.structs.replace(count_row(year, YEAR, now, context), revision=1)
        weighed = [(one, YEAR) for one in weigh_year(policy, enterprise, year, YEAR)]
        weighed += [(one, 0) for one in weigh_holdings(policy, enterprise)]
        for weighing, of_year in weighed:
            yield msgspec.structs.replace(standing_row(weighing, of_year, now, context), revision=1)
            obligation = obligation_of(Told(), weighing, of_year, now, context)
            if obligation is not None:
                yield obligation


def programme(enterprises: tuple[Enterprise, ...]) -> Rows:
    """Some of each kind."""
    records: dict[ProgrammeKind, Sequence[Record]] = {
        "training": [
            Training(
                id=f"T{number}",
                held_on=date(2025, 1 + number, 10),
                title=f"数据安全实务（第{number}期）",
                organiser="省工业和信息化厅",
                province=enterprise.province,
                sector=enterprise.sector,
                person_times=400 + 100 * number,
                persons=300 if number % 2 else None,
            )
            for number, enterprise in enumerate(enterprises)
        ],
        "specialist": [
            Specialist(
                id=f"{number:032x}",
                province=enterprise.province,
                sector=enterprise.sector,
                qualification="注册数据安全工程师",
                qualified_on=date(2025, 5, 1),
                valid_until=date(2026, 1, 1) if number == 1 else None,
            )
            for number, enterprise in enumerate(enterprises)
        ],
        "standard": [
            Standard(
                id="S1",
                title="工业数据分类分级实施指南",
                standard_level="industry",
                initiated_on=date(2024, 9, 1),
                province="330000",
                sector="装备工业",
            )
        ],
        "case": [
            TypicalCase(
                id="C1",
                title="勒索病毒防护",
                province="440000",
                sector="装备工业",
                selected_on=date(2025, 9, 1),
            )
        ],
        "spending": [
            Spending(
                enterprise_id=enterprise.enterprise_id,
                year=2025,
                it_spending=10_000_000,
                security_spending=600_000 + 200_000 * number,
            )
            for number, enterprise in enumerate(enterprises)
        ],
    }
    return {
        table.name: [table.row(record) for record in records[kind]]
        for kind, table in PROGRAMME_TABLES.items()
    }
