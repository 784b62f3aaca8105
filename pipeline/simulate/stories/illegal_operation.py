"""Illegal operation by personnel: a database administrator takes the customers' data home."""

from typing import Any, Final

from pipeline.simulate.stories.step import Step, Story

_DBA: Final = {"user": {"name": "<user>", "type_id": 2}}


def _query(text: str, rows_bytes: int = 2_048, **fields: Any) -> dict[str, Any]:
    return {
        "actor": _DBA,
        "src_endpoint": {"ip": "<ip>", "hostname": "<host>"},
        "query_info": {"query_string": text, "bytes": rows_bytes},
        "database": {"name": "CRM", "type_id": 1, "data_classification": {
            "category": "important",
        }},
        **fields,
    }  # fmt: skip


_PREPARATION = (
    Step(0, "authentication", {
        "time_dt": "<iso_local>", "service": {"name": "database"},
        "dst_endpoint": {"hostname": "<db>", "ip": "<db_ip>", "port": 5236},
        "status_id": 1, "is_mfa": False, "session": {"uid": "<guid>"},
    }),
    Step(60, "query", _query("SELECT table_name FROM all_tables WHERE owner='CRM'")),
    Step(180, "query", _query("GRANT DBA TO tmp_<tag>")),
    Step(240, "query", _query("SP_AUDIT_STMT_STOP OFF; NOAUDIT ALL")),
)  # fmt: skip

_EXPORT = (
    Step(420, "query", _query(
        "SELECT id_card, mobile, name, address FROM crm.customer", 1_870_000_000,
        table={"name": "customer"}, activity_id=1, type_uid=600501,
    )),
    Step(700, "query", _query(
        "SELECT * FROM crm.orders WHERE page=<index>", 96_000_000, table={"name": "orders"},
        activity_id=1, type_uid=600501,
    ), 12, 20),
    Step(980, "process", {
        "Image": "C:\\dmdbms\\bin\\dexp.exe", "ParentImage": "C:\\Windows\\System32\\cmd.exe",
        "CommandLine": "dexp.exe SYSDBA/***@<db_ip>:5236 FILE=crm.dmp FULL=Y",
    }),
    Step(1_300, "process", {
        "Image": "C:\\Program Files\\7-Zip\\7z.exe",
        "ParentImage": "C:\\Windows\\System32\\cmd.exe",
        "CommandLine": "7z.exe a -p<word> -mhe=on E:\\家庭照片.7z D:\\导出\\crm.dmp",
    }),
    Step(1_420, "file", {
        "Image": "C:\\Program Files\\7-Zip\\7z.exe", "TargetFilename": "E:\\家庭照片.7z",
    }),
    Step(1_600, "lookup", {
        "Image": "C:\\Users\\<user>\\AppData\\Roaming\\baidu\\BaiduNetdisk\\BaiduNetdisk.exe",
        "QueryName": "pan.baidu.com",
    }),
    Step(1_605, "conn", {
        "id.resp_p": 443, "orig_bytes": "<900000000:1600000000>", "resp_bytes": 4_100_000,
        "duration": 904.2, "service": "ssl",
    }),
)  # fmt: skip

_COVERING = (
    Step(2_000, "query", _query("TRUNCATE TABLE SYSAUDITOR.SYSAUDITRECORDS")),
    Step(2_040, "query", _query("DROP USER tmp_<tag>")),
    Step(2_100, "log_cleared", {}),
)

ILLEGAL_OPERATION: Final = Story(
    "illegal_operation", ("datacentre",), _PREPARATION + _EXPORT + _COVERING
)
