"""Columns of incidents: tiers, judgements, duties, what analysts did."""

from collections.abc import Mapping
from typing import Final

from dashboards import words
from dashboards.grafana.columns.look import MOMENT, TO_ENTERPRISE, TO_INCIDENT, TO_PROVINCE, Look
from dashboards.grafana.palette import (
    GRADE_COLOURS,
    JUDGEMENT_COLOURS,
    LEVEL_COLOURS,
    OUTCOME_COLOURS,
    STATE_COLOURS,
)
from dashboards.words import Text


def _judgement(title: Text) -> Look:
    return Look(title=title, words=words.JUDGEMENT, colours=JUDGEMENT_COLOURS, fill=True, width=150)


OF_INCIDENTS: Final[Mapping[str, Look]] = {
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
    "became": Look(
        title=Text("变为", "Became"),
        words={**words.JUDGEMENT, **words.STATUS},
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
    "combined_miit_tier": _judgement(Text("合并级别（工信部）", "Combined, MIIT")),
    "combined_cac_tier": _judgement(Text("合并级别（网信办）", "Combined, CAC")),
    "limb_tier": Look(title=words.INCIDENT["tier"], words=words.TIER, width=130),
    "tier_low": Look(title=Text("估计下限", "Lowest"), words=words.TIER, width=110),
    "tier_likely": Look(title=Text("最可能", "Likely"), words=words.TIER, width=110),
    "tier_high": Look(title=Text("估计上限", "Highest"), words=words.TIER, width=110),
    "override_tier": Look(title=words.INCIDENT["expert"], words=words.TIER, width=110),
    "override_by": Look(title=Text("专家", "Expert"), width=110),
    "regime": Look(title=Text("体系", "Regime"), words=words.REGIME_SHORT, width=100),
    "province": Look(
        title=words.INCIDENT["province"], words=words.PLACE, width=120, link=TO_PROVINCE
    ),
    "enterprise": Look(
        title=words.INCIDENT["enterprise"], width=230, link=TO_ENTERPRISE, wrap=True
    ),
    "incident_title": Look(title=words.INCIDENT["incident"], least_width=300, wrap=True),
    "incident": Look(
        title=words.INCIDENT["incident"], link=TO_INCIDENT, least_width=300, wrap=True
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
    "occurred": Look(title=Text("性质", "Nature"), words=words.OCCURRED, width=110),
    "basis": Look(title=Text("依据", "Basis"), words=words.BASIS, width=100),
    "channel": Look(title=Text("方式", "Channel"), words=words.CHANNEL, width=90),
    "tactic": Look(title=Text("战术", "Tactic"), words=words.TACTIC, width=190),
    "left": Look(title=Text("剩余", "Left"), width=192),
    "due_at": Look(title=Text("到期", "Due"), unit=MOMENT, width=180),
    "done_at": Look(title=Text("完成", "Done"), unit=MOMENT, width=180),
    "starts_at": Look(title=Text("起算", "Clock started"), unit=MOMENT, width=180),
    "first_time": Look(title=words.INCIDENT["first_time"], unit=MOMENT, width=180),
    "last_time": Look(title=words.INCIDENT["last_time"], unit=MOMENT, width=180),
    "opened_at": Look(title=words.INCIDENT["opened_at"], unit=MOMENT, width=180),
    "found_late_at": Look(title=words.INCIDENT["found_late_at"], unit=MOMENT, width=180),
    "assessed_at": Look(title=Text("评定", "Assessed"), unit=MOMENT, width=180),
    "revised_at": Look(title=Text("修订时间", "Revised"), unit=MOMENT, width=180),
    "said_at": Look(title=Text("时间", "Said"), unit=MOMENT, width=180),
    "duty": Look(
        title=Text("报送单位 → 接收单位", "From whom, to whom"),
        wrap=True,
        link=TO_INCIDENT,
        least_width=210,
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
    "sector": Look(title=Text("行业", "Sector"), words=words.SECTOR, width=180),
    "confidence": Look(title=Text("置信度", "Confidence"), unit="percent", width=90),
    "risk": Look(title=Text("风险值", "Risk"), width=90),
    "assignee": Look(title=Text("负责人", "Assignee"), width=110),
    "revision": Look(title=Text("修订", "Revision"), width=80),
    "incidents": Look(title=Text("事件数", "Incidents"), width=90),
    "occurred_count": Look(title=words.OCCURRED["true"], width=130),
    "suspected_count": Look(title=words.OCCURRED["false"], width=110),
    "since_yesterday": Look(title=Text("较昨日", "Since yesterday"), width=140),
    "metric": Look(title=Text("项目", "What"), words=words.METRIC),
    "changed_at": Look(title=Text("时间", "When"), unit=MOMENT, width=180),
    "what_changed": Look(title=Text("变化", "Change"), words=words.CHANGED, width=120),
    "today": Look(title=Text("近 24 小时", "Last 24 h"), width=110),
    "this_week": Look(title=Text("近 7 日", "Last 7 days"), width=110),
    "this_period": Look(title=Text("所选时段", "This period"), width=110),
    "day_before": Look(title=Text("昨日同期", "Day before"), width=110),
    "week_before": Look(title=Text("上周同期", "Week before"), width=110),
    "analyst": Look(title=Text("分析员", "Analyst"), width=120),
    "verb": Look(title=words.INCIDENT["act"], words=words.VERB, width=110),
    "refusal": Look(title=Text("拒绝原因", "Why refused"), wrap=True),
    "accepted": Look(title=Text("接受", "Accepted"), words=words.YES_NO, width=90),
}
