"""The fastest peer, run fairly: rsigma over the same events with the same rules.

`cargo install rsigma --version 0.23.0 --locked --no-default-features
--features evtx,daachorse-index`; found by RSIGMA or on the path. Its log sources are
mapped by a pipeline made from our own table; the last letter of a channel is written as
`?`, because an exact condition would make its index useless.
"""

import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import IO

import msgspec
import yaml

from pipeline.sigma.log_sources import CATEGORIES, EVENT_TYPES, LINUX_SYSMON, SERVICES

EVENT_TYPE_NAMES = {
    "createkey": "CreateKey",
    "deletekey": "DeleteKey",
    "deletevalue": "DeleteValue",
}


class Cost(msgspec.Struct):
    """What one run of a process took: CPU of user and system, and its greatest memory."""

    cpu_s: float
    memory_mb: int


def find_rsigma() -> str | None:
    return os.environ.get("RSIGMA") or shutil.which("rsigma")


def write_pipeline(place: Path) -> None:
    """Log sources to conditions on Channel and EventID, from our table."""
    items = []
    by_category: dict[str, tuple[list[str], tuple[int, ...]]] = {}
    for name, channels, ids in CATEGORIES:
        by_category.setdefault(
            name, ([_loose(each) for each in channels if each != LINUX_SYSMON], ids)
        )
    for name, (loose, ids) in by_category.items():
        conditions: dict[str, object] = {"Channel": loose, "EventID": list(ids)}
        if name in EVENT_TYPES:
            conditions["EventType"] = [EVENT_TYPE_NAMES[each] for each in EVENT_TYPES[name]]
        items.append(_item(f"category_{name}", conditions, "category", name))
    for name, names in SERVICES.items():
        wanted = [_loose(each) for each in names if each != LINUX_SYSMON]
        items.append(_item(f"service_{name}", {"Channel": wanted}, "service", name))
    document = {"name": "channels", "priority": 10, "transformations": items}
    place.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _loose(channel: str) -> str:
    return channel[:-1] + "?"


def _item(name: str, conditions: dict[str, object], key: str, value: str) -> dict[str, object]:
    rule = {"type": "logsource", "product": "windows", key: value}
    return {
        "id": name,
        "type": "add_condition",
        "conditions": conditions,
        "rule_conditions": [rule],
    }


def run_rsigma(
    binary: str, rules: Path, pipeline: Path, events: Path, output: IO[bytes], *more: str
) -> Cost:
    """One run on one core over an NDJSON file, matches to `output`."""
    command = [binary, "engine", "eval", "-r", str(rules), "-p", str(pipeline), "--no-stats", *more]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    with events.open("rb") as source:
        process = subprocess.Popen(
            command, stdin=source, stdout=output, stderr=subprocess.DEVNULL, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"rsigma ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def own_cost(before: resource.struct_rusage) -> Cost:
    """What this process took since `before`."""
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, now.ru_maxrss // 1024)
