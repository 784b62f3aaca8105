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
    "tier": Term("判定级别", "tier"),
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
AFTER_ACTION: Final[Terms] = {
    "title": Term("应急演练总结报告：{name}", "After-action report: {name}"),
    "mark": Term("演练：{name}", "DRILL: {name}"),
    "organiser": Term("组织单位：{name}", "Organiser: {name}"),
    "printed": Term("生成时间：{moment}", "Made: {moment}"),
    "overview": Term("一、基本情况", "1. Overview"),
    "held": Term(
        "演练“{name}”的情形为{scenario}，时长为{form}，{span}举行，{provinces}个省份的"
        "{enterprises}家单位参演。",
        "The drill “{name}” (scenario: {scenario}; form: {form}) was held {span} with "
        "{enterprises} enterprises of {provinces} provinces.",
    ),
    "sent": Term(
        "共发出模拟日志{sent}条，到达{arrived}条。",
        "{sent} made events were sent, {arrived} arrived.",
    ),
    "paced": Term(
        "演练以{pace}倍速进行；各项用时与法定时限均为实际时间，未按倍速折算。",
        "It was played {pace} times faster; all times and statutory limits are real time.",
    ),
    "stopped": Term("演练中途停止，以下只计已发出的部分。",
                    "It was stopped before its end; what follows is of the part that was sent."),
    "timeline": Term("二、过程", "2. Course"),
    "timeline_note": Term(
        "自演练开始起算；单位数为涉及该事项或达到该节点的单位。",
        "From the drill's start; participants are those that it was put to, or that came to it.",
    ),
    "after_start": Term("开始后", "After the start"),
    "what": Term("事项", "What"),
    "milestones": Term("三、用时", "3. Times"),
    "milestones_note": Term(
        "自该单位首个攻击起算。", "From the first attack at the enterprise itself."
    ),
    "milestone": Term("节点", "Milestone"),
    "hoped": Term("预期", "Hoped for"),
    "reached": Term("达到", "Reached"),
    "median": Term("中位数", "Median"),
    "slowest": Term("最慢", "Slowest"),
    "kept": Term("按预期达到", "As hoped for"),
    "statutory": Term("四、法定报送与时限", "4. Statutory reports beside their limits"),
    "no_reports": Term(
        "演练中没有产生有具体时限的报送义务。",
        "No duty to report with a limit in figures arose.",
    ),
    "law": Term("体系", "Regime"),
    "channel": Term("方式", "Channel"),
    "limit": Term("时限", "Limit"),
    "provinces": Term("五、各省情况", "5. By province"),
    "medians": Term("用时为中位数，只计达到者。", "Times are medians of those who came to it."),
    "province": Term("省份", "Province"),
    "enterprises": Term("六、各单位情况", "6. By enterprise"),
    "comparison": Term("七、与上次演练比较", "7. Beside the last drill of the series"),
    "first_of_series": Term(
        "本系列此前没有已计分的演练。", "No earlier drill of the series has been scored."
    ),
    "compared": Term(
        "上次参演{enterprises}家单位；用时为中位数。",
        "{enterprises} enterprises took part in the last one; times are medians.",
    ),
    "improve": Term("八、需要改进之处", "8. What to improve"),
    "nothing_to_improve": Term(
        "按以上各项，没有需要改进之处。", "By the figures above there is nothing to improve."
    ),
    "and_others": Term("等（另{count}家）", " and {count} others"),
}  # fmt: skip
"""Of the after-action report (`pipeline/drills/after_action.py`)."""
IMPROVE: Final[Terms] = {
    "not_sent": Term(
        "{count}家单位没有发出任何日志（{who}）：检查组织方的演练进程。",
        "Nothing was sent to {count} (events of {who}): look at the organiser's run.",
    ),
    "not_arrived": Term(
        "{count}家单位的日志从未到达（{who}）：检查登记、密钥与接入，成绩不计入处置能力。",
        "The events of {count} never arrived ({who}): look at registry, keys and connection; "
        "this says nothing of how they respond.",
    ),
    "partly_arrived": Term(
        "{count}家单位的日志只到达一部分（{who}）：查看死信与拒收原因。",
        "Of {count} only a part arrived ({who}): look at dead letters and refusals.",
    ),
    "undetected": Term(
        "{count}家单位没有任何告警（{who}）：补充日志来源或规则。",
        "Nothing was detected at {count} ({who}): add log sources or rules.",
    ),
    "missed": Term(
        "{count}家单位有攻击未形成事件（{who}）：复核规则与关联窗口。",
        "At {count} an attack became no incident ({who}): review rules and windows.",
    ),
    "unanswered": Term(
        "{count}家单位有告警而无人处置（{who}）：落实值班与通知。",
        "At {count} nobody answered ({who}): see to who is on duty and how they are told.",
    ),
    "unconfirmed": Term(
        "{count}家单位开始处置但未确认事件已发生（{who}）：未确认则法定报送不起算。",
        "{count} began to handle it and never confirmed that it occurred ({who}): until then "
        "no statutory clock of what has occurred starts.",
    ),
    "wrong_verdicts": Term(
        "{count}家单位研判有误（{who}）：复盘研判依据。",
        "{count} judged wrongly ({who}): go through the grounds again.",
    ),
    "false_alarms": Term(
        "{count}家单位有误报未排除（{who}）：对误报也应作出研判。",
        "{count} left false alarms undismissed ({who}): those want a verdict too.",
    ),
    "reports_late": Term(
        "{count}家单位有法定报送逾期或未报（{who}）：对照时限明确报送责任人。",
        "{count} reported late or not at all ({who}): name who reports, beside the limits.",
    ),
    "questions": Term(
        "{count}家单位未答复媒体提问（{who}）：准备对外口径。",
        "{count} did not answer the journalist ({who}): prepare what is said outside.",
    ),
    "milestones": Term(
        "{count}家单位未全部达到预期节点（{who}）。",
        "{count} did not reach every milestone as hoped for ({who}).",
    ),
}
"""Findings of a drill, each a sentence with who has it, and what to do."""
