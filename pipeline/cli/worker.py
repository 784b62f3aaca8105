"""`fenghuo worker`: the stream processor, as a process (shell)."""

from pathlib import Path

import click

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


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
@click.option("--processes", metavar="N|auto", help="Workers of this command; FENGHUO_PROCESSES.")
def worker_command(rules: tuple[Path, ...], **options: object) -> None:
    """Read events and commands from Kafka, and write what they come to into the store.

    Every setting has an environment variable, FENGHUO_<NAME>; an option comes first. Run as
    many workers as there are cores, at most as many as partitions (`--processes auto`); any of
    them may be killed.
    """
    # Here, as Faust alone takes a second of CPU, which its help and its wrong calls do without.
    from pipeline.app.checks import engine_checks, unbearable
    from pipeline.app.engines import EngineRefused
    from pipeline.app.stores import StoreFault
    from pipeline.files.signed_files import SignedFiles, not_asked
    from pipeline.kafka.faults import KafkaFault
    from pipeline.worker.engine_parts import EngineParts
    from pipeline.worker.process import serve
    from pipeline.worker.settings import SettingsFault, read_settings
    from pipeline.worker.supervisor import supervise

    try:
        settings = read_settings(rules=rules or None, **options)
    except SettingsFault as faults:
        raise click.UsageError(str(faults)) from faults
    signed = not_asked if settings.signers is None else SignedFiles(settings.signers).check
    checks = engine_checks(settings.rules, settings.registry, settings.policy, signed)
    if faults_found := [*unbearable(checks)]:
        raise click.ClickException("\n".join(faults_found))
    try:
        if settings.processes == 1:
            serve(settings, EngineParts(settings))
        else:
            supervise(settings, EngineParts)
    except (EngineRefused, StoreFault, KafkaFault) as faults:
        raise click.ClickException(str(faults)) from faults
