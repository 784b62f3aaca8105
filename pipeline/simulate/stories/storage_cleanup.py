"""A rightful act that rules of level high do answer: the false alarm of an exercise."""

from typing import Final

from pipeline.simulate.stories.step import Step, Story

_SYSTEM32: Final = "C:\\Windows\\System32\\"
_AGENT: Final = "C:\\Program Files\\Backup\\agent.exe"
_BY_BACKUP: Final = {
    "Hostname": "<bk>.<domain>", "User": "CORP\\svc_backup", "ParentImage": _AGENT,
}  # fmt: skip

STORAGE_CLEANUP: Final = Story("storage_cleanup", ("office", "plant", "datacentre"), (
    Step(0, "process", {
        **_BY_BACKUP, "Image": _SYSTEM32 + "wbadmin.exe",
        "CommandLine": "wbadmin.exe delete systemstatebackup -keepVersions:3 -quiet",
    }),
    Step(20, "process", {
        **_BY_BACKUP, "Image": _SYSTEM32 + "wbadmin.exe",
        "CommandLine": "wbadmin.exe delete catalog -quiet",
    }),
    Step(30, "process", {
        **_BY_BACKUP, "Image": _SYSTEM32 + "vssadmin.exe",
        "CommandLine": "vssadmin.exe delete shadows /for=D: /oldest /quiet",
    }),
), hostile=False)  # fmt: skip
