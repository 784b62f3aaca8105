"""`fenghuo doctor`: is everything reachable, of the right version and configured? (shell)

One line a check, and the remedy where it failed.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

import click
import msgspec

from pipeline.app.checks import Check, CheckFailed, Finding, engine_checks, examine
from pipeline.app.stores import StoreFault, open_store
from pipeline.cli.engines import load_registry
from pipeline.cli.kafka_options import (
    KafkaOptions,
    group_option,
    kafka_options,
    prefix_option,
)
from pipeline.cli.terminal import plain
from pipeline.cli.translation import fault_in_language
from pipeline.files.signed_files import SIGNERS_VARIABLE, SignedFiles, not_asked
from pipeline.files.signed_files import Check as CheckSigned
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.preflight import receipt_topics, require
from pipeline.kafka.rights import Role
from pipeline.worker.environment import unknown_variables
from pipeline.worker.settings import WorkerSettings
from schemas.topics import receipts_topic
from sinks.contract import QueryFailed, Store
from sinks.engine_tables import SIGNED_FILES
from sinks.room import megabytes
from sinks.tables import TABLES

SCARCE_SHARE = 0.1
"""Of a disk: less than so much free wants looking after."""


def check_python() -> str:
    """Which Python this is; an older one than 3.11 does not get this far."""
    return f"Python {sys.version.split()[0]}"


def check_package(name: str, extra: str) -> str:
    """A package of an extra is installed."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError as fault:
        raise CheckFailed(f"{name} is not installed", f"pip install 'fenghuo[{extra}]'") from fault


def check_settings() -> str:
    """Every variable of ours is one that something reads."""
    unknown = [*unknown_variables(os.environ, WorkerSettings.model_fields)]
    if unknown:
        raise CheckFailed("; ".join(unknown), "correct the name, or remove the variable")
    return "every FENGHUO_ variable is known"


def check_store(store: Path | None, database: str) -> str:
    """The store answers and has every table."""
    try:
        with open_store(store, database, must_exist=True) as sink:
            (answer,) = sink.query("SELECT version() AS version")
            for table in TABLES:
                sink.query(f"SELECT count() AS rows FROM {table.name}")
            room = room_of(sink)
    except StoreFault as fault:
        raise CheckFailed(
            str(fault).splitlines()[0], "check the address, then `fenghuo migrate`"
        ) from fault
    return f"ClickHouse {answer['version']}, {len(TABLES)} views{room}"


def check_signed(signers: Path | None, store: Path | None, database: str) -> CheckSigned:
    """What workers ask of who signed the files, by what the store remembers where it answers:
    whether it does is a check of its own."""
    if signers is None:
        return not_asked
    signed = SignedFiles(signers)
    with suppress(StoreFault), open_store(store, database, must_exist=True) as sink:
        signed.recall(sink.view(SIGNED_FILES.name))
    return signed.check


def room_of(sink: Store) -> str:
    """What is free on the disk of the store that has least; "" where that is not shown to us.

    Raises CheckFailed where the store will soon take nothing more.
    """
    try:
        (disk,) = sink.query(
            "SELECT path, free_space, total_space FROM system.disks"
            " ORDER BY free_space / greatest(total_space, 1) LIMIT 1"
        )
    except QueryFailed:
        return ""
    free, total = int(str(disk["free_space"])), int(str(disk["total_space"]))
    if free < SCARCE_SHARE * total:
        raise CheckFailed(
            f"{disk['path']}: {megabytes(free)} of {megabytes(total)} are free",
            "make room on the store's disk: when it is full, workers wait",
        )
    return f", {megabytes(free)} free"


def check_broker(kafka: KafkaOptions) -> str:
    """A broker lets us in."""
    if not kafka.bootstrap:
        raise CheckFailed("no broker named", "set FENGHUO_KAFKA_BOOTSTRAP or --bootstrap")
    with _kafka_faults_as_findings():
        access = kafka.access()
        await_broker(access)
    return f"{kafka.bootstrap}, {access.protocol}" + (f", {access.who}" if access.user else "")


def check_topics(kafka: KafkaOptions, role: Role, prefix: str, group: str) -> str:
    """The topics are there, partitioned alike, and ours to use."""
    with _kafka_faults_as_findings():
        require(kafka.access(), role, prefix, group)
    return f"{prefix}.*, group {group}, with every right of the role {role}"


def check_receipts(kafka: KafkaOptions, prefix: str, registry: Path) -> str:
    """Every enterprise has a topic for its receipts, which a worker may write to."""
    with _kafka_faults_as_findings():
        topics = receipt_topics(kafka.access(), prefix)
    enterprises = load_registry(registry)
    lacking = [each for each in enterprises if receipts_topic(each, prefix) not in topics]
    if lacking:
        some = ", ".join(lacking[:3]) + (", …" if len(lacking) > 3 else "")
        raise CheckFailed(
            f"{len(lacking)} of {len(enterprises)} enterprises get no receipts: {some}",
            "make their topics: `fenghuo topics --registry FILE`; if they are there, grant the "
            "role worker again",
        )
    return f"a topic for each of {len(enterprises)} enterprises"


@contextmanager
def _kafka_faults_as_findings() -> Iterator[None]:
    try:
        yield
    except KafkaFault as fault:
        raise CheckFailed(fault.problem, fault.remedy) from fault


@click.command("doctor")
@kafka_options(required=False)
@prefix_option
@group_option
@click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    default="worker",
    show_default=True,
    help="Whose rights on the broker the Kafka user must have.",
)
@click.option(
    "--rules",
    "rule_folders",
    multiple=True,
    envvar="FENGHUO_RULES",
    type=click.Path(path_type=Path),
)
@click.option("--registry", envvar="FENGHUO_REGISTRY", type=click.Path(path_type=Path))
@click.option("--policy", envvar="FENGHUO_POLICY", type=click.Path(path_type=Path))
@click.option("--store", envvar="FENGHUO_STORE", type=click.Path(path_type=Path))
@click.option("--database", envvar="FENGHUO_DATABASE", default="fenghuo")
@click.option("--signers", envvar=SIGNERS_VARIABLE, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def doctor_command(
    kafka: KafkaOptions,
    prefix: str,
    group: str,
    role: Role,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
    store: Path | None,
    database: str,
    signers: Path | None,
    as_json: bool,
) -> None:
    """One line a check, with the remedy where it failed; exit 1 if one did."""
    checks: dict[str, Check] = {
        "python": check_python,
        "stream": lambda: check_package("faust-streaming", "server"),
        "engine": lambda: check_package("chdb", "embedded") if store else "not embedded",
        "settings": check_settings,
        **engine_checks(rule_folders, registry, policy, check_signed(signers, store, database)),
        "store": lambda: check_store(store, database),
        "kafka": lambda: check_broker(kafka),
    }
    findings = [examine(name, check) for name, check in checks.items()]
    if findings[-1].ok:  # the broker lets us in: only then can it be asked for more
        findings.append(examine("topics", lambda: check_topics(kafka, role, prefix, group)))
        if registry is not None and role == "worker":
            findings.append(examine("receipts", lambda: check_receipts(kafka, prefix, registry)))
    for finding in findings:
        click.echo(plain(msgspec.json.encode(finding).decode()) if as_json else _line(finding))
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


def _line(finding: Finding) -> str:
    mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red")
    detail, remedy = map(plain, _in_language(finding.detail, finding.remedy))
    return f"{mark} {finding.check:9} {detail}" + (f"\n       → {remedy}" if remedy else "")


def _in_language(detail: str, remedy: str) -> tuple[str, str]:
    said = fault_in_language(remedy)
    if remedy and said == remedy:
        # The catalogue may know both as one sentence: a fault was told in two after it was raised.
        problem, is_one, whole = fault_in_language(f"{detail}; {remedy}").rpartition("；")
        if is_one:
            return problem, whole
    return fault_in_language(detail), said
