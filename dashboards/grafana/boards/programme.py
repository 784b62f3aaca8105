"""The ministry's programme: every target against its straight line, by province and by sector."""

from typing import Final

from dashboards.grafana.palette import GREY, INK
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.words import Text
from schemas.programme import TARGETS, Target

_DAY: Final = "toDate(toTimeZone($__toTime(), 'Asia/Shanghai'))"
_TODAY: Final = f"toString({_DAY})"
_COUNTS: Final = {
    "trainings": ("programme_trainings", "held_on"),
    "specialists": ("programme_specialists", "qualified_on"),
    "standards": ("programme_standards", "initiated_on"),
    "cases": ("programme_cases", "selected_on"),
}
"""What is counted: its table, and the day from which a row counts."""


def _counted(name: str) -> str:
    """The rows that count at the end of the period."""
    table, day = _COUNTS[name]
    rows = f"{table} WHERE NOT withdrawn AND {day} <= {_TODAY}"
    if name == "specialists":
        return f"{rows} AND (valid_until = '' OR valid_until >= {_TODAY})"
    return rows


_SPENT: Final = f"""programme_spendings WHERE NOT withdrawn AND year =
    (SELECT max(year) FROM programme_spendings
     WHERE NOT withdrawn AND year <= toYear({_DAY}))"""
_SHARE: Final = "if(sum(it_spending) = 0, NULL, 100 * sum(security_spending) / sum(it_spending))"
DONE: Final = {
    "training_person_times": f"SELECT toFloat64(sum(person_times)) FROM {_counted('trainings')}",
    "specialists": f"SELECT toFloat64(count()) FROM {_counted('specialists')}",
    "standards": f"SELECT toFloat64(count()) FROM {_counted('standards')}",
    "cases": f"SELECT toFloat64(count()) FROM {_counted('cases')}",
    "case_industries": f"SELECT toFloat64(uniqExact(sector)) FROM {_counted('cases')}",
    "enterprises_graded": (
        "SELECT if(countIf(graded_on != '') = 0, NULL,"
        f" toFloat64(countIf(graded_on != '' AND graded_on <= {_TODAY}))) FROM enterprises"
    ),
    "security_share": f"SELECT {_SHARE} FROM {_SPENT}",
}
"""Target and how much of it is done. The registry says when each enterprise last classified and
graded its data, and not when it did so before."""


def _line(target: Target) -> str:
    """The straight line at the end of the period, in SQL; NULL for a share."""
    if target.is_share:
        return "NULL"
    days = (target.by - target.since).days
    passed = f"dateDiff('day', toDate('{target.since}'), {_DAY}) / {days}"
    return f"{target.amount} * least(1, greatest(0, {passed}))"


def _target(place: int, target: Target) -> str:
    amount, by = target.amount, target.by
    reached = f"done {'>' if target.is_exclusive else '>='} {amount}"
    projected = "NULL" if target.is_share else f"if(line <= 0, NULL, done * {amount} / line)"
    line = f"CAST({_line(target)}, 'Nullable(Float64)')"
    return f"""
SELECT {place} AS place, '{target.key}' AS target, {amount} AS amount,
       CAST(({DONE[target.key]}), 'Nullable(Float64)') AS done, {line} AS line,
       CAST({projected}, 'Nullable(Float64)') AS projected, '{by}' AS by_day,
       multiIf(done IS NULL, 'unknown', {reached}, 'reached', {_DAY} > toDate('{by}'), 'missed',
               line IS NULL OR done < floor(line), 'behind', 'on_track') AS target_state"""


_TARGETS: Final = [target for target in TARGETS if target.key in DONE]
_EMPTY: Final = Text("尚未导入", "Nothing is imported yet")


def _grouped(column: str) -> str:
    """Counts by province or sector, the groups without one among them."""
    trainings = (
        f"SELECT {column}, toInt64(person_times) AS times, 1 AS held,"
        " toInt64(empty(enterprise_ids)) AS unnamed,"
        " if(persons < 0, times, persons) AS most, greatest(persons, 1) AS least,"
        f" 0 AS of_specialists, 0 AS of_standards, 0 AS of_cases FROM {_counted('trainings')}"
    )
    others = (
        f"SELECT {column}, 0, 0, 0, 0, 0, "
        + ", ".join(str(int(name == other)) for other in _SINGLE)
        + f" FROM {_counted(name)}"
        for name in _SINGLE
    )
    counts = ", ".join(f"sum(of_{name}) AS {name}" for name in _SINGLE)
    return f"""
SELECT {column}, sum(times) AS person_times, sum(held) AS sessions,
       sum(unnamed) AS sessions_unnamed, sum(most) AS persons_most,
       max(least) AS persons_least, {counts}
FROM ({" UNION ALL ".join((trainings, *others))})
GROUP BY {column} ORDER BY person_times DESC, {column} LIMIT 60
"""


_SINGLE: Final = ("specialists", "standards", "cases")
_TRAINING: Final = next(target for target in TARGETS if target.key == "training_person_times")


def _by(column: str, zh: str, en: str) -> Panel:
    return Panel(
        kind="table",
        title=Text(f"按{zh}", f"By {en}"),
        description=Text(
            "人次可以相加；人数无法跨场去重，只有上限和下限。未写明单位编号的场次只计入省份和行业，"
            "不算任何单位已培训。",
            "Person-times add up; persons cannot be told apart across sessions, so there are only "
            "bounds. A session that names no enterprise counts for its province and sector, and "
            "trains no enterprise.",
        ),
        queries=(_grouped(column),),
        width=24,
        height=12,
        empty=_EMPTY,
    )


def _cumulated() -> str:
    since, days = _TRAINING.since, (_TRAINING.by - _TRAINING.since).days
    passed = f"dateDiff('day', toDate('{since}'), toLastDayOfMonth(month)) / {days}"
    return f"""
SELECT toDateTime(toStartOfMonth(month), 'Asia/Shanghai') AS time,
       sum(added) OVER (ORDER BY month) AS achieved,
       {_TRAINING.amount} * least(1, greatest(0, {passed})) AS expected
FROM (SELECT toStartOfMonth(toDate(CAST(held_on, 'String'))) AS month, sum(person_times) AS added
      FROM {_counted("trainings")} GROUP BY month)
ORDER BY time
"""


_TARGETS_QUERY: Final = (
    "SELECT target, amount, done AS achieved, floor(line) AS expected,"
    " floor(projected) AS projected, target_state, by_day, <target_article> AS article\nFROM ("
    + " UNION ALL ".join(_target(place, target) for place, target in enumerate(_TARGETS))
    + ")\nORDER BY place"
)

_TARGETS_TABLE: Final = Panel(
    kind="table",
    title=Text("目标与进度", "Targets and progress"),
    description=Text(
        "截至所选时段末。应完成：从起始日到截止日的直线；预计：按目前平均速度到"
        "截止日。指标出自二手资料，未读全文。",
        "At the end of the period. Straight line: from the first day to the "
        "last; projected: at the average pace until now. The figures are from "
        "secondary sources; the plan's full text was not read.",
    ),
    queries=(_TARGETS_QUERY,),
    width=24,
    height=9,
)
_PERSON_TIMES: Final = Panel(
    kind="timeseries",
    title=Text("培训人次", "Person-times of training"),
    description=Text("逐月累计，与直线对照。", "Added up by month, beside the straight line."),
    queries=(_cumulated(),),
    series={
        "achieved": Text("完成", "Done"),
        "expected": Text("应完成", "Straight line"),
    },
    series_colours={"achieved": INK, "expected": GREY},
    is_stacked=False,
    empty=_EMPTY,
)
_SPENDING: Final = Panel(
    kind="table",
    title=Text("安全投入", "Security spending"),
    description=Text(
        "最近一年各单位安全投入占信息化投入的比例，低者在前。",
        "Security's share of each enterprise's IT spending in the last year "
        "that is known, the lowest on top.",
    ),
    queries=(
        f"""
SELECT if(e.name = '', s.enterprise_id, e.name) AS enterprise,
       toString(year) AS calendar_year, it_spending, security_spending,
       100 * security_spending / it_spending AS security_share, s.enterprise_id AS enterprise_id
FROM (SELECT * FROM {_SPENT}) AS s
LEFT JOIN enterprises AS e ON e.enterprise_id = s.enterprise_id
ORDER BY security_share, s.enterprise_id LIMIT 300
""",
    ),
    empty=_EMPTY,
)

PROGRAMME: Final = Board(
    name="programme",
    title=Text("专项工作进展", "Programme"),
    description=Text(
        "工业领域数据安全能力提升实施方案（2024—2026年）的各项目标与进度直线对照。",
        "The targets of the plan for industrial data security 2024-2026, against a straight "
        "line to their date.",
    ),
    period="now-3y",
    refresh="15m",
    sections=(
        Section(title=Text("目标", "Targets"), panels=(_TARGETS_TABLE, _PERSON_TIMES, _SPENDING)),
        Section(
            title=Text("省份与行业", "Provinces and sectors"),
            panels=(_by("province", "省份", "province"), _by("sector", "行业", "sector")),
        ),
    ),
)
