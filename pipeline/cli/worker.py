"""`fenghuo worker`: the stream processor, as a process (shell)."""

from contextlib import ExitStack
from pathlib import Path

import click

from pipeline.cli.checks import engine_checks, unbearable
from pipeline.cli.engines import load_engine
from pipeline.cli.registry_reload import RegistryHeld, check_reload
from pipeline.cli.stores import open_sink
from pipeline.files.registry_file import read_registry_file
from pipeline.intake.registry import RegistryFault
from pipeline.kafka.faults import KafkaFault
from pipeline.path import Engine
from pipeline.sigma.matching.plan_router import Effort
from pipeline.sigma.reading.documents import RuleFault
from pipeline.state import State, decode_state, encode_state, fresh_state
from pipeline.worker.process import serve
from pipeline.worker.rules_watch import EngineRefused
from pipeline.worker.settings import SettingsFault, WorkerSettings, read_settings
from sinks.contract import Rows, Store
from sinks.log_tables import ENTERPRISES

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


class EngineCodec:
    """The engine's states, as `pipeline/state.py` keeps them."""

    def fresh(self, key: str) -> State:
        return fresh_state(key)

    def encode(self, state: State) -> bytes:
        return encode_state(state)

    def decode(self, key: str, data: bytes) -> State:
        return decode_state(key, data)


class EngineParts:
    """The worker's engine and store, by its settings."""

    codec = EngineCodec()

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._open = ExitStack()
        self._registry_faults: list[RegistryFault] = []

    def load_engine(self, in_force: Engine | None) -> Engine:
        """The engine of the files as they are. While one is in force, no new faults may come."""
        settings = self._settings
        try:
            if in_force is not None:
                self._check_registry(in_force)
            engine = load_engine(settings.rules, settings.registry, settings.policy)
            parsed = None if settings.registry is None else read_registry_file(settings.registry)
        except (click.ClickException, RegistryHeld, OSError, ValueError) as fault:
            raise EngineRefused(str(fault)) from fault
        known = set() if in_force is None else {*map(_gist, in_force.rules.faults)}
        new = [each for each in engine.rules.faults if _gist(each) not in known]
        if in_force is not None and new:
            raise EngineRefused("; ".join(map(str, new)))
        self._registry_faults = [] if parsed is None else parsed.faults
        return engine

    def _check_registry(self, in_force: Engine) -> None:
        if self._settings.registry is not None:
            check_reload(self._settings.registry, in_force.registry, self._registry_faults)

    def effort(self, engine: Engine) -> Effort:
        """What events have made its rule set do."""
        return engine.rules.effort

    def name_rules(self, engine: Engine) -> str:
        """The content id of the rule set."""
        return engine.rules.content_id

    def introduce(self, engine: Engine) -> Rows:
        """The registry, for the store's table of enterprises."""
        return {ENTERPRISES.name: [ENTERPRISES.row(each) for each in engine.registry.values()]}

    def open_sink(self) -> Store:
        """The store; an embedded one is migrated, a server by `fenghuo migrate`."""
        settings = self._settings
        sink = self._open.enter_context(open_sink(settings.store, settings.database))
        if settings.store is not None:
            sink.migrate()
        return sink


def _gist(fault: RuleFault) -> tuple[str, str, str, str]:
    """A fault without its line: editing elsewhere in the file does not make it a new one."""
    return fault.file, fault.title, fault.field, fault.problem


@click.command("worker")
@click.option("--bootstrap", "kafka_bootstrap", help="Kafka, host:port,…; FENGHUO_KAFKA_BOOTSTRAP.")
@click.option("--kafka-user", help="SASL/SCRAM-SHA-512 user; FENGHUO_KAFKA_USER.")
@click.option("--kafka-ca", type=_PATH, help="CA certificate, sets TLS; FENGHUO_KAFKA_CA.")
@click.option("--group", help="Consumer group; FENGHUO_GROUP.")
@click.option("--prefix", "topic_prefix", help="Prefix of all topics; FENGHUO_TOPIC_PREFIX.")
@click.option("--store", type=_FOLDER, help="Folder of an embedded store; FENGHUO_STORE.")
@click.option("--database", help="Database of the store; FENGHUO_DATABASE.")
@click.option(
    "--rules", multiple=True, type=click.Path(path_type=Path), help="Several folders may be given."
)
@click.option("--registry", type=_PATH, help="Who may publish.")
@click.option("--policy", type=_PATH, help="Policy file.")
@click.option("--health-port", type=int, help="Health and metrics; FENGHUO_HEALTH_PORT.")
def worker_command(rules: tuple[Path, ...], **options: object) -> None:
    """Read events and commands from Kafka, and write what they come to into the store.

    Every setting has an environment variable, FENGHUO_<NAME>; an option comes first. Start as
    many workers as there are cores, at most as many as partitions; any of them may be killed.
    """
    try:
        settings = read_settings(rules=rules or None, **options)
    except SettingsFault as faults:
        raise click.UsageError(str(faults)) from faults
    checks = engine_checks(settings.rules, settings.registry, settings.policy)
    if faults_found := [*unbearable(checks)]:
        raise click.ClickException("\n".join(faults_found))
    try:
        serve(settings, EngineParts(settings))
    except (EngineRefused, KafkaFault) as faults:
        raise click.ClickException(str(faults)) from faults
