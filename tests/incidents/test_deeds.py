"""What was done: the table of deeds, the scenario that it leads to, title and first sentence."""

import re
from pathlib import Path

import pytest

from schemas.deeds import DEEDS, UNKNOWN, Deed, Remote, deed_of, deeds_of
from schemas.detection import Level
from schemas.scenarios import SCENARIOS
from tests.incidents.builders import Desk, detection

KINDS_OF_OBJECT = {
    "summary",
    "file:target",
    "account:target",
    "domain:target",
    "address:target",
}
LSASS = "process:c:\\windows\\system32\\lsass.exe:target"
PROCDUMP = "process:c:\\users\\li\\procdump.exe:tool"


PAGE = Path(__file__).parents[2] / "docs" / "incidents.md"


def test_the_page_has_every_row_with_its_techniques_scenario_and_weight() -> None:
    cells = [line.strip("| ").split(" | ") for line in PAGE.read_text("utf-8").splitlines()]
    told = [(row[0], row[1].lower().split(", "), *row[2:4]) for row in cells if len(row) >= 4]
    for deed in DEEDS:
        techniques = [tag.removeprefix("attack.") for tag in deed.techniques]
        assert (f"`{deed.key}`", techniques, deed.scenario, str(deed.weight)) in told


@pytest.mark.parametrize("deed", [pytest.param(deed, id=deed.key) for deed in DEEDS])
def test_a_row_is_whole_and_each_language_speaks_its_own(deed: Deed) -> None:
    assert deed.scenario in SCENARIOS
    assert deed.techniques
    assert bool(deed.en) == bool(deed.zh)
    assert set(deed.object) <= KINDS_OF_OBJECT
    assert not re.search("[一-鿿，。：（）]", deed.en)
    assert "{host}" in deed.en or not deed.en
    assert "{host}" in deed.zh or not deed.zh
    assert (deed.weight == 0) == (deed.scenario == "other")


def test_no_key_stands_twice_and_every_row_can_be_reached() -> None:
    assert len({deed.key for deed in DEEDS}) == len(DEEDS)
    for deed in DEEDS:
        found = [deed_of((tag,), (*deed.categories, "")[0], deed.needs) for tag in deed.techniques]
        assert deed in found, deed.key


def test_every_scenario_but_other_can_be_led_to() -> None:
    assert {deed.scenario for deed in DEEDS} | {"illegal_operation"} >= SCENARIOS.keys()


@pytest.mark.parametrize(
    ("tags", "category", "remote", "scenario"),
    [
        (("attack.impact", "attack.t1486"), "", "", "ransomware"),
        (("attack.t1490",), "process_creation", "", "ransomware"),
        (("attack.t1490",), "image_load", "", "other"),
        (("attack.t1003.001", "attack.credential-access"), "", "", "credential_theft"),
        (("attack.lateral_movement",), "", "", "lateral_movement"),
        (("cve.2020-1472", "attack.t1210"), "", "", "vulnerability_backdoor"),
        (("cve.2021-1675",), "", "", "vulnerability_backdoor"),
        (("cve.2021-1675", "attack.t1059.001"), "", "", "malware"),
        (("attack.t1219.002",), "", "", "uncontrolled_remote_maintenance"),
        (("attack.t1059", "attack.t1021.006"), "", "", "lateral_movement"),
        (("attack.t1047",), "process_creation", "", "malware"),
        (("attack.t1047",), "process_creation", "case", "lateral_movement"),
        (("attack.t1569.002",), "", "", "malware"),
        (("attack.t1569.002",), "", "rule", "lateral_movement"),
        (("attack.t1021.002",), "process_creation", "", "malware"),
        (("attack.t1133",), "", "", "other"),
        (("attack.t1133",), "", "rule", "uncontrolled_remote_maintenance"),
        (("attack.t1543.003",), "", "case", "persistence"),
        (("attack.t1685.001",), "", "", "defense_impairment"),
        (("attack.t1562.001",), "", "", "defense_impairment"),
        (("attack.t1112",), "registry_set", "", "defense_impairment"),
        (("attack.t1070.004",), "", "", "defense_impairment"),
        (("attack.t1548.002",), "", "", "privilege_escalation"),
        (("attack.t1587.001",), "", "", "malware"),
        (("attack.t1087.002",), "", "", "reconnaissance"),
        (("attack.t1069",), "", "", "reconnaissance"),
        (("attack.t1482",), "", "", "reconnaissance"),
        (("attack.t1041",), "", "", "data_theft"),
        (("tlp.white",), "", "", "other"),
    ],
)
def test_tags_lead_to_scenarios(
    tags: tuple[str, ...], category: str, remote: Remote, scenario: str
) -> None:
    assert deed_of(tags, category, remote).scenario == scenario


def test_a_technique_says_more_than_a_tactic_and_of_many_kin_no_one_is_claimed() -> None:
    assert deed_of(("attack.impact", "attack.t1003.006")).key == "directory_replicated"
    kin = ("attack.t1003.001", "attack.t1003.002", "attack.t1003.006")
    assert [deed.key for deed in deeds_of(kin)] == ["credentials_dumped"]
    assert deed_of(("no.such", "")) == UNKNOWN


def _case(*rules: tuple[Level, str, str]) -> Desk:
    desk = Desk()
    desk.take(
        *(
            detection(
                f"d{place}", place, "host:ws1", "account:li", level=level, tags=(tag,),
                category=category,
            )
            for place, (level, tag, category) in enumerate(rules)
        )
    )  # fmt: skip
    return desk


@pytest.mark.parametrize(
    ("rules", "scenario"),
    [
        (
            [("high", "attack.t1003.003", ""), ("high", "attack.t1490", "image_load")],
            "credential_theft",
        ),
        (
            [("high", "attack.t1548.002", ""), ("informational", "attack.t1531", "")],
            "privilege_escalation",
        ),
        ([("high", "attack.t1003.001", ""), ("medium", "attack.t1490", "")], "credential_theft"),
        ([("critical", "attack.t1003.001", ""), ("high", "attack.t1486", "")], "ransomware"),
        ([("high", "attack.t1059.001", ""), ("medium", "attack.t1491.001", "")], "malware"),
        ([("critical", "attack.t1059.001", ""), ("medium", "attack.t1053.005", "")], "malware"),
        ([("high", "attack.t1047", "process_creation")], "malware"),
        ([("informational", "attack.t1486", ""), ("high", "tlp.white", "")], "other"),
    ],
)
def test_the_gravest_coherent_evidence_decides(
    rules: list[tuple[Level, str, str]], scenario: str
) -> None:
    assert _case(*rules).only().scenario == scenario


def test_one_kind_of_rule_that_comes_in_dozens_does_not_outvote_a_graver_deed() -> None:
    many: list[tuple[Level, str, str]] = [("high", "attack.t1059.001", "")] * 12
    assert _case(("high", "attack.t1003.001", ""), *many).only().scenario == "credential_theft"


def test_a_case_is_told_anew_when_graver_evidence_comes() -> None:
    desk = _case(("high", "attack.t1059.001", ""))
    assert desk.only().scenario == "malware"
    desk.take(
        detection("late", 3, "host:ws1", "account:li", level="high", tags=("attack.t1003.003",))
    )
    assert desk.only().scenario == "credential_theft"
    assert desk.only().title_en.startswith("Credential theft: Domain database (NTDS.dit) of ws1")


def test_title_and_first_sentence_name_deed_object_tool_and_account() -> None:
    desk = Desk()
    desk.take(
        detection(
            "a", 0, "host:ws5:target", "account:li:actor", PROCDUMP, LSASS,
            level="high", tags=("attack.t1003.001",), category="process_access",
        )
    )  # fmt: skip
    case = desk.only()
    said = "LSASS memory of ws5 read by procdump.exe, account li"
    assert case.title_en == f"Credential theft: {said}"
    assert case.story_en.startswith(f"13 September 2020, 20:26 (China Standard Time): {said}. ")
    assert case.title_zh == "凭据窃取：账户 li 使用 procdump.exe 读取 ws5 的 LSASS 内存"


def test_who_used_the_tool_may_be_told_by_other_evidence_of_the_case() -> None:
    desk = Desk()
    desk.take(
        detection("run", 0, "host:ws5:target", "account:li:actor", PROCDUMP, level="low"),
        detection("other", 0, "host:ws6:target", "account:wang:actor", PROCDUMP, level="low"),
        detection(
            "read", 1, "host:ws5:target", PROCDUMP, LSASS, level="high", tags=("attack.t1003.001",)
        ),
    )
    assert "by procdump.exe, account li" in desk.only().title_en


def test_what_no_row_words_is_told_by_the_title_of_its_rule() -> None:
    case = _case(("high", "tlp.white", "")).only()
    assert case.title_en == "Other: “Title of d0” on ws1, account li"
    assert case.title_zh == "其他：账户 li 在 ws1 上触发告警“Title of d0”"


def test_the_cleared_log_does_not_lead_a_case_with_other_deeds() -> None:
    cleared: tuple[Level, str, str] = ("critical", "attack.t1685.005", "")
    assert "Event log of ws1 cleared" in _case(cleared).only().title_en
    case = _case(cleared, ("high", "attack.t1053.005", "")).only()
    assert "Scheduled task" in case.title_en
    assert [one.title for one in case.detections] == ["Title of d1", "Title of d0"]


def test_of_equal_evidence_a_telling_program_leads_not_the_earliest() -> None:
    desk = Desk()
    dull = "process:c:\\windows\\system32\\svchost.exe:tool"
    for name, minute, tool in (("dull", 0, dull), ("telling", 5, PROCDUMP)):
        desk.take(
            detection(
                name, minute, "host:ws5", "account:li", tool, LSASS,
                level="high", tags=("attack.t1003.001",),
            )
        )  # fmt: skip
    assert "by procdump.exe" in desk.only().title_en


def test_what_is_mostly_nobody_s_does_not_lead_because_it_once_named_someone() -> None:
    desk = Desk()
    often = [
        detection(f"o{place}", 0, "host:ws5", level="high", rule="noisy") for place in range(9)
    ]
    desk.take(
        *often,
        detection("o9", 0, "host:ws5", "account:li", level="high", rule="noisy"),
        detection("told", 5, "host:ws5", "account:li", level="high"),
    )
    assert "Title of told" in desk.only().title_en


def test_a_title_is_quoted_once_and_a_fact_is_not_repeated() -> None:
    desk = Desk()
    for place in range(3):
        desk.take(
            detection(
                f"d{place}", place, "host:ws1", "account:li", level="high",
                title="Same" if place < 2 else "Another", summary="whoami /all",
            )
        )  # fmt: skip
    evidence = desk.only().story_en.partition("Gravest evidence: ")[2].partition(". Tactics")[0]
    assert evidence.count("“Same”") == 1
    assert "“Another”" in evidence
    assert evidence.count("whoami /all") == 1


@pytest.mark.parametrize(
    ("command", "is_remote"),
    [
        ('wmic /node:ws6 process call create "a"', True),
        ("Invoke-Command -ComputerName ws6 {a}", True),
        ("schtasks /create /S WS6 /tn a", True),
        (r"copy a.exe \\ws6\C$\a.exe", True),
        (r"wmic /Namespace:\\root\SecurityCenter2 path AntiVirusProduct get a", False),
        (r"copy a.exe \\localhost\C$\a.exe", False),
        (r"type \\.\PhysicalDrive0", False),
        (r'reg save "HKLM\SAM" C:\\temp\\sam', False),
        ("wmic process call create a", False),
    ],
)
def test_a_command_that_names_another_host(command: str, is_remote: bool) -> None:
    desk = Desk()
    desk.take(
        detection(
            "a", 0, "host:ws5", "account:li", level="high", tags=("attack.t1047",), summary=command
        )
    )
    assert (desk.only().scenario == "lateral_movement") == is_remote
