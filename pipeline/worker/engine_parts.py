"""The worker's engine and store, by its settings (shell)."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from pipeline.app.engines import RULE_CACHE, EngineRefused, make_engine
from pipeline.app.registry_reload import RegistryHeld, check_reload
from pipeline.app.stores import StoreFault, open_store
from pipeline.files.event_kinds import prepare_rules
from pipeline.files.registry_file import read_registry_file
from pipeline.files.signed_files import SignedFiles, not_asked
from pipeline.intake.registry import RegistryFault
from pipeline.path import Engine
from pipeline.sigma.reading.documents import RuleFault
from pipeline.worker.settings import WorkerSettings
from sinks.contract import Answer, Rows, Sink, Store
from sinks.engine_tables import SIGNED_FILES

log = structlog.get_logger("fenghuo.worker")

STORE_S: Final = 60.0
"""How long a worker that starts waits for the store that knows which signatures were taken; then
its supervisor may start it again."""
OpenStore: TypeAlias = Callable[[Path | None, str], AbstractContextManager[Sink]]


class EngineParts:
    """The worker's engine and store, by its settings."""

    def __init__(self, settings: WorkerSettings, open_memory: OpenStore = open_store) -> None:
        self._settings = settings
        self._open_memory = open_memory
        self._open = ExitStack()
        self._registry_faults: list[RegistryFault] = []
        self._signed = None if settings.signers is None else SignedFiles(settings.signers)

    def load_engine(self, in_force: Engine | None) -> Engine:
        """The engine of the files as they are. While one is in force, no new faults may come."""
        settings = self._settings
        check = not_asked if self._signed is None else self._signed.check
        if self._signed is not None and in_force is None:
            self._signed.recall(self._taken_before())
        try:
            if in_force is not None:
                self._check_registry(in_force)
            engine = make_engine(
                settings.rules, settings.registry, settings.policy, _log_fault, check
            )
            parsed = None if settings.registry is None else read_registry_file(settings.registry)
        except (RegistryHeld, OSError, ValueError) as fault:
            raise EngineRefused(str(fault)) from fault
        known = set() if in_force is None else {*map(_gist, in_force.rules.faults)}
        new = [each for each in engine.rules.faults if _gist(each) not in known]
        if in_force is not None and new:
            raise EngineRefused("; ".join(map(str, new)))
        self._registry_faults = [] if parsed is None else parsed.faults
        prepare_rules(engine.rules, RULE_CACHE)
        if self._signed is not None:
            self._signed.take()
        elif in_force is None and settings.engine_files():
            log.warning("whoever may write registry, policy and rules decides: FENGHUO_SIGNERS")
        return engine

    def signature_rows(self) -> Rows:
        """Who signed what was taken, for the store to remember."""
        return {} if self._signed is None else self._signed.rows()

    def _taken_before(self) -> list[Answer]:
        """The signatures that workers took, as the store remembers; raises StoreFault."""
        gives_up_at = time.monotonic() + STORE_S
        while True:
            try:
                with self._open_memory(self._settings.store, self._settings.database) as memory:
                    if self._settings.store is not None:
                        memory.migrate()
                    return memory.view(SIGNED_FILES.name)
            except StoreFault as fault:
                if time.monotonic() > gives_up_at:
                    raise
                log.warning("no store that knows which signatures were taken", fault=str(fault))
                time.sleep(1.0)

    def _check_registry(self, in_force: Engine) -> None:
        if self._settings.registry is not None:
            check_reload(self._settings.registry, in_force.registry, self._registry_faults)

    def open_sink(self) -> Store:
        """The store; an embedded one is migrated, a server by `fenghuo migrate`."""
        settings = self._settings
        sink = self._open.enter_context(open_store(settings.store, settings.database))
        if settings.store is not None:
            sink.migrate()
        return sink


def _log_fault(text: str) -> None:
    log.warning("engine files have faults", fault=text)


def _gist(fault: RuleFault) -> tuple[str, str, str, str]:
    """A fault without its line: editing elsewhere in the file does not make it a new one."""
    return fault.file, fault.title, fault.field, fault.problem
