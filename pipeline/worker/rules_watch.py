"""Changed rules: noticed, compiled aside, put in force between two steps.

A rule set with faults that keep it from compiling changes nothing: the old one stays, and the
alarm stays on until a compilation succeeds.
"""

import asyncio
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import structlog

from pipeline.worker.metrics import Metrics
from pipeline.worker.workbench import Engine

State = TypeVar("State")

log = structlog.get_logger("fenghuo.worker")


class EngineRefused(Exception):
    """Rules, policy or registry have faults: what was in force stays. The message names them."""


class EngineLoader(Protocol[State]):
    """How an engine is made of the files as they are now."""

    def load_engine(self, in_force: Engine[State] | None) -> Engine[State]:
        """The engine; EngineRefused where there are faults that `in_force` had not."""

    def name_rules(self, engine: Engine[State]) -> str:
        """The content id of its rule set."""


class RulesWatch(Generic[State]):
    """Looks whether files changed since the engine in force was made."""

    def __init__(
        self,
        loader: EngineLoader[State],
        in_force: Engine[State],
        folders: tuple[Path, ...],
        metrics: Metrics,
    ) -> None:
        self._loader = loader
        self._in_force = in_force
        self._folders = folders
        self._metrics = metrics
        self._seen = fingerprint(folders)
        metrics.name_rule_set(loader.name_rules(in_force))

    async def look(self) -> Engine[State] | None:
        """The engine to put in force, None where nothing changed or the change has faults."""
        loop = asyncio.get_running_loop()
        seen = await loop.run_in_executor(None, fingerprint, self._folders)
        if seen == self._seen:
            return None
        self._seen = seen
        try:
            engine = await loop.run_in_executor(None, self._loader.load_engine, self._in_force)
        except EngineRefused as faults:
            self._metrics.put("rule_reload_failed", 1)
            log.error("changed rules refused; the old ones stay", faults=str(faults))
            return None
        self._in_force = engine
        self._metrics.put("rule_reload_failed", 0)
        self._metrics.add("rule_reloads")
        name = self._loader.name_rules(engine)
        self._metrics.name_rule_set(name)
        log.info("rules swapped", rule_set_id=name)
        return engine


def fingerprint(folders: Iterable[Path]) -> str:
    """Changes when a file below the folders appears, disappears or is written."""
    digest = blake2b(digest_size=16)
    for file in sorted(_files(folders)):
        facts = file.stat()
        digest.update(f"{file}\0{facts.st_mtime_ns}\0{facts.st_size}\0".encode())
    return digest.hexdigest()


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from (folder.rglob("*.y*ml") if folder.is_dir() else [folder])
