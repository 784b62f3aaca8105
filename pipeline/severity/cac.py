"""CAC: the grading annex of the National Cybersecurity Incident Reporting Measures, 2025.

国家网络安全事件报告管理办法 附件《网络安全事件分级指南》, in force 2025-11-01 (Art. 14).
"以上" includes the number (note at the annex's end). Rows marked `unconfirmed` rest on
secondary sources or on the 2023 draft: change them by policy when the text is confirmed.
"""

from pipeline.severity.limbs import Condition, Instrument, Limb, Row, among, from_, or_graver
from schemas.assessment import Tier
from schemas.moments import parse_moment

_ANNEX = "CAC 2025 附件 分级指南"
_HOUR = 60

SYSTEM_LOSS = Limb(
    "a1",
    f"{_ANNEX} 概括条款1",
    "重要网络和信息系统的系统损失",
    "system loss of important networks and information systems",
    (
        Row("I", (among("system_loss", "paralysis"),)),
        Row("II", (among("system_loss", "long_interruption"),)),
        Row("III", (among("system_loss", "efficiency"),)),
    ),
)

_THREATS: tuple[tuple[Tier, str, str, bool], ...] = (
    ("I", "particularly_serious", "massive", False),
    ("II", "serious", "large", True),  # the classes of II were not seen in the text
    ("III", "relatively_serious", "relatively_large", False),
)
DATA = Limb(
    "a2-data",
    f"{_ANNEX} 概括条款2",
    "核心数据、重要数据丢失或被窃取、篡改、假冒，及威胁",
    "core or important data lost, stolen, tampered with or forged, and the threat",
    tuple(
        Row(
            tier,
            (or_graver("data_class", "important"), or_graver("threat", threat)),
            unconfirmed=unconfirmed,
        )
        for tier, threat, _, unconfirmed in _THREATS
    ),
)
PERSONAL_DATA = Limb(
    "a2-personal",
    f"{_ANNEX} 概括条款2",
    "海量、大量、较大量公民个人信息丢失或被窃取，及威胁",
    "massive, large or relatively large amounts of personal information lost, and the threat",
    tuple(
        Row(
            tier,
            (or_graver("personal_data_scale", scale), or_graver("threat", threat)),
            unconfirmed=unconfirmed,
        )
        for tier, threat, scale, unconfirmed in _THREATS
    ),
)

PORTAL = Limb(
    "b1",
    f"{_ANNEX} 判别条件1",
    "党政机关门户网站、重点新闻网站不能访问",
    "government portals or key news sites unreachable",
    (
        Row("I", (among("portal", "provincial"), from_("portal_outage_minutes", 24 * _HOUR))),
        Row(
            "II",
            (or_graver("portal", "prefecture"), from_("portal_outage_minutes", 6 * _HOUR)),
        ),
        # Which portals count in III was not seen; enterprises' own are read as included.
        Row(
            "III",
            (or_graver("portal", "other"), from_("portal_outage_minutes", 2 * _HOUR)),
            unconfirmed=True,
        ),
    ),
)

_CII = among("critical_infrastructure", "yes")
_WHOLE = among("critical_infrastructure_scope", "whole")
_MAIN = or_graver("critical_infrastructure_scope", "main_functions")
INFRASTRUCTURE_WHOLE = Limb(
    "b2-whole",
    f"{_ANNEX} 判别条件2",
    "关键信息基础设施整体中断运行",
    "critical information infrastructure down as a whole",
    (
        Row("I", (_CII, _WHOLE, from_("outage_minutes", 6 * _HOUR))),
        # Reported in the press as "more than 1 hour"; 以上 includes the number.
        Row("II", (_CII, _WHOLE, from_("outage_minutes", _HOUR)), unconfirmed=True),
        Row("III", (_CII, _WHOLE, from_("outage_minutes", 10))),
    ),
)
INFRASTRUCTURE_MAIN = Limb(
    "b2-main",
    f"{_ANNEX} 判别条件2",
    "关键信息基础设施主要功能中断运行",
    "main functions of critical information infrastructure down",
    (
        Row("I", (_CII, _MAIN, from_("outage_minutes", 24 * _HOUR))),
        Row("II", (_CII, _MAIN, from_("outage_minutes", 3 * _HOUR)), unconfirmed=True),
        Row("III", (_CII, _MAIN, from_("outage_minutes", 30))),
    ),
)

POPULATION_SHARE = Limb(
    "b3-share",
    f"{_ANNEX} 判别条件3",
    "影响省或地市人口工作、生活的比例",
    "share of a province's or prefecture's population whose work or life is affected",
    (
        Row("I", (among("affected_area", "province"), from_("affected_share_percent", 50))),
        Row("II", (or_graver("affected_area", "prefecture"), from_("affected_share_percent", 50))),
        Row("III", (or_graver("affected_area", "prefecture"), from_("affected_share_percent", 30))),
    ),
)
RESIDENTS = Limb(
    "b3-residents",
    f"{_ANNEX} 判别条件3",
    "影响用水、用电、用气、用油、取暖、交通、就医、购物的人数",
    "persons whose water, power, gas, oil, heating, transport, medical care or shopping suffers",
    (
        Row("I", (from_("affected_residents", 10_000_000),)),
        Row("II", (from_("affected_residents", 1_000_000),)),
        Row("III", (from_("affected_residents", 100_000),), unconfirmed=True),
    ),
)

PERSONS = Limb(
    "b5",
    f"{_ANNEX} 判别条件5",
    "泄露公民个人信息的人数",
    "persons whose personal information leaked",
    (
        Row("I", (from_("persons", 100_000_000),)),
        Row("II", (from_("persons", 10_000_000),)),
        Row("III", (from_("persons", 1_000_000),)),
    ),
)

_SPREAD: tuple[tuple[Tier, int, int, int, int, str, bool], ...] = (
    # tier, home page and other page in minutes, reposts, views, finding, unconfirmed
    ("I", 6 * _HOUR, 24 * _HOUR, 100_000, 1_000_000, "extremely_large", False),
    ("II", 2 * _HOUR, 12 * _HOUR, 10_000, 100_000, "large", True),
    ("III", 30, 2 * _HOUR, 1_000, 10_000, "relatively_large", True),
)


def _spread(key: str, zh: str, en: str, rows: list[tuple[tuple[Condition, ...], bool]]) -> Limb:
    tiers = [row[0] for row in _SPREAD]
    return Limb(
        key,
        f"{_ANNEX} 判别条件6",
        zh,
        en,
        tuple(Row(tier, tests, flag) for tier, (tests, flag) in zip(tiers, rows, strict=True)),
    )


SPREAD = (
    _spread(
        "b6-home",
        "违法有害信息在主页上持续",
        "illegal content on the home page",
        [
            (
                (among("illegal_content_page", "home"), from_("illegal_content_minutes", row[1])),
                row[6],
            )
            for row in _SPREAD
        ],
    ),
    _spread(
        "b6-page",
        "违法有害信息在其他页面持续",
        "illegal content on any other page",
        [
            (
                (
                    or_graver("illegal_content_page", "other"),
                    from_("illegal_content_minutes", row[2]),
                ),
                row[6],
            )
            for row in _SPREAD
        ],
    ),
    _spread(
        "b6-reposts",
        "违法有害信息通过社交平台转发",
        "illegal content reposted",
        [((from_("reposts", row[3]),), row[6]) for row in _SPREAD],
    ),
    _spread(
        "b6-views",
        "违法有害信息浏览或点击",
        "illegal content viewed",
        [((from_("views", row[4]),), row[6]) for row in _SPREAD],
    ),
    _spread(
        "b6-finding",
        "网信或公安部门认定的传播范围",
        "spread as found by cyberspace or police authorities",
        [((or_graver("spread_finding", row[5]),), row[6]) for row in _SPREAD],
    ),
)

LOSS = Limb(
    "b7",
    f"{_ANNEX} 判别条件7",
    "直接经济损失",
    "direct economic loss",
    (
        Row("I", (from_("direct_loss_cny", 100_000_000),)),
        Row("II", (from_("direct_loss_cny", 20_000_000),)),
        Row("III", (from_("direct_loss_cny", 5_000_000),)),
    ),
)

OTHER_HARM = Limb(
    "a3",
    f"{_ANNEX} 概括条款3",
    "其他威胁或影响",
    "other threat or impact",
    (
        Row("I", (among("other_harm", "particularly_major"),)),
        Row("II", (among("other_harm", "major"),)),
        Row("III", (among("other_harm", "relatively_major"),)),
    ),
)

_ANY_HARM: tuple[Condition, ...] = (
    from_("direct_loss_cny", 1),
    from_("persons", 1),
    from_("outage_minutes", 1),
    from_("portal_outage_minutes", 1),
    from_("affected_residents", 1),
    from_("affected_share_percent", 1),
    from_("illegal_content_minutes", 1),
    from_("reposts", 1),
    from_("views", 1),
    or_graver("threat", "slight"),
    or_graver("production_harm", "slight"),
    or_graver("personal_data_scale", "relatively_large"),
    or_graver("other_harm", "slight"),
)
GENERAL = Limb(
    "iv",
    f"{_ANNEX} 一般",
    "除上述情形外，造成一定威胁或影响",
    "any other incident with some threat or impact",
    tuple(Row("IV", (test,)) for test in _ANY_HARM),
)
"""IV has no figures: any stated threat or impact is enough. It need not be reported."""

INSTRUMENT = Instrument(
    "cac",
    "国家网络安全事件报告管理办法",
    "CAC National Cybersecurity Incident Reporting Measures",
    parse_moment("2025-11-01T00:00:00+08:00"),
    None,
    (
        SYSTEM_LOSS,
        DATA,
        PERSONAL_DATA,
        OTHER_HARM,
        PORTAL,
        INFRASTRUCTURE_WHOLE,
        INFRASTRUCTURE_MAIN,
        POPULATION_SHARE,
        RESIDENTS,
        PERSONS,
        *SPREAD,
        LOSS,
        GENERAL,
    ),
)
