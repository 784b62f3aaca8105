"""Columns of the registry, of campaigns, investigations, data abroad, programme and drills."""

from collections.abc import Mapping
from typing import Any, Final

from dashboards import words
from dashboards.grafana.columns.look import MOMENT, TO_ENTITY, Look
from dashboards.grafana.palette import (
    CHANGE_COLOURS,
    STANDING_COLOURS,
    TARGET_COLOURS,
    THRESHOLD_COLOURS,
)
from dashboards.words import Text

_OF_DRILLS: Final[Mapping[str, dict[str, Any]]] = {
    "drill": {"link": ("drills", "drill", "")},
    "drill_scenario": {"words": words.DRILL_SCENARIO},
    "drill_state": {"words": words.DRILL_STATE},
    "drill_outcome": {"words": words.DRILL_OUTCOME},
    "inject": {"words": words.DRILL_INJECT},
    "question": {"wrap": True},
    **{f"to_{name}": {"unit": "dtdhms"} for name in words.DRILL_MILESTONE},
    **{
        moment: {"unit": MOMENT, "width": 180}
        for moment in (
            "drill_starts_at",
            "drill_ends_at",
            "struck_at",
            "scored_at",
            "last_drill_at",
        )
    },
    "drilled_share": {"unit": "percentunit"},
}

OF_ENTERPRISES: Final[Mapping[str, Look]] = {
    "field": Look(title=Text("领域", "Field"), words=words.FIELD, width=100),
    "is_critical": Look(
        title=Text("关键信息基础设施", "Critical infrastructure"), words=words.YES_NO, width=140
    ),
    "persons": Look(title=Text("个人信息（人）", "Persons' data held"), width=140),
    "data_class_list": Look(title=Text("数据级别", "Data classes"), least_width=180, wrap=True),
    "latitude": Look(title=Text("纬度", "Latitude"), hidden=True),
    "longitude": Look(title=Text("经度", "Longitude"), hidden=True),
    "campaign_id": Look(title=Text("跨企业活动编号", "Campaign id"), hidden=True),
    "campaign": Look(
        title=Text("共同指标", "What they share"),
        link=("campaigns", "campaign", "campaign_id"),
    ),
    "indicator": Look(title=Text("共同指标", "What they share"), link=TO_ENTITY),
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
    "finished_at": Look(title=Text("回放完成时间", "Replay finished"), unit=MOMENT, width=180),
    "rule_sets": Look(title=Text("规则集", "Rule sets"), wrap=True),
    "first_received_at": Look(title=Text("最早接收", "First received"), unit=MOMENT, width=180),
    "name_dark": Look(title=Text("名称", "Name"), hidden=True),
    "name_light": Look(title=Text("名称", "Name"), hidden=True),
    "english_dark": Look(title=Text("英文名称", "Name"), hidden=True),
    "english_light": Look(title=Text("英文名称", "Name"), hidden=True),
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
    "legal_ground": Look(title=Text("依据", "Ground"), words=words.LEGAL_GROUND, width=200),
    "export_purpose": Look(title=Text("目的", "Purpose"), width=200),
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
    "sessions_unnamed": Look(title=Text("未写明单位", "Naming nobody"), width=120),
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
        name: Look(title=title, **{"width": 110, **_OF_DRILLS.get(name, {})})
        for name, title in words.OF_DRILLS.items()
    },
}
