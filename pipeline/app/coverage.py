"""Coverage of enterprises, asked of the store: lists, counts and work lists (shell)."""

from typing import Final, Literal, TypeAlias

import msgspec

from schemas.coverage import STEPS
from sinks.contract import Answer, Store
from sinks.ddl import COVERAGE, literal

By: TypeAlias = Literal["province", "sector"]

_MEMBERS: Final = "top_tenth = 'yes'"
_DETAIL: Final = """multiIf(
        step = 'is_complete', arrayStringConcat(missing_sources, ' '),
        step = 'is_publishing', concat(formatDateTime(last_received_at, '%F', 'Asia/Shanghai')),
        step = 'is_graded', graded_on,
        step = 'is_assessed', assessed_on, '')"""


class Scope(msgspec.Struct, frozen=True):
    """Which enterprises: of a province (its code), of a sector; "" is any."""

    province: str = ""
    sector: str = ""
    is_everybody: bool = False
    """Not only those of the top tenth."""

    @property
    def condition(self) -> str:
        """In SQL, of the view; less who is of the top tenth."""
        chosen = {"province": self.province, "sector": self.sector}
        asked = [f"{name} = {literal(value)}" for name, value in chosen.items() if value]
        return " AND ".join(["registered", *asked])


def list_enterprises(sink: Store, scope: Scope) -> list[Answer]:
    """Each with how it stands, sector by sector, the greatest revenue on top."""
    members = "1" if scope.is_everybody else _MEMBERS
    return sink.query(
        f"SELECT * FROM {COVERAGE} WHERE {scope.condition} AND {members}"
        " ORDER BY province, sector, place = 0, place, enterprise_id"
    )


def count_enterprises(sink: Store, scope: Scope, by: By) -> list[Answer]:
    """Of each province or sector: how many are registered, of the top tenth, and undecided; how
    many of all are graded; and of the top tenth, how many have taken each step."""
    steps = ", ".join(f"countIf(c.{_MEMBERS} AND c.{step} = 'yes') AS {step}" for step in STEPS)
    return sink.query(f"""
SELECT {by}, count() AS enterprises, countIf(c.{_MEMBERS}) AS top_tenth,
    countIf(c.top_tenth = 'unknown') AS undecided,
    countIf(c.is_graded = 'yes') AS graded_of_all,
    countIf(c.{_MEMBERS} AND c.is_assessed != 'not_required') AS assessment_required, {steps}
FROM (SELECT * FROM {COVERAGE} WHERE {scope.condition}) AS c GROUP BY {by} ORDER BY {by}
""")


def list_work(sink: Store, scope: Scope) -> list[Answer]:
    """A row an open step: of the top tenth, and what may belong to it once revenue is stated."""
    members = "1" if scope.is_everybody else f"({_MEMBERS} OR step = 'has_revenue')"
    return sink.query(f"""
SELECT province, sector, enterprise_id, name, unified_social_credit_code, place, step,
    {_DETAIL} AS detail
FROM (SELECT *, arrayJoin(open_steps) AS step FROM {COVERAGE} WHERE {scope.condition})
WHERE {members}
ORDER BY province, sector, place = 0, place, enterprise_id, indexOf({list(STEPS)}, step)
""")
