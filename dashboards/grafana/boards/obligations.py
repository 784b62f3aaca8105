"""Duties to report, whoever has them: what is late, what is next, what was done."""

from typing import Final

from dashboards.grafana.boards.choices import PROVINCES, REGIMES, STATES
from dashboards.grafana.boards.shared import (
    EVERY_INTERVAL,
    NO_CLOCK,
    clock_table,
    opens,
    periods_of,
)
from dashboards.grafana.palette import GREEN, GREY, INK, PRESSING, STATE_COLOURS, URGENT
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import is_chosen
from dashboards.words import DUE, Text

_CHOSEN: Final = (
    "drill = ''"
    f" AND {is_chosen('province', 'province')}"
    f" AND {is_chosen('regime', 'regime')}"
    f" AND {is_chosen('state', '<due>')}"
)
_OPEN: Final = "state IN ('late', 'due_soon', 'pending')"
_LONGEST_OPEN: Final = "starts_at, obligation_id"
_TIMELESS: Final = f"""due_at IS NULL AND {_OPEN} AND {_CHOSEN}
      ORDER BY {_LONGEST_OPEN} LIMIT 100"""
_CHOICES: Final = tuple(f"${{{name}:queryparam}}" for name in ("province", "regime"))
_DATED: Final = tuple(state for state in DUE if state != "at_once")


def _countdown(
    title: Text,
    description: Text,
    seconds: str,
    where: str,
    order: str,
    thresholds: tuple[tuple[float, str], ...],
    empty: Text,
) -> Panel:
    """The most pressing recipients, each with its time in large digits."""
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=(
            f"""
SELECT <recipient> AS recipient, {seconds} AS left_s
FROM obligations WHERE {_OPEN} AND due_at IS NOT NULL AND {where} AND {_CHOSEN}
GROUP BY recipient ORDER BY left_s {order}, recipient LIMIT 6
""",
        ),
        height=6,
        unit="dtdhms",
        colour=GREY,
        thresholds=thresholds,
        is_by_row=True,
        empty=empty,
    )


OBLIGATIONS_BOARD: Final = Board(
    name="obligations",
    title=Text("报告义务", "Obligations"),
    description=Text(
        "两套体系产生的报告与告知义务及其时限。",
        "Duties to report under both regimes, with their deadlines.",
    ),
    variables=(PROVINCES, REGIMES, STATES),
    period="now-30d",
    sections=(
        Section(
            title=Text("数量", "Counts"),
            panels=(
                *(
                    Panel(
                        kind="stat",
                        title=text,
                        description=Text(
                            f"状态为“{text.zh}”的义务数。", f"Duties whose state is “{text.en}”."
                        ),
                        queries=(
                            f"SELECT countIf(<due> = '{state}') AS obligations FROM obligations"
                            f" WHERE {_CHOSEN}",
                        ),
                        width=3,
                        height=4,
                        colour=GREY,
                        thresholds=((1, STATE_COLOURS[state]),),
                        link=("obligations", f"var-state={state}", *_CHOICES),
                    )
                    for state, text in DUE.items()
                ),
                Panel(
                    kind="stat",
                    title=Text("按时完成率", "Done in time"),
                    description=Text(
                        "已完成且有时限的义务中按时者的比例。",
                        "Of the duties done that had a deadline, the share done in time.",
                    ),
                    queries=(
                        f"""
SELECT if(countIf(due_at IS NOT NULL) = 0, NULL,
          countIf(done_at <= due_at) / countIf(due_at IS NOT NULL)) AS share
FROM obligations WHERE {_CHOSEN} AND state = 'done'
""",
                    ),
                    width=6,
                    height=4,
                    unit="percentunit",
                    colour=GREY,
                    thresholds=((0, URGENT), (0.9, PRESSING), (0.99, GREEN)),
                    empty=Text("尚无有时限且已完成的义务", "No duty with a deadline is done yet"),
                ),
            ),
        ),
        Section(
            title=Text("倒计时（按接收单位）", "Countdown by recipient"),
            panels=(
                _countdown(
                    Text("逾期时长", "Overdue for"),
                    Text(
                        "每个接收单位逾期最久的报告已逾期多久。",
                        "How long the report that is longest overdue is, for each recipient.",
                    ),
                    "max(dateDiff('second', due_at, now()))",
                    "state = 'late' AND due_at <= now()",
                    "DESC",
                    ((0, URGENT),),
                    Text("没有逾期", "Nothing is overdue"),
                ),
                _countdown(
                    Text("距下一时限", "Until the next deadline"),
                    Text(
                        "每个接收单位的下一份报告还剩多久；不足一小时变色。",
                        "How long is left for the next report to each recipient; coloured within "
                        "the last hour.",
                    ),
                    "min(dateDiff('second', now(), due_at))",
                    "due_at > now()",
                    "",
                    ((0, PRESSING), (3_600, INK)),
                    NO_CLOCK,
                ),
            ),
        ),
        Section(
            title=Text("时限", "Deadlines"),
            panels=(
                clock_table(f"{_OPEN} AND due_at IS NOT NULL AND {_CHOSEN}", limit=300),
                Panel(
                    kind="timeseries",
                    title=Text("到期分布", "Deadlines over time"),
                    description=Text(
                        "按到期时间统计；把时段延到将来可看未来的时限。",
                        "By deadline; extend the period into the future to see what is coming.",
                    ),
                    queries=(
                        "SELECT $__timeInterval(due_at) AS time, "
                        + ", ".join(f"countIf(state = '{s}') AS {s}" for s in _DATED)
                        + f"""
FROM (SELECT assumeNotNull(due_at) AS due_at, state FROM obligations
      WHERE {_CHOSEN} AND due_at IS NOT NULL AND $__timeFilter(due_at))
GROUP BY time {EVERY_INTERVAL}
""",
                    ),
                    series={state: DUE[state] for state in _DATED},
                    series_colours=STATE_COLOURS,
                    width=24,
                    height=6,
                ),
                Panel(
                    kind="table",
                    title=Text("没有具体时限的义务", "Duties without a fixed limit"),
                    description=Text(
                        "法规只写“立即”“及时”的义务。",
                        "Duties for which the instrument says only “immediately” or “timely”.",
                    ),
                    queries=(
                        f"""
SELECT <due> AS due_state, <left> AS left, concat(<sender>, ' → ', <recipient>) AS duty,
       regime, channel, <limit> AS limit, starts_at, <article> AS article,
       o.incident_id AS incident_id, {opens("p.first_time", "p.last_time")}
FROM (SELECT * FROM obligations WHERE {_TIMELESS}) AS o
LEFT JOIN {periods_of(_TIMELESS)} AS p ON p.incident_id = o.incident_id
ORDER BY {_LONGEST_OPEN}
""",
                    ),
                    width=24,
                    empty=NO_CLOCK,
                ),
            ),
        ),
    ),
)
