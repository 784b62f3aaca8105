"""Coverage of enterprises: the top tenth by revenue of each sector in each province, how its
members stand, and what is to be done."""

from typing import Final

from dashboards.grafana.boards.choices import PROVINCES
from dashboards.grafana.palette import GREEN, GREY, INK, PRESSING
from dashboards.grafana.specs import Board, Panel, Section
from dashboards.grafana.variables import is_chosen
from dashboards.words import COVERAGE, STEP, Text
from schemas.coverage import STEPS, TARGET_GRADED

_EVERYBODY: Final = f"""(SELECT * FROM enterprise_coverage
      WHERE registered AND {is_chosen("province", "province")}) AS c"""
_IS_MEMBER: Final = "c.top_tenth = 'yes'"
_SHOWN_STEPS: Final = tuple(step for step in STEPS if step != "has_revenue")
"""A member's revenue is stated."""
_NOBODY: Final = Text("登记表为空，或尚未填报营业收入", "The registry is empty, or says no revenue")
_COUNTS: Final = f"""count() AS enterprises, countIf({_IS_MEMBER}) AS top_tenth_count,
       countIf(c.top_tenth = 'unknown') AS undecided, countIf(c.is_graded = 'yes') AS graded_of_all,
       {
    ", ".join(
        f"countIf({_IS_MEMBER} AND c.{step} = 'yes') AS {step}_count" for step in _SHOWN_STEPS
    )
},
       countIf({_IS_MEMBER} AND c.is_assessed != 'not_required') AS assessment_required"""


def _stat(title: Text, description: Text, counted: str, colour: str = INK) -> Panel:
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=(f"SELECT {counted} AS enterprises FROM {_EVERYBODY}",),
        width=3,
        height=4,
        colour=colour,
    )


def _share(step: str, description: Text, of: str = _IS_MEMBER) -> Panel:
    """Of the top tenth, how many have taken a step."""
    return Panel(
        kind="stat",
        title=STEP[step],
        description=description,
        queries=(
            f"""
SELECT countIf({of} AND c.{step} = 'yes') / nullIf(countIf({of}), 0) AS share FROM {_EVERYBODY}
""",
        ),
        width=3,
        height=4,
        unit="percentunit",
        colour=GREY,
        thresholds=((0, PRESSING), (0.5, INK), (0.9, GREEN)),
    )


def _counts(by: str, title: Text, height: int) -> Panel:
    return Panel(
        kind="table",
        title=title,
        description=Text(
            "登记单位、营收前10%单位及其各项进展；无法判定者未填报营业收入。培训只计写明单位编号的场次。",
            "Who is registered, who is of the top tenth by revenue, and how many of these have "
            "taken each step; undecided are those whose revenue nobody stated. Trained are those "
            "whom a session names.",
        ),
        queries=(
            f"""
SELECT c.{by} AS {by}, {_COUNTS}
FROM {_EVERYBODY} GROUP BY {by} ORDER BY top_tenth_count DESC, {by} LIMIT 100
""",
        ),
        width=24,
        height=height,
        empty=_NOBODY,
    )


ENTERPRISE_COVERAGE: Final = Board(
    name="enterprise-coverage",
    title=COVERAGE["coverage"],
    description=Text(
        "各省（区、市）各行业营业收入前10%的规模以上企业：是否登记、接入、报送、分类分级、评估、演练、培训。",
        "Enterprises of the top tenth by revenue of their sector in each province: who is "
        "registered, connected, publishing, graded, assessed, drilled and trained.",
    ),
    variables=(PROVINCES,),
    refresh="5m",
    sections=(
        Section(
            title=Text("要情", "At a glance"),
            panels=(
                _stat(
                    COVERAGE["enterprises"],
                    Text("登记表中的单位数。", "Enterprises in the registry."),
                    "count()",
                ),
                _stat(
                    COVERAGE["top_tenth"],
                    Text(
                        "各省各行业营收前10%的规上单位；每组至少一家，同额者并入。",
                        "The top tenth by revenue of each sector in each province: at least one "
                        "a group, equals together.",
                    ),
                    f"countIf({_IS_MEMBER})",
                ),
                _stat(
                    COVERAGE["graded_of_all"],
                    Text(
                        f"全部登记单位中已分类分级者；到2026年底的目标为{TARGET_GRADED}家以上。",
                        "Of all that are registered, those that have classified and graded their "
                        f"data; the aim for the end of 2026 is more than {TARGET_GRADED:,}.",
                    ),
                    "countIf(c.is_graded = 'yes')",
                ),
                _stat(
                    COVERAGE["undecided"],
                    Text(
                        "未填报营业收入或行业，无法判定是否属于前10%。",
                        "Nobody stated their revenue or sector: whether they belong is not known.",
                    ),
                    "countIf(c.top_tenth = 'unknown')",
                    GREY,
                ),
                _share(
                    "is_publishing",
                    Text(
                        "前10%单位中近一日有日志入库者的占比。",
                        "Of the top tenth, the share of which events were received within a day.",
                    ),
                ),
                _share(
                    "is_graded",
                    Text(
                        "前10%单位中已填报分类分级日期者的占比。",
                        "Of the top tenth, the share that stated when it classified and graded.",
                    ),
                ),
                _share(
                    "is_assessed",
                    Text(
                        "前10%单位中持有重要、核心数据者，一年内完成风险评估的占比。",
                        "Of the top tenth's holders of important or core data, the share whose "
                        "risks were assessed within the year.",
                    ),
                    f"{_IS_MEMBER} AND c.is_assessed != 'not_required'",
                ),
                _share(
                    "has_drilled",
                    Text(
                        "前10%单位中一年内参加过演练者的占比。",
                        "Of the top tenth, the share that took part in a drill within the year.",
                    ),
                ),
            ),
        ),
        Section(
            title=Text("各省与各行业", "Provinces and sectors"),
            panels=(
                _counts("province", Text("各省", "By province"), 14),
                _counts("sector", Text("各行业", "By sector"), 10),
            ),
        ),
        Section(
            title=Text("待办与名单", "What is to be done, and where"),
            panels=(
                Panel(
                    kind="bars",
                    title=Text("待办事项", "Open steps"),
                    description=Text(
                        "前10%单位的待办事项各有多少家。", "Open steps of the top tenth."
                    ),
                    queries=(
                        f"""
SELECT arrayJoin(c.open_steps) AS step, count() AS enterprises FROM {_EVERYBODY}
WHERE {_IS_MEMBER} GROUP BY step ORDER BY enterprises DESC, step
""",
                    ),
                    width=24,
                    height=8,
                    colour=INK,
                    empty=_NOBODY,
                ),
                Panel(
                    kind="table",
                    title=Text("前10%单位名单", "Members of the top tenth"),
                    description=Text(
                        "待办多者在前，至多500家；完整名单可由命令行导出。",
                        "Most open steps on top, at most 500; `fenghuo coverage list` gives all.",
                    ),
                    queries=(
                        f"""
SELECT c.name AS enterprise, c.province AS province, c.sector AS sector, c.place AS revenue_place,
       {", ".join(f"c.{step} AS {step}" for step in _SHOWN_STEPS)},
       arrayStringConcat(c.missing_sources, ', ') AS missing_source_list,
       c.last_received_at AS last_received_at,
       c.enterprise_id AS enterprise_id
FROM {_EVERYBODY} WHERE {_IS_MEMBER}
ORDER BY length(c.open_steps) DESC, province, sector, revenue_place, enterprise_id LIMIT 500
""",
                    ),
                    width=24,
                    height=16,
                    empty=_NOBODY,
                ),
            ),
        ),
    ),
)
