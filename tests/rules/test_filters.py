"""Filters keep rules off the wrong logs, and off nothing else."""

import orjson
import pytest

from pipeline.intake.formats.table import read_fields
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from tests.rules.house_rules import filter_files

AGENT = r"C:\Program Files\Microsoft Monitoring Agent\Agent\MonitoringHost.exe"
SCRIPT = r'"C:\Windows\System32\cscript.exe" /nologo "MonitorKnowledgeDiscovery.vbs"'
PROCESSES = """
title: Any Script Host
id: 0e0f9b0e-3f0c-4f0e-8d55-3a3c1f7c8b12
logsource:
    category: process_creation
    product: windows
detection:
    it:
        CommandLine|contains: cscript
    condition: it
level: medium
"""


@pytest.mark.parametrize(
    ("parent", "command", "fires"),
    [
        (AGENT, SCRIPT, False),
        (AGENT, SCRIPT + " & calc", True),
        (r"C:\Users\li\MonitoringHost.exe", SCRIPT, True),
    ],
    ids=["its own script", "something beside it", "a program of that name elsewhere"],
)
def test_a_monitoring_agent_s_own_script_is_left_out_and_nothing_else_of_it(
    parent: str, command: str, fires: bool
) -> None:
    event = {
        "Channel": "Security",
        "EventID": 4688,
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "NewProcessName": r"C:\Windows\System32\cscript.exe",
        "ParentProcessName": parent,
        "CommandLine": command,
    }
    assert _fires(PROCESSES, event) == fires


SHREDDING = """
title: Anything Kept From Being Overwritten
id: 0e0f9b0e-3f0c-4f0e-8d55-3a3c1f7c8b14
logsource:
    product: windows
    service: sysmon
detection:
    it:
        EventID: 28
    condition: it
level: high
"""
NETWORK_EXPORT = (
    r'reg  export "HKLM\SYSTEM\CurrentControlSet\Control\Winlogon\Notifications"  '
    r"Reg\Notif.reg.txt /y"
)
NETWORK_SCRIPT = r'"C:\Windows\System32\cscript.exe" C:\Windows\System32\gatherNetworkInfo.vbs'


@pytest.mark.parametrize(
    ("image", "file", "fires"),
    [
        (r"C:\Windows\System32\svchost.exe", r"C:\Windows\System32\sru\SRU.log", False),
        (r"C:\Windows\System32\svchost.exe", r"C:\Windows\Temp\a.exe", True),
        (r"C:\Windows\System32\cipher.exe", r"C:\Windows\System32\config\a", True),
        (r"C:\Windows\System32\svchost.exe", r"C:\Users\li\a.docx", True),
        (r"C:\Users\li\sdelete.exe", r"C:\Windows\System32\a.log", True),
    ],
    ids=["a service's own log", "where anyone writes", "an overwriting tool", "a user's", "a tool"],
)
def test_what_the_sensor_blocked_of_windows_itself_is_left_out(
    image: str, file: str, fires: bool
) -> None:
    event = {
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "SourceName": "Microsoft-Windows-Sysmon",
        "EventID": 28,
        "Image": image,
        "TargetFilename": file,
    }
    assert _fires(SHREDDING, event) == fires


@pytest.mark.parametrize(
    ("parent", "parent_command", "command", "fires"),
    [
        ("svchost.exe", "svchost.exe -k netsvcs -s Schedule", NETWORK_SCRIPT, False),
        ("netsh.exe", "netsh  trace stop", NETWORK_SCRIPT, False),
        ("cscript.exe", NETWORK_SCRIPT, "cmd /c cscript x.vbs", False),
        ("cmd.exe", "cmd.exe", NETWORK_EXPORT, False),
        ("cmd.exe", "cmd.exe", NETWORK_EXPORT.replace("Control", "Services") + " cscript", True),
        ("cmd.exe", "cmd.exe", NETWORK_SCRIPT, True),
        ("cscript.exe", NETWORK_SCRIPT + " & calc", "cmd /c cscript x.vbs", True),
        ("svchost.exe", "svchost.exe -k netsvcs", NETWORK_SCRIPT + r" C:\x.vbs", True),
    ],
    ids=[
        "the task",
        "a stopped trace",
        "its commands",
        "its export",
        "another export",
        "by hand",
        "with something beside it",
        "with an argument",
    ],
)
def test_the_network_report_of_windows_is_left_out_where_its_task_makes_it(
    parent: str, parent_command: str, command: str, fires: bool
) -> None:
    event = {
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "SourceName": "Microsoft-Windows-Sysmon",
        "EventID": 1,
        "Image": r"C:\Windows\System32\cscript.exe",
        "ParentImage": "C:\\Windows\\System32\\" + parent,
        "ParentCommandLine": parent_command,
        "CommandLine": command,
        "User": "CORP\\li",
    }
    assert _fires(PROCESSES, event) == fires


def _fires(rule: str, event: dict[str, object]) -> bool:
    texts = [(path.name, path.read_text("utf-8")) for path in filter_files()]
    rules = compile_rules(parse_rules([("rule.yml", rule), *texts]))
    raw = orjson.dumps(event)
    return bool(rules.matches(read_fields("windows", raw), raw))
