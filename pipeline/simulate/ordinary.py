"""Ordinary events: what each kind of network writes on a quiet day, with its weights."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec


class Ordinary(msgspec.Struct, frozen=True):
    """One kind of ordinary event and how often it comes, relative to the others."""

    weight: int
    source: str
    fields: dict[str, Any]


_SYSTEM32: Final = "C:\\Windows\\System32\\"
_BROWSER: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0"
_CHROME: Final = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"


def _started(image: str, command_line: str, parent: str) -> dict[str, Any]:
    return {"Image": image, "CommandLine": command_line, "ParentImage": parent}


def _ran(path: str, command_line: str, user: str) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    shell = {"name": "bash", "path": "/bin/bash", "type_id": 1}
    return {
        "process": {
            "name": name, "cmd_line": command_line, "pid": "<pid>", "user": {"name": user},
            "file": {"name": name, "path": path, "type_id": 1},
        },
        "actor": {
            "user": {"name": user}, "process": {"name": "bash", "pid": "<pid>", "file": shell},
        },
    }  # fmt: skip


_WINDOWS: Final = (
    Ordinary(10, "process", _started(
        _SYSTEM32 + "svchost.exe", "svchost.exe -k netsvcs -p", _SYSTEM32 + "services.exe")),
    Ordinary(8, "process", _started(
        _CHROME, f'"{_CHROME}" --type=renderer --lang=zh-CN', _CHROME)),
    Ordinary(5, "process", _started(
        "C:\\Program Files (x86)\\Kingsoft\\WPS Office\\office6\\wps.exe",
        'wps.exe "D:\\文档\\周报.docx"', "C:\\Windows\\explorer.exe")),
    Ordinary(4, "process", _started(
        "C:\\Program Files (x86)\\Tencent\\WeChat\\WeChat.exe", "WeChat.exe",
        "C:\\Windows\\explorer.exe")),
    Ordinary(2, "process", _started(
        _SYSTEM32 + "ipconfig.exe", "ipconfig", _SYSTEM32 + "cmd.exe")),
    Ordinary(10, "connection", {
        "Image": _CHROME, "DestinationIp": "<outside>", "DestinationPort": "443"}),
    Ordinary(10, "lookup", {"Image": _CHROME, "QueryName": "<word>.example"}),
    Ordinary(6, "file", {
        "Image": _CHROME,
        "TargetFilename": "C:\\Users\\<user>\\AppData\\Local\\Temp\\<word>.tmp"}),
    Ordinary(4, "registry", {
        "Image": "C:\\Windows\\explorer.exe",
        "TargetObject": "HKU\\<user>\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
        "\\RecentDocs\\<word>"}),
    Ordinary(4, "module", {
        "Image": _SYSTEM32 + "svchost.exe", "ImageLoaded": _SYSTEM32 + "cryptsp.dll"}),
    Ordinary(3, "access", {
        "SourceImage": _SYSTEM32 + "svchost.exe", "TargetImage": _SYSTEM32 + "lsass.exe",
        "GrantedAccess": "0x1000", "CallTrace": _SYSTEM32 + "ntdll.dll+9c534"}),
    Ordinary(14, "logon", {"Hostname": "<fs>.<domain>"}),
    Ordinary(2, "logon", {"LogonType": "2", "IpAddress": "127.0.0.1"}),
    Ordinary(2, "logon_failure", {"Hostname": "<fs>.<domain>"}),
    Ordinary(8, "share", {
        "Hostname": "<fs>.<domain>", "ShareName": "\\\\*\\公共",
        "RelativeTargetName": "制度\\<word>.docx"}),
)  # fmt: skip

_NETWORK: Final = (
    Ordinary(14, "conn", {"id.resp_p": 443, "service": "ssl"}),
    Ordinary(4, "conn", {"id.resp_h": "<fs_ip>", "id.resp_p": 445, "local_resp": True}),
    Ordinary(12, "dns", {"id.resp_h": "<dc_ip>", "query": "<word>.example"}),
    Ordinary(3, "http", {"host": "<word>.example", "uri": "/<word>", "user_agent": _BROWSER}),
    Ordinary(8, "ssl", {"server_name": "<word>.example"}),
    Ordinary(1, "rdp", {
        "id.orig_h": "<bastion_ip>", "id.resp_h": "<app_ip>", "cookie": "<user>"}),
    Ordinary(4, "smb_files", {
        "action": "SMB::FILE_OPEN", "path": "\\\\<fs>\\公共", "name": "<word>.xlsx"}),
)  # fmt: skip

_SENSOR: Final = (
    Ordinary(10, "tls", {"tls": {"sni": "<word>.example", "version": "TLS 1.3"}}),
    Ordinary(6, "flow", {"flow": {
        "bytes_toserver": "<200:9000>", "bytes_toclient": "<900:90000>", "state": "closed"}}),
    Ordinary(8, "web", {
        "src_ip": "<outside>", "dest_ip": "<web_ip>", "dest_port": 8080, "http": {
            "hostname": "oa.<domain>", "url": "/portal/<word>.html", "http_method": "GET",
            "status": 200, "http_user_agent": _BROWSER, "protocol": "HTTP/1.1"}}),
    Ordinary(1, "alert", {"alert": {
        "signature": "Outdated TLS version", "signature_id": 9_000_009, "severity": 3,
        "category": "Misc activity", "action": "allowed"}}),
)  # fmt: skip

_PLANT: Final = (
    Ordinary(22, "modbus", {
        "func": "READ_HOLDING_REGISTERS", "address": "<0:120>", "quantity": 10}),
    Ordinary(2, "modbus", {
        "func": "WRITE_SINGLE_REGISTER", "address": "<0:20>", "quantity": 1,
        "request_values": ["<0:200>"]}),
    Ordinary(14, "s7comm", {"function_name": "Read Variable", "function_code": "0x04"}),
    Ordinary(2, "s7comm", {"function_name": "Write Variable", "function_code": "0x05"}),
    Ordinary(12, "iec104", {"asdu": {
        "info_obj_type": "iec104::M_ME_NC_1", "cause_tx": "iec104::spont", "num_ix": 4,
        "common_address": 1}}),
    Ordinary(2, "tunnel", {
        "session": {"uid": "<guid>", "is_vpn": True, "is_mfa": True},
        "unmapped": {"work_order": "WO-<10000:99999>", "assigned_ip": "<prefix>.9.<20:60>"}}),
)  # fmt: skip

_SERVERS: Final = (
    Ordinary(8, "linux_process", _ran("/usr/bin/ls", "ls -l /data", "ops")),
    Ordinary(4, "linux_process", _ran("/usr/bin/tail", "tail -n 100 /opt/oa/logs/app.log", "ops")),
    Ordinary(3, "linux_process", _ran("/usr/bin/df", "df -h", "zabbix")),
    Ordinary(6, "linux_file", {
        "file": {"name": "app.log", "path": "/opt/oa/logs/app.log", "type_id": 1},
        "actor": {"user": {"name": "tomcat"}, "process": {
            "name": "java", "pid": "<pid>",
            "file": {"name": "java", "path": "/usr/bin/java", "type_id": 1}}}}),
    Ordinary(10, "authentication", {
        "service": {"name": "bastion"}, "is_mfa": True, "session": {"uid": "<guid>"}}),
    Ordinary(2, "authentication", {
        "service": {"name": "bastion"}, "is_mfa": True, "status_id": 2,
        "status_detail": "wrong password"}),
    Ordinary(20, "query", {
        "query_info": {
            "query_string": "SELECT id, amount FROM orders WHERE id = ?",
            "bytes": "<200:4000>"}}),
    Ordinary(6, "query", {
        "activity_id": 2, "type_uid": 600502, "query_info": {
            "query_string": "UPDATE stock SET amount = ? WHERE id = ?", "bytes": 64}}),
    Ordinary(5, "tunnel", {
        "session": {"uid": "<guid>", "is_vpn": True, "is_mfa": True},
        "unmapped": {"work_order": "", "assigned_ip": "<prefix>.9.<20:60>"}}),
    Ordinary(4, "network", {
        "dst_endpoint": {"ip": "<db_ip>", "port": 5236},
        "actor": {"user": {"name": "tomcat"}, "process": {"name": "java", "pid": "<pid>"}}}),
    Ordinary(8, "execve", {"argc": 2, "a0": "ls", "a1": "/data", "exe": "/usr/bin/ls"}),
    Ordinary(4, "syscall", {"syscall": "openat", "exe": "/usr/bin/cat", "comm": "cat"}),
    Ordinary(3, "user_login", {"acct": "ops", "addr": "<bastion_ip>", "exe": "/usr/sbin/sshd"}),
)  # fmt: skip

ORDINARY: Final[Mapping[str, Sequence[Ordinary]]] = {
    "office": _WINDOWS + _NETWORK,
    "plant": _WINDOWS + _NETWORK + _PLANT,
    "datacentre": _SERVERS + _SENSOR,
}
"""By kind of network."""
