"""The queue: what an analyst works through."""

from typing import Final

from dashboards.grafana.boards.choices import (
    ASSIGNED,
    DRILLS,
    GRADES,
    PROVINCES,
    SCENARIOS,
    STATUSES,
    VERDICTS,
)
from dashboards.grafana.boards.shared import (
    OPEN_STATUSES,
    QUIET,
    counted_by,
    incident_table,
    two_counts,
)
from dashboards.grafana.palette import INK, PRESSING
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import chosen, is_chosen
from dashboards.words import STATUS, Text

_WHERE: Final = (
    "<live> AND <period>"
    f" AND {is_chosen('province', 'province')}"
    f" AND {is_chosen('scenario', 'scenario')}"
    f" AND {is_chosen('status', 'status')}"
    f" AND {is_chosen('verdict', 'verdict')}"
    f" AND {is_chosen('grade', 'toString(<gravity>)')}"
    f" AND ({chosen('assigned')} = 'any' OR (assignee = '') = ({chosen('assigned')} = 'no'))"
)
_STILL_OPEN: Final = tuple(f"var-status={status}" for status in OPEN_STATUSES)
_CHOICES: Final = tuple(f"${{{name}:queryparam}}" for name in ("province", "grade", "drills"))
"""What a link to a shorter list keeps."""
_SAME: Final = f"(drill != '') = ({chosen('drills')} = '1')"

QUEUE: Final = Board(
    name="queue",
    title=Text("事件队列", "Incident queue"),
    description=Text(
        "待研判与处置的事件，可按省份、级别、场景、状态筛选。",
        "Incidents to judge and to handle, by province, tier, scenario and status.",
    ),
    variables=(PROVINCES, GRADES, SCENARIOS, STATUSES, VERDICTS, ASSIGNED, DRILLS),
    sections=(
        Section(
            title=Text("工作量", "Work"),
            panels=(
                *(
                    two_counts(
                        title, description, f"{_WHERE} AND {condition}", colour, there, width=4
                    )
                    for condition, colour, there, title, description in (
                        (
                            "status = 'new'",
                            PRESSING,
                            ("var-status=new", *_CHOICES),
                            STATUS["new"],
                            Text("无人着手的事件。", "Incidents that nobody has started on."),
                        ),
                        (
                            "<open> AND assignee = ''",
                            PRESSING,
                            ("var-assigned=no", *_STILL_OPEN, *_CHOICES),
                            Text("未指派", "Unassigned"),
                            Text("未办结且无负责人。", "Open incidents without an assignee."),
                        ),
                        (
                            "status = 'in_progress'",
                            INK,
                            ("var-status=in_progress", *_CHOICES),
                            STATUS["in_progress"],
                            Text("正在处置的事件。", "Incidents that are being handled."),
                        ),
                        (
                            "<open> AND verdict = 'unknown'",
                            INK,
                            ("var-verdict=unknown", *_STILL_OPEN, *_CHOICES),
                            Text("未研判", "No verdict"),
                            Text("未办结且无研判结论。", "Open incidents without a verdict."),
                        ),
                    )
                ),
                counted_by("status", Text("按状态", "By status"), _WHERE, width=8, height=6),
            ),
        ),
        Section(
            title=Text("事件", "Incidents"),
            panels=(
                incident_table(_WHERE, limit=500, height=18),
                Panel(
                    kind="table",
                    title=Text("最近的处置记录", "Latest record of handling"),
                    description=Text(
                        "分析员对事件的处置，含未被接受者及原因。",
                        "What analysts said of incidents; refused commands with the reason.",
                    ),
                    queries=(
                        f"""
SELECT said_at, analyst, verb, accepted, refusal, reason, incident_id
FROM commands WHERE $__timeFilter(said_at) AND {_SAME}
ORDER BY said_at DESC, command_id LIMIT 100
""",
                    ),
                    width=24,
                    empty=QUIET,
                ),
            ),
        ),
    ),
)
