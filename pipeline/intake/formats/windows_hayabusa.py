"""Hayabusa's timelines: what its short names stand for, in JSON and in CSV.

Its default profile shortens channels and the names of data, and its CSV has the data as one text
(hayabusa-rules, `config/channel_abbreviations.txt` and `default_details.txt`). Short names that
mean several things in several events (`User`, `Path`, `SrcIP`) stay what they are.
"""

from pipeline.intake.formats.lines import Fields

MARK = "RuleTitle"
"""A column of every profile, and of no event."""
BETWEEN_DATA = " ¦ "
HOLDERS = ("Details", "ExtraFieldInfo", "AllFieldInfo")

CHANNELS: dict[str, str] = {
    "App": "Application",
    "BitsCli": "Microsoft-Windows-Bits-Client/Operational",
    "CodeInteg": "Microsoft-Windows-CodeIntegrity/Operational",
    "Defender": "Microsoft-Windows-Windows Defender/Operational",
    "DNS-Svr": "DNS Server",
    "DvrFmwk": "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
    "Exchange": "MSExchange Management",
    "Firewall": "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    "LDAP-Cli": "Microsoft-Windows-LDAP-Client/Debug",
    "NTLM": "Microsoft-Windows-NTLM/Operational",
    "OpenSSH": "OpenSSH/Operational",
    "PrintAdm": "Microsoft-Windows-PrintService/Admin",
    "PrintOp": "Microsoft-Windows-PrintService/Operational",
    "PwSh": "Microsoft-Windows-PowerShell/Operational",
    "PwShClassic": "Windows PowerShell",
    "PwShCore": "PowerShellCore/Operational",
    "RDS-LSM": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "Sec": "Security",
    "SmbCliSec": "Microsoft-Windows-SmbClient/Security",
    "Sys": "System",
    "Sysmon": "Microsoft-Windows-Sysmon/Operational",
    "TaskSch": "Microsoft-Windows-TaskScheduler/Operational",
    "WMI": "Microsoft-Windows-WMI-Activity/Operational",
    "WinRM": "Microsoft-Windows-WinRM/Operational",
}
NAMES: dict[str, str] = {
    "Cmd": "CommandLine",
    "CmdLine": "CommandLine",
    "Cmdline": "CommandLine",
    "ParentCmd": "ParentCommandLine",
    "ParentCmdline": "ParentCommandLine",
    "ScriptBlock": "ScriptBlockText",
}
OF_SYSMON = NAMES | {"Proc": "Image"}
"""Of Sysmon's events; elsewhere `Proc` is a `ProcessName` or an `Application` as well."""


def name_in_full(document: Fields) -> None:
    """Changes a row of a timeline in place: its channel in full, its data as an object."""
    channel = document.get("Channel")
    if isinstance(channel, str):
        document["Channel"] = CHANNELS.get(channel, channel)
    names = OF_SYSMON if document.get("Channel") == CHANNELS["Sysmon"] else NAMES
    for holder in HOLDERS:
        data = document.get(holder)
        if isinstance(data, str) and ": " in data:
            parts = (part.partition(": ") for part in data.split(BETWEEN_DATA))
            data = {name.strip(): value for name, sign, value in parts if sign}
        if isinstance(data, dict):
            document[holder] = {names.get(name, name): value for name, value in data.items()}
