"""Zeek logs as JSON: names stay dotted; `_path` is the service, or the fields tell it."""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.lines import Aliases, Fields, flattened, tagged
from pipeline.sigma.memo import Names, by_names

PATH_CATEGORIES: dict[str, str] = {"dns": "dns"}
"""Log to a category that SigmaHQ's rules of no product use; the others' is not known."""

PATHS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("conn", ("conn_state", "history")),
    ("conn", ("conn_state", "proto")),
    ("http", ("method", "uri", "trans_depth")),
    ("http", ("method", "host", "uri")),
    ("http", ("status_code", "trans_depth")),
    ("dns", ("query", "qtype_name")),
    ("dns", ("query", "qclass")),
    ("dns", ("trans_id", "rejected")),
    ("ssl", ("cipher", "established", "version")),
    ("ssl", ("resumed", "established")),
    ("x509", ("certificate.serial",)),
    ("files", ("fuid", "analyzers")),
    ("smb_files", ("action", "path", "name", "times.modified")),
    ("smb_files", ("action", "path", "size")),
    ("smb_mapping", ("share_type",)),
    ("dce_rpc", ("endpoint", "operation")),
    ("dce_rpc", ("named_pipe", "operation")),
    ("kerberos", ("request_type", "client", "service")),
    ("kerberos", ("request_type", "till")),
    ("ntlm", ("domainname", "server_nb_computer_name")),
    ("ntlm", ("server_dns_computer_name",)),
    ("rdp", ("cookie", "security_protocol")),
    ("rdp", ("cert_count", "keyboard_layout")),
    ("rdp", ("security_protocol", "cert_count")),
    ("ssh", ("auth_attempts", "client")),
    ("ssh", ("host_key_alg", "kex_alg")),
    ("smtp", ("mailfrom", "rcptto")),
    ("smtp", ("helo", "trans_depth")),
    ("ftp", ("command", "reply_code")),
    ("notice", ("note", "actions")),
    ("weird", ("name", "notice", "peer")),
    ("snmp", ("community", "get_requests")),
    ("software", ("software_type", "version.major")),
    ("dhcp", ("mac", "lease_time")),
    ("tunnel", ("tunnel_type",)),
    ("modbus_mask_write_register", ("func", "and_mask")),
    ("modbus_mask_write_register", ("func", "or_mask")),
    ("modbus_read_write_multiple_registers", ("func", "write_start_address")),
    ("modbus_read_write_multiple_registers", ("func", "read_start_address")),
    ("modbus_read_write_multiple_registers", ("func", "read_registers")),
    ("modbus", ("func", "pdu_type")),
    ("modbus", ("func", "exception")),
    ("modbus_detailed", ("func", "request_response")),
    ("modbus_detailed", ("func", "unit")),
    ("dnp3", ("fc_request",)),
    ("dnp3", ("fc_reply",)),
    ("dnp3_control", ("block_type", "index_number")),
    ("dnp3_control", ("block_type", "operation_type")),
    ("dnp3_objects", ("function_code", "object_type")),
    ("s7comm", ("rosctr_name",)),
    ("s7comm_read_szl", ("szl_id",)),
    ("s7comm_upload_download", ("rosctr", "pdu_reference")),
    ("s7comm_plus", ("opcode_name",)),
    ("iec104", ("apdu_type",)),
    ("iec104", ("type_id", "cause_tx")),
    ("iec104", ("asdu_type",)),
    ("opcua-binary", ("opcua_link_id", "identifier_str")),
    ("opcua-binary", ("opcua_link_id",)),
    ("enip", ("enip_command",)),
    ("cip", ("cip_service",)),
    ("bacnet", ("bvlc_function",)),
)
"""Log, and fields that only its rows have together; Zeek's JSON leaves out `_path` by default.
Modbus, DNP3, S7comm, IEC 104, OPC UA, CIP and BACnet: Zeek's own and ICSNPP's parsers. Zeek's own
modbus has `unit` together with `pdu_type` or not at all, so `unit` alone is ICSNPP's."""

NAMES = Aliases(
    {
        "src_ip": ("id.orig_h",),
        "src_port": ("id.orig_p",),
        "dst_ip": ("id.resp_h",),
        "dst_port": ("id.resp_p",),
    }
)
HTTP_NAMES = Aliases(
    {
        "c-uri": ("uri",),
        "c-useragent": ("user_agent",),
        "cs-user-agent": ("user_agent",),
        "cs-method": ("method",),
        "cs-host": ("host",),
        "cs-referer": ("referrer",),
        "sc-status": ("status_code",),
    }
)
DNS_NAMES = Aliases(
    {
        "record_type": ("qtype_name",),
        "answer": ("answers",),
    }
)
NAMES_OF_PATH = {"http": HTTP_NAMES, "dns": DNS_NAMES}

UNKNOWN_PATH = "unknown"
"""The service of a row whose log nothing tells: no rule asks for it, so that a guess cannot raise
another log's alarm."""


def zeek_fields(document: Fields) -> Fields:
    fields = NAMES.add_to(flattened(document))
    path = str(fields.get("_path") or fields.get("path_name") or "") or _PATH_TOLD[tuple(fields)]
    if path in NAMES_OF_PATH:
        NAMES_OF_PATH[path].add_to(fields)
    return tagged(fields, f"{PATH_CATEGORIES.get(path, '')}/zeek/{path}")


def _path_told(names: Names) -> str:
    known = frozenset(names)
    return next((path for path, marks in PATHS if known.issuperset(marks)), UNKNOWN_PATH)


_PATH_TOLD = by_names(_path_told)
"""The log whose rows have fields of these names."""


MARKS = (("_path",), ("uid", "id.orig_h"))


def is_zeek(document: Mapping[str, Any]) -> bool:
    if "_path" in document:
        return True
    return "uid" in document and ("id.orig_h" in document or isinstance(document.get("id"), dict))
