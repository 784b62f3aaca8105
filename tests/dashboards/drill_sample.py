"""A made drill: one enterprise that did well, one that nobody answered, one never reached."""

from typing import Final

import msgspec

from schemas.drill import DrillInject, DrillParticipant, DrillRun, DrillScore, Outcome
from schemas.moments import HOUR, MINUTE, Moment
from sinks.contract import Row
from sinks.drill_tables import DRILL_ENTERPRISES, DRILL_INJECTS, DRILL_SCORES, DRILLS
from tests.dashboards.sample import ENTERPRISES, START

DRILL: Final = "shield"
_OUTCOMES: Final[tuple[Outcome, ...]] = ("completed", "unanswered", "not_arrived")


def _run() -> DrillRun:
    return DrillRun(
        drill=DRILL, series="shields", scenario="ransomware", form="short", organiser="miit",
        state="finished", starts_at=START, ends_at=START + 15 * MINUTE, pace=1,
        provinces=tuple(each.province for each in ENTERPRISES[:3]), enterprises=3,
        milestones={"detection": 5}, sent_events=900, revised_at=START + HOUR,
    )  # fmt: skip


def _score(number: int, outcome: Outcome) -> DrillScore:
    enterprise, struck = ENTERPRISES[number], START + number * MINUTE
    arrived = outcome != "not_arrived"
    answered = outcome == "completed"

    def after(minutes: int, happened: bool) -> Moment | None:
        return struck + minutes * MINUTE if happened else None

    return DrillScore(
        drill=DRILL, series="shields", scenario="ransomware",
        enterprise_id=enterprise.enterprise_id, province=enterprise.province,
        sector=enterprise.sector, outcome=outcome, struck_at=struck, sent_events=300,
        arrived_events=300 if arrived else 0, arrived_at=after(0, arrived),
        detected_at=after(2, arrived), incident_at=after(2, arrived), tier_at=after(3, arrived),
        command_at=after(9, answered), confirmed_at=after(12, answered), milestones=1,
        milestones_met=int(arrived), attacks=1, missed=int(not arrived),
        right_scenarios=int(arrived), right_verdicts=int(answered), wrong_verdicts=0,
        false_alarms=int(not answered), reports=2, reports_in_time=2 * answered,
        reports_late=2 * (not answered), questions=1, questions_answered=int(answered),
        scored_at=START + HOUR,
    )  # fmt: skip


def _participant(score: DrillScore) -> DrillParticipant:
    return DrillParticipant(
        drill=DRILL, enterprise_id=score.enterprise_id, province=score.province,
        sector=score.sector, struck_at=score.struck_at, sent_batches=9, sent_events=300,
        revised_at=START + HOUR,
    )  # fmt: skip


def _injects(score: DrillScore) -> tuple[DrillInject, ...]:
    attack = DrillInject(
        drill=DRILL, inject_id=f"a{score.enterprise_id}", enterprise_id=score.enterprise_id,
        province=score.province, kind="attack", starts_at=score.struck_at,
        ends_at=score.struck_at + 11 * MINUTE, story="ransomware", scenario="ransomware",
    )  # fmt: skip
    question = msgspec.structs.replace(
        attack, inject_id=f"q{score.enterprise_id}", kind="question", story="", scenario="",
        text_zh="是否有个人信息泄露？", text_en="Did personal information leak?",
    )  # fmt: skip
    return attack, question


def drill_rows() -> dict[str, list[Row]]:
    """Rows of the drill by table."""
    scores = [_score(number, outcome) for number, outcome in enumerate(_OUTCOMES)]
    return {
        DRILLS.name: [DRILLS.row(_run())],
        DRILL_ENTERPRISES.name: [DRILL_ENTERPRISES.row(_participant(each)) for each in scores],
        DRILL_INJECTS.name: [
            DRILL_INJECTS.row(inject) for each in scores for inject in _injects(each)
        ],
        DRILL_SCORES.name: [DRILL_SCORES.row(each) for each in scores],
    }
