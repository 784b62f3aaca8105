"""Uncontrolled remote maintenance: a supplier's unapproved session ends in a stopped PLC."""

from typing import Any, Final

from pipeline.simulate.stories.step import Step, Story

_SUNLOGIN: Final = "C:\\Program Files\\Oray\\SunLogin\\SunloginClient\\SunloginClient.exe"
_TIA: Final = (
    "C:\\Program Files\\Siemens\\Automation\\Portal V16\\Bin\\Siemens.Automation.Portal.exe"
)


def _on_ews(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "Hostname": "<ews>.<domain>", "User": "<ews>\\engineer"}


def _s7(function: str, code: str, **fields: Any) -> dict[str, Any]:
    return {
        "id.orig_h": "<ews_ip>", "function_name": function, "function_code": code, **fields,
    }  # fmt: skip


_ACCESS = (
    Step(0, "authentication", {
        "user": {"name": "vendor_<tag>", "type_id": 99}, "src_endpoint": {"ip": "<outside>"},
        "dst_endpoint": {"hostname": "<vpn>", "ip": "<vpn_ip>"}, "service": {"name": "vpn"},
        "is_mfa": False, "status_id": 1,
    }),
    Step(2, "tunnel", {
        "user": {"name": "vendor_<tag>", "type_id": 99},
        "session": {"uid": "<guid>", "is_vpn": True, "is_mfa": False},
        "unmapped": {"work_order": "", "assigned_ip": "<prefix>.9.77"},
    }),
    Step(60, "rdp", {
        "id.orig_h": "<prefix>.9.77", "id.resp_h": "<ews_ip>", "cookie": "engineer",
    }),
    Step(61, "logon", {
        "Hostname": "<ews>.<domain>", "TargetUserName": "engineer", "LogonType": "10",
        "IpAddress": "<prefix>.9.77",
    }),
)  # fmt: skip

_TOOL = (
    Step(240, "file", _on_ews({
        "Image": "C:\\Windows\\explorer.exe",
        "TargetFilename": "C:\\Users\\engineer\\Downloads\\SunloginClient_x64.exe",
    })),
    Step(300, "process", _on_ews({
        "Image": _SUNLOGIN, "CommandLine": f'"{_SUNLOGIN}" --mod=install --autorun',
        "ParentImage": "C:\\Windows\\explorer.exe",
    })),
    Step(312, "lookup", _on_ews({"Image": _SUNLOGIN, "QueryName": "rc01.oray.com"})),
    Step(315, "connection", _on_ews({
        "Image": _SUNLOGIN, "SourceIp": "<ews_ip>", "DestinationIp": "<outside_2>",
        "DestinationPort": "443",
    })),
    Step(360, "registry", _on_ews({
        "Image": "C:\\Windows\\regedit.exe", "Details": "DWORD (0x00000000)",
        "TargetObject": "HKLM\\System\\CurrentControlSet\\Control\\Terminal Server"
        "\\fDenyTSConnections",
    })),
)  # fmt: skip

_CONTROL = (
    Step(600, "process", _on_ews({
        "Image": _TIA, "CommandLine": f'"{_TIA}" D:\\轧线\\line2.ap16',
        "ParentImage": "C:\\Windows\\explorer.exe",
    })),
    Step(660, "s7comm", _s7("Setup Communication", "0xf0")),
    Step(664, "s7comm", {
        **_s7("CPU Functions", "0x04"), "rosctr_code": 7, "rosctr_name": "User-Data",
        "subfunction_code": "0x01", "subfunction_name": "Read SZL",
    }, 6, 2),
    Step(780, "s7comm", _s7("Start Upload", "0x1d"), 3, 5),
    Step(900, "s7comm", _s7("PLC Stop", "0x29")),
    Step(906, "s7comm", _s7("Request Download", "0x1a"), 4, 6),
    Step(908, "s7comm", _s7("Download Block", "0x1b"), 16, 2),
    Step(960, "s7comm", _s7("Download Ended", "0x1c"), 4, 1),
    Step(970, "s7comm", _s7("PLC Control", "0x28")),
    Step(1_020, "modbus", {
        "id.orig_h": "<ews_ip>", "func": "WRITE_MULTIPLE_REGISTERS", "address": "<40000:40100>",
        "quantity": 12, "request_values": ["<0:65535>", "<0:65535>"],
    }, 30, 1.5),
    Step(1_100, "iec104", {
        "id.orig_h": "<ews_ip>", "asdu": {
            "info_obj_type": "iec104::C_DC_NA_1", "cause_tx": "iec104::act", "num_ix": 1,
            "common_address": 1,
        },
    }, 6, 3),
)  # fmt: skip

UNCONTROLLED_REMOTE_MAINTENANCE: Final = Story(
    "uncontrolled_remote_maintenance", ("plant",), _ACCESS + _TOOL + _CONTROL
)
