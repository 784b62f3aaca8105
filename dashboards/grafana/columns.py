"""How a column of a table looks, whichever dashboard it is in: heading, words, width, link."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from dashboards import words
from dashboards.words import Text, Words

RED, ORANGE, YELLOW, BLUE, GREY = "#c2191f", "#ef8a17", "#f5c811", "#1f62c4", "#6d7784"
GREEN, INK = "#3f8f5f", "#5b8a9c"
URGENT, PRESSING = "#a3195b", "#c9689b"
"""Of what is late or wrong, and of what will be: shades of one colour that the law does not use."""
TIER_COLOURS: Final = {"I": RED, "II": ORANGE, "III": YELLOW, "IV": BLUE}
GRADE_COLOURS: Final[Mapping[str, str]] = {
    "1": RED,
    "2": ORANGE,
    "3": YELLOW,
    "4": BLUE,
    "9": GREY,
}
"""The law's four colours: 红, 橙, 黄, 蓝."""
JUDGEMENT_COLOURS: Final[Mapping[str, str]] = {
    **{f"response {tier}": colour for tier, colour in TIER_COLOURS.items()},
    **TIER_COLOURS,
    **{
        f"{state} {colour}": TIER_COLOURS[words.TIER_OF_COLOUR[colour]]
        for state in ("suggested", "issued", "adjusted")
        for colour in words.COLOUR
    },
    **{f"lifted {colour}": GREY for colour in words.COLOUR},
    "none": GREY,
}
STATE_COLOURS: Final[Mapping[str, str]] = {
    "late": URGENT,
    "due_soon": PRESSING,
    "at_once": PRESSING,
    "pending": INK,
    "done": GREEN,
    "withdrawn": GREY,
}
LEVEL_COLOURS: Final[Mapping[str, str]] = {
    "critical": "#5b3fa0",
    "high": "#7d66bf",
    "medium": "#a394cf",
    "low": "#cfc7e6",
    "informational": "#e4e0f0",
}
"""Sigma's levels are not the law's tiers: shades of one colour that the law does not use."""
CHANGE_COLOURS: Final[Mapping[str, str]] = {
    "new": "#5b3fa0",
    "gone": GREY,
    "changed": INK,
    "same": GREEN,
}
THRESHOLD_COLOURS: Final[Mapping[str, str]] = {
    "crossed": URGENT,
    "possibly_crossed": PRESSING,
    "warning": INK,
    "unknown": GREY,
    "replaced": GREY,
    "below": GREEN,
}
TARGET_COLOURS: Final[Mapping[str, str]] = {
    "reached": GREEN,
    "on_track": INK,
    "behind": PRESSING,
    "missed": URGENT,
    "unknown": GREY,
}
STANDING_COLOURS: Final[Mapping[str, str]] = {
    "yes": GREEN,
    "no": URGENT,
    "unknown": GREY,
    "not_required": GREY,
}
OUTCOME_COLOURS: Final[Mapping[str, str]] = {"met": INK, "unknown": GREY, "not_met": GREY}


TECHNIQUE_SHADES: Final = tuple(
    (rf"^T\S+ · {digits}$", LEVEL_COLOURS[level])
    for digits, level in (
        (r"\d", "low"),
        (r"\d\d", "medium"),
        (r"\d{3}", "high"),
        (r"\d{4,}", "critical"),
    )
)
"""Of a cell of the ATT&CK matrix, by its detections."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One column. `link` is (dashboard, variable, field that gives the value; "" for itself).

    `patterns` are colours by regular expression. `fill` colours the cell, not only its text;
    `hidden` keeps a column for links alone. A column with a width is at least as wide as its
    heading and its words are; one without shares what the others leave, and is never narrower than
    `least_width`.
    """

    title: Text
    words: Words = {}
    colours: Mapping[str, str] = {}
    patterns: tuple[tuple[str, str], ...] = ()
    fill: bool = False
    width: int = 0
    least_width: int = 0
    unit: str = ""
    link: tuple[str, str, str] | None = None
    hidden: bool = False
    wrap: bool = False


_TO_INCIDENT: Final = ("incident", "incident", "incident_id")
_TO_ENTERPRISE: Final = ("enterprise", "enterprise", "enterprise_id")
_TO_PROVINCE: Final = ("province", "province", "")
_TO_ENTITY: Final = ("entity", "entity", "")


def _judgement(title: Text) -> Look:
    return Look(title=title, words=words.JUDGEMENT, colours=JUDGEMENT_COLOURS, fill=True, width=150)


_OF_DRILLS: Final[Mapping[str, dict[str, Any]]] = {
    "drill": {"link": ("drills", "drill", "")},
    "drill_scenario": {"words": words.DRILL_SCENARIO},
    "drill_state": {"words": words.DRILL_STATE},
    "drill_outcome": {"words": words.DRILL_OUTCOME},
    "inject": {"words": words.DRILL_INJECT},
    "question": {"wrap": True},
    **{f"to_{name}": {"unit": "dtdhms"} for name in words.DRILL_MILESTONE},
    "drilled_share": {"unit": "percentunit"},
}

LOOKS: Final[Mapping[str, Look]] = {
    "incident_id": Look(title=Text("事件编号", "Incident id"), hidden=True),
    "enterprise_id": Look(title=Text("单位编号", "Enterprise id"), hidden=True),
    "opens_from": Look(title=Text("时段起", "Period from"), hidden=True),
    "opens_to": Look(title=Text("时段止", "Period to"), hidden=True),
    "grade": Look(
        title=words.INCIDENT["tier"],
        words={**words.GRADE, "0": Text("没有事件", "No incident")},
        colours=GRADE_COLOURS,
        fill=True,
        width=120,
    ),
    # The tier beside them has the colour: three cells of one would be two too many.
    "miit": Look(title=Text("工信部", "MIIT"), words=words.JUDGEMENT, width=150),
    "cac": Look(title=Text("网信办", "CAC"), words=words.JUDGEMENT, width=150),
    "judgement": Look(
        title=Text("结论", "Judgement"),
        words=words.JUDGEMENT,
        colours=JUDGEMENT_COLOURS,
        fill=True,
        width=140,
    ),
    "tier": Look(
        title=words.INCIDENT["tier"],
        words=words.JUDGEMENT,
        colours=JUDGEMENT_COLOURS,
        fill=True,
        width=150,
    ),
    "judgement_before": _judgement(Text("此前", "Before")),
    "judgement_live": _judgement(Text("实时结论", "Live judgement")),
    "judgement_again": _judgement(Text("调查结论", "Investigation's judgement")),
    "miit_live": _judgement(Text("工信部（实时）", "MIIT, live")),
    "miit_again": _judgement(Text("工信部（调查）", "MIIT, investigation")),
    "cac_live": _judgement(Text("网信办（实时）", "CAC, live")),
    "cac_again": _judgement(Text("网信办（调查）", "CAC, investigation")),
    "combined_miit_tier": _judgement(Text("合并等级（工信部）", "Combined tier, MIIT")),
    "combined_cac_tier": _judgement(Text("合并等级（网信办）", "Combined tier, CAC")),
    "limb_tier": Look(title=words.INCIDENT["tier"], words=words.TIER, width=130),
    "tier_low": Look(title=Text("估计下限", "Lowest"), words=words.TIER, width=110),
    "tier_likely": Look(title=Text("最可能", "Likely"), words=words.TIER, width=110),
    "tier_high": Look(title=Text("估计上限", "Highest"), words=words.TIER, width=110),
    "override_tier": Look(title=words.INCIDENT["expert"], words=words.TIER, width=110),
    "override_by": Look(title=Text("专家", "Expert"), width=110),
    "regime": Look(title=Text("体系", "Regime"), words=words.REGIME_SHORT, width=100),
    "province": Look(
        title=words.INCIDENT["province"], words=words.PLACE, width=120, link=_TO_PROVINCE
    ),
    "enterprise": Look(
        title=words.INCIDENT["enterprise"], width=200, link=_TO_ENTERPRISE, wrap=True
    ),
    "incident": Look(
        title=words.INCIDENT["incident"], link=_TO_INCIDENT, least_width=300, wrap=True
    ),
    "scenario": Look(title=words.INCIDENT["scenario"], words=words.SCENARIO, width=165),
    "status": Look(title=Text("状态", "Status"), words=words.STATUS, width=90),
    "verdict": Look(title=Text("研判", "Verdict"), words=words.VERDICT, width=110),
    "level": Look(
        title=Text("规则级别", "Rule level"),
        words=words.LEVEL,
        colours=LEVEL_COLOURS,
        fill=True,
        width=110,
    ),
    "due_state": Look(
        title=Text("状态", "State"),
        words=words.DUE,
        colours=STATE_COLOURS,
        fill=True,
        width=100,
    ),
    "outcome": Look(
        title=Text("结果", "Result"), words=words.OUTCOME, colours=OUTCOME_COLOURS, width=90
    ),
    "batch_outcome": Look(title=Text("结果", "Outcome"), words=words.BATCH_OUTCOME, width=100),
    "occurred": Look(title=Text("性质", "Nature"), words=words.OCCURRED, width=110),
    "accepted": Look(title=Text("接受", "Accepted"), words=words.YES_NO, width=90),
    "basis": Look(title=Text("依据", "Basis"), words=words.BASIS, width=100),
    "channel": Look(title=Text("方式", "Channel"), words=words.CHANNEL, width=90),
    "tactic": Look(title=Text("战术", "Tactic"), words=words.TACTIC, width=190),
    "left": Look(title=Text("剩余", "Left"), width=190),
    "silent_s": Look(title=Text("静默", "Silent for"), unit="dtdhms", width=150),
    "late_share": Look(title=Text("迟到率", "Late"), unit="percentunit", width=100),
    "due_at": Look(title=Text("到期", "Due"), width=170),
    "done_at": Look(title=Text("完成", "Done"), width=170),
    "starts_at": Look(title=Text("起算", "Clock started"), width=170),
    "first_time": Look(title=words.INCIDENT["first_time"], width=170),
    "last_time": Look(title=words.INCIDENT["last_time"], width=170),
    "opened_at": Look(title=words.INCIDENT["opened_at"], width=170),
    "received_at": Look(title=Text("接收", "Received"), width=170),
    "last_received_at": Look(title=Text("最近接收", "Last received"), width=170),
    "assessed_at": Look(title=Text("评定", "Assessed"), width=170),
    "revised_at": Look(title=Text("修订时间", "Revised"), width=170),
    "said_at": Look(title=Text("时间", "Said"), width=170),
    "event_time": Look(title=Text("时间", "Time"), width=170),
    "duty": Look(
        title=Text("报送单位 → 接收单位", "From whom, to whom"),
        wrap=True,
        link=_TO_INCIDENT,
        least_width=260,
    ),
    "chain": Look(
        title=Text("报送单位 → 接收单位", "From whom, to whom"), wrap=True, least_width=260
    ),
    "limit": Look(title=Text("时限", "Limit"), wrap=True, least_width=200),
    "article": Look(title=Text("法规条款", "Instrument and article"), wrap=True),
    "story": Look(title=Text("经过", "What happened"), wrap=True, least_width=500),
    "reason": Look(title=Text("理由", "Reason"), wrap=True, least_width=300),
    "criterion": Look(title=Text("判定项", "Criterion"), wrap=True, least_width=260),
    "value": Look(title=Text("事实", "Fact"), width=180, wrap=True),
    "bound": Look(title=Text("界限", "Bound"), width=200, wrap=True),
    "stated_by": Look(title=Text("填报人", "Stated by"), words=words.STATED_BY, width=110),
    "rule": Look(title=Text("规则", "Rule"), least_width=220),
    "rule_id": Look(title=Text("规则编号", "Rule id"), width=300),
    "exception_state": Look(
        title=words.EXCEPTION["state"],
        words={state: words.EXCEPTION[state] for state in ("active", "ended", "expired")},
        width=100,
    ),
    "exception_scope": Look(title=words.EXCEPTION["scope"], least_width=150, wrap=True),
    "hidden_matches": Look(title=words.EXCEPTION["hidden"], width=100),
    "last_hidden": Look(title=words.EXCEPTION["last_hidden"], width=170),
    "silent_from": Look(title=Text("自", "From"), width=170),
    "silent_until": Look(title=Text("至", "Until"), width=170),
    "summary": Look(title=Text("关键事实", "Key fact"), wrap=True),
    "sector": Look(title=Text("行业", "Sector"), words=words.SECTOR, width=170),
    "confidence": Look(title=Text("置信度", "Confidence"), unit="percent", width=90),
    "risk": Look(title=Text("风险值", "Risk"), width=90),
    "assignee": Look(title=Text("负责人", "Assignee"), width=110),
    "revision": Look(title=Text("修订", "Revision"), width=80),
    "incidents": Look(title=Text("事件数", "Incidents"), width=90),
    "occurred_count": Look(title=words.OCCURRED["true"], width=130),
    "suspected_count": Look(title=words.OCCURRED["false"], width=110),
    "since_yesterday": Look(title=Text("较昨日", "Since yesterday"), width=140),
    "enterprises": Look(title=Text("单位数", "Enterprises"), width=90),
    "detections": Look(title=Text("告警数", "Detections"), width=100),
    "batches": Look(title=Text("批次", "Batches"), width=90),
    "events": Look(title=Text("日志数", "Events"), width=110),
    "stored": Look(title=Text("入库", "Stored"), width=100),
    "late": Look(title=Text("迟到", "Late"), width=90),
    "dropped": Look(title=Text("丢弃", "Dropped"), width=90),
    "dead_lettered": Look(title=Text("死信", "Dead letters"), width=100),
    "unverified": Look(title=Text("原因", "Why"), words=words.UNVERIFIED, width=200),
    "difference": Look(title=Text("差额", "Difference"), width=90),
    "refused": Look(title=Text("拒收批次", "Refused batches"), width=120),
    "reason_code": Look(title=Text("原因代码", "Reason code"), width=200),
    "detail": Look(title=Text("问题", "What is wrong"), wrap=True),
    "remedy": Look(title=Text("办法", "Remedy"), wrap=True),
    "host": Look(title=words.ENTITY["host"], width=140, link=_TO_ENTITY, wrap=True),
    "account": Look(title=words.ENTITY["account"], width=140, link=_TO_ENTITY, wrap=True),
    "source_ip": Look(title=words.FIELD_LABEL["source_ip"], width=140, link=_TO_ENTITY, wrap=True),
    "destination_ip": Look(
        title=words.FIELD_LABEL["destination_ip"], width=160, link=_TO_ENTITY, wrap=True
    ),
    "process": Look(title=words.ENTITY["process"], least_width=240, link=_TO_ENTITY),
    "entity": Look(title=Text("实体", "Entity"), least_width=240, wrap=True, link=_TO_ENTITY),
    "entity_kind": Look(title=Text("类型", "Kind"), words=words.ENTITY, width=130),
    "entity_role": Look(title=Text("角色", "Role"), words=words.ROLE, width=110),
    "first_seen": Look(title=Text("首见", "First seen"), width=170),
    "last_seen": Look(title=Text("末见", "Last seen"), width=170),
    "product": Look(title=Text("产品", "Product"), width=120),
    "log_category": Look(title=Text("日志类别", "Log category"), width=170),
    "format": Look(title=Text("格式", "Format"), width=110),
    **{
        f"tactic_{key.replace('-', '_')}": Look(
            title=tactic, patterns=TECHNIQUE_SHADES, fill=True, least_width=128
        )
        for key, tactic in words.TACTIC.items()
    },
    "true_positives": Look(title=words.VERDICT["true_positive"], width=110),
    "false_positives": Look(title=words.VERDICT["false_positive"], width=120),
    "benign": Look(title=words.VERDICT["benign"], width=100),
    "unjudged": Look(title=words.VERDICT["unknown"], width=100),
    "false_share": Look(title=Text("误报率", "False share"), unit="percentunit", width=110),
    "handled_min": Look(title=Text("平均处置时长", "Mean handling"), unit="m", width=140),
    "metric": Look(title=Text("项目", "What"), words=words.METRIC),
    "this_period": Look(title=Text("所选时段", "This period"), width=110),
    "day_before": Look(title=Text("昨日同期", "Yesterday"), width=110),
    "week_before": Look(title=Text("上周同期", "Last week"), width=110),
    "technique": Look(title=Text("技术", "Technique"), width=130),
    "rules": Look(title=Text("规则数", "Rules"), width=90),
    "analyst": Look(title=Text("分析员", "Analyst"), width=120),
    "verb": Look(title=words.INCIDENT["act"], words=words.VERB, width=110),
    "refusal": Look(title=Text("拒绝原因", "Why refused"), wrap=True),
    "partition": Look(title=Text("分区", "Partition"), width=90),
    "offset": Look(title=Text("位点", "Offset"), width=100),
    "topic": Look(title=Text("主题", "Topic"), width=170),
    "line": Look(title=Text("行", "Line"), width=70),
    "field": Look(title=Text("领域", "Field"), words=words.FIELD, width=100),
    "is_critical": Look(
        title=Text("关键信息基础设施", "Critical infrastructure"), words=words.YES_NO, width=140
    ),
    "persons": Look(title=Text("个人信息（人）", "Persons' data held"), width=140),
    "data_class_list": Look(title=Text("数据级别", "Data classes"), least_width=180, wrap=True),
    "sources": Look(title=Text("来源数", "Sources"), width=90),
    "source_list": Look(title=Text("产品", "Products"), wrap=True),
    "last_event": Look(title=Text("最近日志", "Last event"), width=170),
    "latitude": Look(title=Text("纬度", "Latitude"), hidden=True),
    "longitude": Look(title=Text("经度", "Longitude"), hidden=True),
    "campaign_id": Look(title=Text("跨企业活动编号", "Campaign id"), hidden=True),
    "campaign": Look(
        title=Text("共同指标", "What they share"),
        link=("campaigns", "campaign", "campaign_id"),
    ),
    "indicator": Look(title=Text("共同指标", "What they share"), link=_TO_ENTITY),
    "indicator_kind": Look(title=Text("类型", "Kind"), words=words.INDICATOR, width=120),
    "campaign_status": Look(title=Text("状态", "Status"), words=words.CAMPAIGN_STATUS, width=100),
    "place": Look(title=Text("次序", "Order"), width=80),
    "first_province": Look(
        title=Text("首发省份", "First province"), words=words.PROVINCE, width=130
    ),
    "first_sector": Look(title=Text("首发行业", "First sector"), words=words.SECTOR, width=150),
    "province_list": Look(title=Text("波及省份", "Provinces"), wrap=True),
    "scenario_list": Look(title=Text("场景", "Scenarios"), wrap=True),
    "change": Look(
        title=Text("差异", "Difference"),
        words=words.CHANGE,
        colours=CHANGE_COLOURS,
        fill=True,
        width=110,
    ),
    "side": Look(title=Text("来源", "Side"), words=words.SIDE, width=130),
    "live": Look(title=Text("实时", "Live"), width=100),
    "again": Look(title=Text("调查", "Investigation"), width=120),
    "scenario_live": Look(title=Text("场景（实时）", "Scenario, live"), words=words.SCENARIO),
    "scenario_again": Look(
        title=Text("场景（调查）", "Scenario, investigation"), words=words.SCENARIO
    ),
    "rule_sets": Look(title=Text("规则集", "Rule sets"), wrap=True),
    "first_received_at": Look(title=Text("最早接收", "First received"), width=170),
    "name_dark": Look(title=Text("名称", "Name"), hidden=True),
    "name_light": Look(title=Text("名称", "Name"), hidden=True),
    "figures_dark": Look(title=Text("数量", "Figures"), hidden=True),
    "figures_light": Look(title=Text("数量", "Figures"), hidden=True),
    "threshold": Look(
        title=Text("门槛", "Threshold"), words=words.THRESHOLD, wrap=True, least_width=260
    ),
    "threshold_state": Look(
        title=Text("状态", "State"),
        words=words.THRESHOLD_STATE,
        colours=THRESHOLD_COLOURS,
        fill=True,
        width=130,
    ),
    "duty_between": Look(
        title=Text("报送单位 → 接收单位", "From whom, to whom"), wrap=True, least_width=260
    ),
    "calendar_year": Look(title=Text("年度", "Year"), width=80),
    "figure": Look(title=Text("累计（上限）", "Counted, at most"), width=130),
    "figure_least": Look(title=Text("至少", "At least"), width=120),
    "threshold_bound": Look(title=Text("门槛数", "Bound"), width=120),
    "threshold_share": Look(title=Text("占门槛", "Share"), unit="percent", width=100),
    "undeclared": Look(title=Text("未说明依据", "Without a ground"), width=120),
    "exports": Look(title=Text("出境次数", "Exports"), width=100),
    "export_sets": Look(title=Text("人员集合", "Sets of persons"), width=110),
    "export_persons": Look(title=Text("个人信息（人）", "Persons"), width=130),
    "export_persons_least": Look(title=Text("至少（人）", "At least"), width=110),
    "sensitive_persons": Look(title=Text("敏感个人信息（人）", "Persons, sensitive"), width=150),
    "sensitive_persons_least": Look(title=Text("至少（人）", "At least"), width=110),
    "important_exports": Look(title=Text("重要数据（次）", "Important data"), width=120),
    "exempt_persons": Look(title=Text("豁免（人）", "Exempt persons"), width=120),
    "unstated_exports": Look(title=Text("未说明人数（次）", "Numbers not stated"), width=140),
    "count_basis": Look(title=Text("计数口径", "What it is"), words=words.COUNT_BASIS, width=200),
    "destination": Look(title=Text("国家和地区代码", "Destination"), width=150),
    "crossed_count": Look(title=Text("已达到", "Crossed"), width=100),
    "near_count": Look(title=Text("接近", "Near"), width=100),
    "target": Look(title=Text("目标", "Target"), words=words.TARGET, width=220),
    "target_state": Look(
        title=Text("状态", "State"),
        words=words.TARGET_STATE,
        colours=TARGET_COLOURS,
        fill=True,
        width=120,
    ),
    "amount": Look(title=Text("要求", "Amount"), width=110),
    "achieved": Look(title=Text("完成", "Done"), width=110),
    "expected": Look(title=Text("应完成", "Straight line"), width=110),
    "projected": Look(title=Text("预计", "Projected"), width=110),
    "by_day": Look(title=Text("截止", "By"), width=110),
    "sessions": Look(title=Text("场次", "Sessions"), width=90),
    "person_times": Look(title=Text("人次", "Person-times"), width=110),
    "persons_most": Look(title=Text("人数（上限）", "Persons, at most"), width=120),
    "persons_least": Look(title=Text("人数（下限）", "Persons, at least"), width=120),
    "specialists": Look(title=Text("专业人才", "Specialists"), width=110),
    "standards": Look(title=Text("标准", "Standards"), width=90),
    "cases": Look(title=Text("典型案例", "Typical cases"), width=110),
    "it_spending": Look(title=Text("信息化投入（元）", "IT spending, yuan"), width=160),
    "security_spending": Look(title=Text("安全投入（元）", "Security spending, yuan"), width=160),
    "security_share": Look(
        title=Text("安全投入占比", "Security's share"), unit="percent", width=120
    ),
    "top_tenth_count": Look(title=words.COVERAGE["top_tenth"], width=100),
    "undecided": Look(title=words.COVERAGE["undecided"], width=100),
    "graded_of_all": Look(title=words.COVERAGE["graded_of_all"], width=130),
    "assessment_required": Look(title=words.COVERAGE["assessment_required"], width=110),
    "revenue_place": Look(title=words.COVERAGE["place"], width=100),
    "missing_source_list": Look(title=words.COVERAGE["missing_sources"], wrap=True),
    "step": Look(title=words.COVERAGE["task"], words=words.TASK),
    **{f"{step}_count": Look(title=name, width=110) for step, name in words.STEP.items()},
    **{
        step: Look(title=name, words=words.STANDING, colours=STANDING_COLOURS, width=110)
        for step, name in words.STEP.items()
    },
    "label": Look(title=Text("简称", "Short name"), hidden=True),
    **{
        name: Look(title=title, width=170, **_OF_DRILLS.get(name, {}))
        for name, title in words.OF_DRILLS.items()
    },
}
