"""Look-alikes: the same tools in rightful hands, to which no rule of level high may answer."""

from typing import Final

from pipeline.simulate.stories.step import Step, Story

_SYSTEM32: Final = "C:\\Windows\\System32\\"

_BACKUP = Story("nightly_backup", ("office", "plant"), (
    Step(0, "process", {
        "Hostname": "<bk>.<domain>", "User": "CORP\\svc_backup",
        "Image": _SYSTEM32 + "vssadmin.exe", "CommandLine": "vssadmin.exe list shadows",
        "ParentImage": "C:\\Program Files\\Backup\\agent.exe",
    }),
    Step(5, "process", {
        "Hostname": "<bk>.<domain>", "User": "CORP\\svc_backup",
        "Image": _SYSTEM32 + "wbadmin.exe",
        "CommandLine": "wbadmin.exe start backup -backupTarget:F: -include:D: -quiet",
        "ParentImage": "C:\\Program Files\\Backup\\agent.exe",
    }),
    Step(30, "conn", {
        "id.orig_h": "<fs_ip>", "id.resp_h": "<bk_ip>", "id.resp_p": 445, "local_resp": True,
        "orig_bytes": "<3000000000:4000000000>", "resp_bytes": 900_000, "service": "smb",
    }),
), hostile=False)  # fmt: skip

_ARCHIVE = Story("project_archive", ("office",), (
    Step(0, "file", {
        "Image": "C:\\Program Files\\7-Zip\\7zG.exe",
        "TargetFilename": "D:\\归档\\项目-<index>.7z",
    }, 12, 2),
    Step(40, "process", {
        "Image": "C:\\Program Files\\7-Zip\\7zG.exe", "ParentImage": "C:\\Windows\\explorer.exe",
        "CommandLine": '7zG.exe a "D:\\归档\\项目.7z" "D:\\项目"',
    }),
), hostile=False)  # fmt: skip

_HELPDESK = Story("helpdesk_check", ("office", "plant"), (
    Step(0, "process", {
        "Image": _SYSTEM32 + "whoami.exe", "CommandLine": "whoami",
        "ParentImage": _SYSTEM32 + "cmd.exe",
    }),
    Step(40, "process", {
        "Image": _SYSTEM32 + "ipconfig.exe", "CommandLine": "ipconfig /all",
        "ParentImage": _SYSTEM32 + "cmd.exe",
    }),
    Step(55, "process", {
        "Image": _SYSTEM32 + "net.exe", "CommandLine": "net stop Spooler",
        "ParentImage": _SYSTEM32 + "cmd.exe",
    }),
), hostile=False)  # fmt: skip

_MAINTENANCE = Story("approved_maintenance", ("plant",), (
    Step(0, "authentication", {
        "user": {"name": "vendor_approved", "type_id": 99}, "src_endpoint": {"ip": "<outside>"},
        "dst_endpoint": {"hostname": "<vpn>", "ip": "<vpn_ip>"}, "service": {"name": "vpn"},
        "is_mfa": True,
    }),
    Step(1, "tunnel", {
        "user": {"name": "vendor_approved", "type_id": 99},
        "session": {"uid": "<guid>", "is_vpn": True, "is_mfa": True},
        "unmapped": {"work_order": "WO-<10000:99999>", "assigned_ip": "<prefix>.9.78"},
    }),
    Step(120, "s7comm", {
        "id.orig_h": "<ews_ip>", "function_name": "Read Variable", "function_code": "0x04",
    }, 8, 4),
), hostile=False)  # fmt: skip

_DEPLOYMENT = Story("release_deployment", ("datacentre",), (
    Step(0, "linux_process", {
        "process": {
            "name": "systemctl", "cmd_line": "systemctl restart oa", "pid": "<pid>",
            "file": {"name": "systemctl", "path": "/usr/bin/systemctl", "type_id": 1},
            "user": {"name": "deploy"},
        },
        "actor": {"user": {"name": "deploy"}, "process": {
            "name": "sudo", "pid": "<pid>",
            "file": {"name": "sudo", "path": "/usr/bin/sudo", "type_id": 1},
        }},
    }),
    Step(10, "linux_file", {
        "file": {
            "name": "release.war", "path": "/opt/oa/tomcat/webapps/release.war", "type_id": 1,
        },
        "actor": {"user": {"name": "deploy"}, "process": {
            "name": "rsync", "pid": "<pid>",
            "file": {"name": "rsync", "path": "/usr/bin/rsync", "type_id": 1},
        }},
    }),
), hostile=False)  # fmt: skip

_REPORTING = Story("monthly_report", ("datacentre",), (
    Step(0, "query", {
        "actor": {"user": {"name": "report_ro"}},
        "query_info": {
            "query_string": "SELECT region, SUM(amount) FROM orders GROUP BY region",
            "bytes": 48_000,
        },
    }, 5, 11),
    Step(70, "query", {
        "actor": {"user": {"name": "<user>", "type_id": 2}},
        "src_endpoint": {"ip": "<bastion_ip>"},
        "query_info": {"query_string": "ANALYZE TABLE orders", "bytes": 512},
    }),
), hostile=False)  # fmt: skip

LOOKALIKES: Final = (_BACKUP, _ARCHIVE, _HELPDESK, _MAINTENANCE, _DEPLOYMENT, _REPORTING)
