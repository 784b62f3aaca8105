"""Data that leaves the country: who is past or near a threshold, what left, what is owed."""

from typing import Final

from dashboards.grafana.boards.choices import PROVINCES
from dashboards.grafana.palette import GREY, INK, THRESHOLD_COLOURS
from dashboards.grafana.specs import Board, Panel, Section, Variable
from dashboards.grafana.variables import chosen, is_chosen
from dashboards.words import THRESHOLD_STATE, Text

YEARS: Final = Variable(
    name="year",
    label=Text("年度（北京时间）", "Year (China)"),
    query="""
SELECT toString(year) AS value, toString(year) AS text
FROM (SELECT DISTINCT year FROM cross_border_counts) ORDER BY year DESC LIMIT 20
""",
)
_HERE: Final = f"drill = '' AND {is_chosen('province', 'province')}"
_OF_YEAR: Final = f"{_HERE} AND year = toUInt32OrZero({chosen('year')})"
_STANDING: Final = f"{_HERE} AND year IN (0, toUInt32OrZero({chosen('year')}))"
_NAMED: Final = "if(e.name = '', t.enterprise_id, e.name) AS enterprise, t.province AS province"
_ORDER: Final = ", ".join(f"'{state}'" for state in THRESHOLD_STATE)
_NONE: Final = Text("该年度没有数据出境记录", "No export in this year")
_SHOWN: Final = ("crossed", "possibly_crossed", "warning", "unknown")


def _stat(state: str) -> Panel:
    term = THRESHOLD_STATE[state]
    return Panel(
        kind="stat",
        title=term,
        description=Text(
            f"至少一项门槛为“{term.zh}”的单位数。",
            f"Enterprises of which a threshold stands at “{term.en}”.",
        ),
        queries=(
            "SELECT uniqExact(enterprise_id) AS enterprises FROM cross_border_thresholds"
            f" WHERE {_STANDING} AND state = '{state}'",
        ),
        width=6,
        height=4,
        colour=GREY,
        thresholds=((1, THRESHOLD_COLOURS[state]),),
    )


def _bars(name: str, counts: str, title: Text, description: Text) -> Panel:
    """Exports of the year by what the map `counts` tells apart; one of two is in both."""
    return Panel(
        kind="bars",
        title=title,
        description=description,
        queries=(
            f"""
SELECT pair.1 AS {name}, sum(pair.2) AS exports
FROM (SELECT arrayJoin(JSONExtractKeysAndValues({counts}, 'UInt64')) AS pair
      FROM cross_border_counts WHERE {_OF_YEAR})
GROUP BY {name} ORDER BY exports DESC, {name} LIMIT 20
""",
        ),
        colour=INK,
        height=10,
        empty=_NONE,
    )


CROSS_BORDER: Final = Board(
    name="cross-border",
    title=Text("数据出境", "Data abroad"),
    description=Text(
        "按日历年（北京时间）累计的数据出境人数，与法定门槛对照。",
        "Persons whose data left the country in a calendar year of China, beside the thresholds "
        "of the law.",
    ),
    variables=(YEARS, PROVINCES),
    period="now-30d",
    refresh="5m",
    sections=(
        Section(title=Text("门槛", "Thresholds"), panels=tuple(map(_stat, _SHOWN))),
        Section(
            title=Text("单位与门槛", "Enterprises and thresholds"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("达到或接近门槛的单位", "Past a threshold, or near it"),
                    description=Text(
                        "“按上限”指部分出境无法判断是否为同一批人。单位栏可查看该单位。",
                        "“By the upper bound”: some exports may be of the same persons. The "
                        "enterprise leads to its own dashboard.",
                    ),
                    queries=(
                        f"""
SELECT state AS threshold_state, {_NAMED}, threshold, if(year = 0, '', toString(year))
       AS calendar_year, figure, least AS figure_least, bound AS threshold_bound,
       percent AS threshold_share, undeclared, <reason> AS reason, <article> AS article,
       t.enterprise_id AS enterprise_id
FROM (SELECT * FROM cross_border_thresholds
      WHERE {_STANDING} AND state NOT IN ('below', 'replaced')) AS t
LEFT JOIN enterprises AS e ON e.enterprise_id = t.enterprise_id
ORDER BY indexOf([{_ORDER}], state), percent DESC, t.enterprise_id, threshold LIMIT 300
""",
                    ),
                    width=24,
                    height=14,
                    empty=Text(
                        "没有单位达到或接近门槛", "No enterprise is past a threshold or near"
                    ),
                ),
            ),
        ),
        Section(
            title=Text("出境数量", "What left"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("各单位出境数量", "Exports by enterprise"),
                    description=Text(
                        "同一申明的人员集合每年只计一次；无法去重的计为上限。",
                        "A declared set of persons counts once a year; what cannot be told apart "
                        "is an upper bound.",
                    ),
                    queries=(
                        f"""
SELECT {_NAMED}, exports, sets AS export_sets, persons AS export_persons,
       persons_least AS export_persons_least, sensitive_persons, sensitive_persons_least,
       important_exports, exempt_persons, undeclared_exports AS undeclared, unstated_exports,
       basis AS count_basis, t.enterprise_id AS enterprise_id
FROM (SELECT * FROM cross_border_counts WHERE {_OF_YEAR}) AS t
LEFT JOIN enterprises AS e ON e.enterprise_id = t.enterprise_id
ORDER BY persons + sensitive_persons DESC, t.enterprise_id LIMIT 300
""",
                    ),
                    width=24,
                    height=12,
                    empty=_NONE,
                ),
                _bars(
                    "destination",
                    "destinations",
                    Text("目的地", "Destinations"),
                    Text(
                        "各国家和地区（ISO 3166-1 代码，ZZ 为未说明）的出境次数。",
                        "Exports by destination (ISO 3166-1; ZZ: not stated).",
                    ),
                ),
                _bars(
                    "legal_ground",
                    "grounds",
                    Text("合法性依据", "Legal grounds"),
                    Text(
                        "日志申明的依据；豁免情形也计入。",
                        "What exports declare to rest on, exemptions among it.",
                    ),
                ),
                _bars(
                    "export_purpose",
                    "purposes",
                    Text("出境目的", "Purposes"),
                    Text(
                        "各单位自己的表述；空白为未说明。每单位每年最多列出20种。",
                        "In the enterprises' own words, 20 a year of each at most; empty: not "
                        "stated.",
                    ),
                ),
                Panel(
                    kind="table",
                    title=Text("各省单位数", "Enterprises by province"),
                    description=Text(
                        "各省达到（含按上限）或者接近任一门槛的单位数。人数不跨单位相加。",
                        "Enterprises past any threshold (the upper bound included), or near one. "
                        "Persons are not added up over enterprises.",
                    ),
                    queries=(
                        f"""
SELECT province, countIf(worst >= 2) AS crossed_count, countIf(worst = 1) AS near_count
FROM (SELECT province, enterprise_id,
             max(multiIf(state IN ('crossed', 'possibly_crossed'), 2, state = 'warning', 1, 0))
             AS worst
      FROM cross_border_thresholds WHERE {_STANDING} GROUP BY province, enterprise_id)
GROUP BY province ORDER BY crossed_count DESC, near_count DESC, province LIMIT 40
""",
                    ),
                    height=10,
                    empty=_NONE,
                ),
            ),
        ),
        Section(
            title=Text("义务", "Obligations"),
            panels=(
                Panel(
                    kind="table",
                    title=Text("因数据出境产生的义务", "What the thresholds oblige to"),
                    description=Text(
                        "达到门槛即产生；全部出境均说明相应的合法性依据，或者经确认已办理，为已完成；"
                        "认定免予办理的为已撤销。何人因何认定见理由。",
                        "From when a threshold is crossed; done once every export declares a "
                        "ground that suffices or an analyst states that it was fulfilled, "
                        "withdrawn where it was waived: the reason says by whom and why.",
                    ),
                    queries=(
                        f"""
SELECT <due> AS due_state, {_NAMED}, concat(<sender>, ' → ', <recipient>) AS duty_between,
       <limit> AS limit, starts_at, <reason> AS reason, <article> AS article,
       t.enterprise_id AS enterprise_id
FROM (SELECT * FROM obligations WHERE {_HERE} AND startsWith(duty, 'cross-border-')) AS t
LEFT JOIN enterprises AS e ON e.enterprise_id = t.enterprise_id
ORDER BY indexOf(['late', 'due_soon', 'pending', 'done', 'withdrawn'], state), starts_at DESC,
         obligation_id LIMIT 300
""",
                    ),
                    width=24,
                    height=12,
                    empty=Text("没有因数据出境产生的义务", "No threshold obliges to anything"),
                ),
            ),
        ),
    ),
)
