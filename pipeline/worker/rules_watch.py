"""Changed rules: noticed, compiled aside, put in force between two steps.

Rule 1. What has faults that what is in force had not changes nothing: the old one stays, and the
        alarm stays on until a change is taken. A file that is gone is such a fault.
Rule 2. A change is looked at when the files have stood still from one look to the next: what is
        being copied is not read half.
"""

import asyncio
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import structlog

from pipeline.app.engines import EngineRefused
from pipeline.path import Engine
from pipeline.worker.metrics import Metrics

log = structlog.get_logger("fenghuo.worker")


class EngineLoader(Protocol):
    """How an engine is made of the files as they are now."""

    def load_engine(self, in_force: Engine | None) -> Engine:
        """The engine; EngineRefused where there are faults that `in_force` had not."""


class RulesWatch:
    """Looks whether files changed since the engine in force was made."""

    def __init__(
        self, loader: EngineLoader, in_force: Engine, files: tuple[Path, ...], metrics: Metrics
    ) -> None:
        self.in_force = in_force
        self._loader = loader
        self._files = files
        self._metrics = metrics
        self._seen = self._moving = fingerprint(files)
        metrics.name_rule_set(in_force.rules.content_id)

    async def look(self) -> Engine | None:
        """The engine to put in force, None where nothing changed or the change has faults."""
        loop = asyncio.get_running_loop()
        seen = await loop.run_in_executor(None, fingerprint, self._files)
        if seen == self._seen or seen != self._moving:
            self._moving = seen
            return None
        self._seen = seen
        try:
            engine = await loop.run_in_executor(None, self._loader.load_engine, self.in_force)
        except EngineRefused as faults:
            self._metrics.put("rule_reload_failed", 1)
            log.error("changed rules refused; the old ones stay", faults=str(faults))
            return None
        self.in_force = engine
        self._metrics.put("rule_reload_failed", 0)
        self._metrics.add("rule_reloads")
        self._metrics.name_rule_set(engine.rules.content_id)
        log.info("rules swapped", rule_set_id=engine.rules.content_id)
        return engine


def fingerprint(places: Iterable[Path]) -> str:
    """Changes when a file below the places appears, disappears or is written."""
    digest = blake2b(digest_size=16)
    for file in sorted(_files(places)):
        digest.update(f"{file}\0{_facts(file)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _facts(file: Path) -> tuple[int, int, int] | str:
    """What changes with a file; why it cannot be told where it is gone, or out of reach."""
    try:
        facts = file.stat()
    except OSError as fault:
        return str(fault.strerror)
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        if not place.is_dir():
            yield place
        for folder, _, names in os.walk(place):  # which passes by what vanishes meanwhile
            yield from (Path(folder, name) for name in names if name.endswith((".yml", ".yaml")))
