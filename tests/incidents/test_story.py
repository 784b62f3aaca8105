"""Scenario, title and story: made from facts, readable, the same whatever the order."""

from schemas.attack import TACTICS, tactics_of, techniques_of
from schemas.detection import Level
from schemas.scenarios import SCENARIOS
from tests.incidents.builders import Desk, detection

REQUIRED = {
    "ransomware",
    "vulnerability_backdoor",
    "illegal_operation",
    "uncontrolled_remote_maintenance",
    "data_leak",
    "credential_theft",
    "lateral_movement",
    "malware",
    "persistence",
    "industrial_control",
    "denial_of_service",
    "other",
}


def test_the_table_has_the_scenarios_that_the_plan_names() -> None:
    assert SCENARIOS.keys() >= REQUIRED
    assert all(row.zh and row.en and row.category and row.subcategory for row in SCENARIOS.values())


def _scenario(*rules: tuple[Level, str]) -> str:
    desk = Desk()
    desk.take(
        *(
            detection(f"d{place}", place, "host:ws1", level=level, tags=(tag,))
            for place, (level, tag) in enumerate(rules)
        )
    )
    return desk.only().scenario


def test_harm_outweighs_the_means() -> None:
    assert _scenario(("critical", "attack.t1003"), ("high", "attack.t1486")) == "ransomware"


def test_grave_evidence_outweighs_many_lesser_signs() -> None:
    lesser: list[tuple[Level, str]] = [("medium", "attack.t1486")] * 3
    assert _scenario(("high", "attack.t1003"), *lesser) == "credential_theft"


def test_most_votes_decide_between_means() -> None:
    assert (
        _scenario(("high", "attack.t1190"), ("high", "attack.t1021"), ("high", "attack.t1021.001"))
        == "lateral_movement"
    )


def test_what_leads_nowhere_is_other() -> None:
    assert _scenario(("high", "tlp.white")) == "other"


def test_tactics_are_told_in_the_order_in_which_they_were_seen() -> None:
    desk = Desk()
    desk.take(detection("b", 5, "host:ws1", level="high", tags=("attack.initial_access",)))
    desk.take(detection("a", 1, "host:ws1", level="high", tags=("attack.impact", "attack.t1490")))
    assert desk.only().tactics == ("impact", "initial-access")
    assert desk.only().techniques == ("T1490",)
    assert "Tactics in order: Impact → Initial Access." in desk.only().story_en


def test_the_story_names_who_where_what_when_and_how_often() -> None:
    desk = Desk()
    for place in range(3):
        desk.take(
            detection(
                f"d{place}",
                place,
                "host:ws1.corp.example:target",
                "account:li:actor",
                "account:system:actor",
                "address:203.0.113.9:target",
                "process:c:\\windows\\system32\\vssadmin.exe:tool",
                level="critical",
                rule="shadow",
                tags=("attack.impact", "attack.t1490"),
                summary="vssadmin.exe delete shadows\n /all /quiet",
            )
        )
    incident = desk.only()
    assert incident.title_zh == (
        "勒索病毒攻击：账户 li 使用 vssadmin.exe 破坏或禁用 ws1.corp.example 的恢复手段"
        "（卷影副本、备份）：vssadmin.exe delete shadows /all /quiet"
    )
    assert incident.title_en == (
        "Ransomware: Recovery of ws1.corp.example (shadow copies, backups) destroyed or disabled "
        "by vssadmin.exe, account li: vssadmin.exe delete shadows /all /quiet"
    )
    assert incident.story_en == (
        "13 September 2020, 20:26 to 20:28 (China Standard Time): Recovery of "
        "ws1.corp.example (shadow copies, backups) destroyed or disabled by vssadmin.exe, account "
        "li: vssadmin.exe delete shadows /all /quiet. Account li: 3 detections of 1 rule on "
        "ws1.corp.example "
        "(1 critical). Addresses involved: 203.0.113.9. Gravest evidence: "
        "“Title of shadow” (critical, 3 times): vssadmin.exe delete shadows /all /quiet. "
        "Programs used: vssadmin.exe. Tactics in order: Impact. Why the incident was opened: "
        "a rule of level critical matched. Judged to be: Ransomware (malicious program); "
        "accumulated risk 80, confidence 70 of 100. The tier rises with a registered key "
        "system, important or core data, or a longer outage."
    )
    assert incident.story_zh == (
        "2020年09月13日20时26分至20时28分，账户 li 使用 vssadmin.exe 破坏或禁用 "
        "ws1.corp.example 的恢复手段（卷影副本、备份）：vssadmin.exe delete shadows /all /quiet。"
        "账户 li 在主机 ws1.corp.example 上共触发 1 条规则、3 次告警（严重 1 条）。"
        "涉及地址 203.0.113.9。最重要的证据：“Title of shadow”（严重，3 次）："
        "vssadmin.exe delete shadows /all /quiet。使用的程序：vssadmin.exe。攻击战术依次为：影响。"
        "事件生成依据：有严重规则命中。研判为勒索病毒攻击（恶意程序事件／勒索软件事件），"
        "累积风险 80，置信度 70/100。"
        "如涉及登记的重要系统、重要或核心数据，或中断时间延长，级别将上调。"
    )


def test_a_rule_title_or_command_in_braces_is_told_as_it_is() -> None:
    desk = Desk()
    desk.take(
        detection("a", 0, "host:ws1", level="high", title="{x} %s", summary="${env:comspec} {0}")
    )
    assert "“{x} %s” (high): ${env:comspec} {0}" in desk.only().story_en


def test_what_a_correlation_found_is_told_in_the_language_of_the_story() -> None:
    desk = Desk()
    found = detection(
        "a", 0, "host:ws1", level="high", summary="2 events: A", summary_zh="2 条日志：甲"
    )
    desk.take(found)
    assert "(high): 2 events: A." in desk.only().story_en
    assert "（高危）：2 条日志：甲。" in desk.only().story_zh


def test_old_and_new_spellings_of_tactics_are_known() -> None:
    assert tactics_of(("attack.defense_evasion", "attack.STEALTH", "attack.g0016")) == (
        "defense-evasion",
        "stealth",
    )
    assert techniques_of(("attack.t1059.001", "attack.ta0002", "attack.s0002")) == ("T1059.001",)
    assert all(row.zh and row.en and row.uid for row in TACTICS.values())
