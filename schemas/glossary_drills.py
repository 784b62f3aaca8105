"""Words about drills, part of the one glossary (`schemas/glossary.py`)."""

from typing import Final

from schemas.glossary import Term, Terms

DRILL: Final[Terms] = {
    "drill": Term("演练", "drill"),
    "series": Term("演练系列", "series"),
    "drill_scenario": Term("演练情形", "scenario"),
    "drill_form": Term("时长", "form"),
    "aim": Term("内容", "what happens"),
    "organiser": Term("组织单位", "organiser"),
    "participant": Term("参演单位", "participant"),
    "participants": Term("参演单位数", "participants"),
    "drill_starts_at": Term("开始时间", "start"),
    "drill_ends_at": Term("结束时间", "end"),
    "struck_at": Term("首个攻击时间", "first attack"),
    "pace": Term("倍速", "pace"),
    "drill_state": Term("状态", "state"),
    "inject": Term("导调事项", "inject"),
    "injects": Term("导调事项数", "injects"),
    "sent_events": Term("已发日志", "events sent"),
    "arrived_events": Term("已达日志", "events arrived"),
    "drill_outcome": Term("演练结果", "result of the drill"),
    "question": Term("提问内容", "what is asked"),
    "unanswered": Term("无人处置", "nobody answered"),
    "not_arrived": Term("未到达", "events never arrived"),
    "completed": Term("已完成", "completed"),
    "drilled": Term("一年内已演练", "drilled within the year"),
    "not_drilled": Term("一年内未演练", "not drilled within the year"),
    "drilled_share": Term("演练率", "share drilled"),
    "last_drill_at": Term("最近演练", "last drill"),
}
SCENARIO: Final[Terms] = {
    "ransomware": Term("勒索病毒攻击", "ransomware"),
    "vulnerability_backdoor": Term("漏洞后门", "vulnerability and backdoor"),
    "illegal_operation": Term("人员违规操作", "illegal operation by personnel"),
    "uncontrolled_remote_maintenance": Term("非受控远程运维", "uncontrolled remote maintenance"),
    "provincial_campaign": Term("多省联合攻击", "campaign over several provinces"),
    "supply_chain_update": Term("供应链更新投毒", "poisoned supply-chain update"),
}
"""Of the library of drills (`pipeline/drills/library.py`)."""
FORM: Final[Terms] = {
    "short": Term("短（15分钟）", "short (15 minutes)"),
    "long": Term("长（一天）", "long (a day)"),
}
STATE: Final[Terms] = {
    "planned": Term("已计划", "planned"),
    "running": Term("进行中", "running"),
    "finished": Term("已结束", "finished"),
    "stopped": Term("已中止", "stopped"),
}
INJECT: Final[Terms] = {
    "attack": Term("攻击", "attack"),
    "second_wave": Term("二次攻击", "second wave"),
    "false_alarm": Term("误报", "false alarm"),
    "silence": Term("数据中断", "silence"),
    "late": Term("数据迟到", "late events"),
    "question": Term("媒体提问", "journalist's question"),
}
MILESTONE: Final[Terms] = {
    "detection": Term("首个告警", "first detection"),
    "incident": Term("生成事件", "incident"),
    "tier": Term("判定等级", "tier"),
    "command": Term("首次处置", "first command"),
    "confirmation": Term("确认发生", "confirmation"),
}
OUTCOME: Final[Terms] = {
    "not_sent": Term("未发出", "nothing was sent"),
    "not_arrived": Term("未到达", "events never arrived"),
    "undetected": Term("未发现", "undetected"),
    "unanswered": Term("无人处置", "nobody answered"),
    "unfinished": Term("未办结", "unfinished"),
    "completed": Term("已完成", "completed"),
}
"""How far it came at an enterprise: that nothing arrived is told from that nobody answered."""
SCORE: Final[Terms] = {
    "attacks": Term("攻击数", "attacks"),
    "missed": Term("漏报", "missed"),
    "right_scenarios": Term("情形判断正确", "rightly named"),
    "right_verdicts": Term("研判正确", "right verdicts"),
    "wrong_verdicts": Term("研判错误", "wrong verdicts"),
    "false_alarms": Term("误报未排除", "false alarms left"),
    "reports": Term("应报送", "reports due"),
    "reports_in_time": Term("按时报送", "reported in time"),
    "reports_late": Term("逾期报送", "reported late"),
    "milestones": Term("预期节点", "milestones"),
    "milestones_met": Term("达到节点", "milestones met"),
    "questions": Term("提问", "questions"),
    "questions_answered": Term("已答复", "questions answered"),
    "scored_at": Term("计分时间", "scored"),
}
