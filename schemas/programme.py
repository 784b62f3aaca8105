"""The ministry's programme for industrial data security: what was done of it, and its targets."""

from datetime import date
from typing import Literal, TypeAlias

import msgspec

from schemas.assessment import Confidence

ProgrammeKind: TypeAlias = Literal["training", "specialist", "standard", "case", "spending"]


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """One session. `person_times` (人次) counts attendances: a person who came on two days of it
    twice; `persons` the people, where that is known. `enterprise_ids` says whose people they were:
    none of a province's or a sector's session, which trains no enterprise that it does not name.
    """

    id: str
    held_on: date
    title: str
    organiser: str
    province: str
    sector: str = ""
    training_kind: str = ""
    hours: float | None = None
    person_times: int
    persons: int | None = None
    enterprise_ids: tuple[str, ...] = ()
    withdrawn: bool = False


class Specialist(msgspec.Struct, frozen=True, kw_only=True):
    """One specialist, by a pseudonym that is always the same; never by a name or number."""

    id: str
    province: str
    sector: str = ""
    qualification: str
    qualified_on: date
    valid_until: date | None = None
    withdrawn: bool = False


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """One standard that was initiated (立项), national, of the industry, or of a group."""

    id: str
    title: str
    standard_level: str
    initiated_on: date
    published_on: date | None = None
    province: str = ""
    sector: str = ""
    withdrawn: bool = False


class TypicalCase(msgspec.Struct, frozen=True, kw_only=True):
    """One typical case (典型案例) that was selected; `sector` is the industry it counts for."""

    id: str
    title: str
    province: str
    sector: str
    selected_on: date
    enterprise_id: str = ""
    withdrawn: bool = False


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What one enterprise spent in one year, in yuan: on IT, and of that on security."""

    enterprise_id: str
    year: int
    it_spending: int
    security_spending: int
    withdrawn: bool = False

    @property
    def id(self) -> str:
        """One enterprise has one row a year."""
        return f"{self.enterprise_id}/{self.year}"


Record: TypeAlias = Training | Specialist | Standard | TypicalCase | Spending
RECORD_OF: dict[ProgrammeKind, type[Record]] = {
    "training": Training,
    "specialist": Specialist,
    "standard": Standard,
    "case": TypicalCase,
    "spending": Spending,
}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reached, from when on it is worked for, and by when.

    `is_exclusive`: more than the amount (超过), rather than the amount itself. `is_share`: the
    amount is a share in per cent, for which no straight line is drawn.
    """

    key: str
    amount: int
    since: date
    by: date
    article_zh: str
    article_en: str
    confidence: Confidence
    is_exclusive: bool = False
    is_share: bool = False

    def is_reached(self, done: float) -> bool:
        """Whether so much is enough."""
        return done > self.amount if self.is_exclusive else done >= self.amount


_PLAN = (
    "《工业领域数据安全能力提升实施方案（2024—2026年）》总体目标",
    "MIIT Implementation Plan for Industrial Data Security 2024-2026, targets",
)
_BUDGET = (
    "《网络安全产业高质量发展三年行动计划（2021—2023年）》（征求意见稿）",
    "Three-Year Action Plan for the Cybersecurity Industry 2021-2023 (consultation draft)",
)


def _of_plan(key: str, amount: int, is_exclusive: bool = False) -> Target:
    return Target(
        key=key,
        amount=amount,
        since=date(2024, 2, 23),
        by=date(2026, 12, 31),
        article_zh=_PLAN[0],
        article_en=_PLAN[1],
        confidence="secondary",
        is_exclusive=is_exclusive,
    )


TARGETS: tuple[Target, ...] = (
    _of_plan("enterprises_graded", 45_000, is_exclusive=True),
    _of_plan("training_person_times", 30_000),
    _of_plan("specialists", 5_000, is_exclusive=True),
    _of_plan("standards", 100),
    _of_plan("cases", 200),
    _of_plan("case_industries", 10),
    Target(
        key="security_share",
        amount=10,
        since=date(2021, 7, 12),
        by=date(2023, 12, 31),
        article_zh=_BUDGET[0],
        article_en=_BUDGET[1],
        confidence="secondary",
        is_share=True,
    ),
)
"""The plan is dated 2024-02-23 and speaks of the end of 2026; its full text was not read. That
telecom and other key industries spend a tenth of their IT spending on security is of a draft of
2021-07-12."""
