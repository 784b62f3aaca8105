"""`fenghuo doctor`: is everything reachable, of the right version and configured? (shell)

One line a check, and the remedy where it failed.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args

import click
import msgspec

from pipeline.cli.engines import OWN_RULES, RULE_CACHE, load_policy
from pipeline.cli.kafka_options import (
    KafkaOptions,
    group_option,
    kafka_options,
    prefix_option,
)
from pipeline.cli.stores import open_sink
from pipeline.files.registry_file import read_registry_file
from pipeline.files.rule_files import load_rules
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.preflight import require
from pipeline.kafka.rights import Role
from sinks.tables import TABLES


class CheckFailed(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


class Finding(msgspec.Struct, frozen=True):
    """One check: what it found, or what is wrong and the remedy."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""


def check_python() -> str:
    """Which Python this is; an older one than 3.11 does not get this far."""
    return f"Python {sys.version.split()[0]}"


def check_package(name: str, extra: str) -> str:
    """A package of an extra is installed."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError as fault:
        raise CheckFailed(f"{name} is not installed", f"pip install 'fenghuo[{extra}]'") from fault


def check_rules(folders: tuple[Path, ...]) -> str:
    """The rules load; faults of single rules are counted."""
    rules = load_rules(folders or (OWN_RULES,), RULE_CACHE)
    if not rules.rules:
        raise CheckFailed("no rule loads", "name folders of Sigma rules, see `fenghuo rules check`")
    return f"{len(rules.rules)} rules, {len(rules.faults)} faults, set {rules.content_id[:12]}"


def check_registry(file: Path | None) -> str:
    """The registry reads, without a faulty row."""
    if file is None:
        raise CheckFailed("no registry named", "set FENGHUO_REGISTRY or --registry")
    parsed = read_registry_file(file)
    if parsed.faults:
        raise CheckFailed(f"{len(parsed.faults)} faulty rows", f"fenghuo registry check {file}")
    return f"{len(parsed.enterprises)} enterprises"


def check_policy(file: Path | None) -> str:
    """The policy reads."""
    try:
        load_policy(file)
    except click.ClickException as fault:
        raise CheckFailed(fault.message, "fenghuo policy check") from fault
    return "defaults" if file is None else str(file)


def check_store(store: Path | None, database: str) -> str:
    """The store answers and has every table."""
    try:
        with open_sink(store, database, must_exist=True) as sink:
            (answer,) = sink.query("SELECT version() AS version")
            for table in TABLES:
                sink.query(f"SELECT count() AS rows FROM {table.name}")
    except click.ClickException as fault:
        raise CheckFailed(
            fault.message.splitlines()[0], "check the address, then `fenghuo migrate`"
        ) from fault
    return f"ClickHouse {answer['version']}, {len(TABLES)} views"


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
    as_json: bool,
) -> None:
    """One line a check, with the remedy where it failed; exit 1 if one did."""
    checks: dict[str, Callable[[], str]] = {
        "python": check_python,
        "stream": lambda: check_package("faust-streaming", "server"),
        "engine": lambda: check_package("chdb", "embedded") if store else "not embedded",
        "rules": lambda: check_rules(rule_folders),
        "registry": lambda: check_registry(registry),
        "policy": lambda: check_policy(policy),
        "store": lambda: check_store(store, database),
        "kafka": lambda: check_broker(kafka),
    }
    findings = [examine(name, check) for name, check in checks.items()]
    if findings[-1].ok:  # the broker lets us in: only then can it be asked for more
        findings.append(examine("topics", lambda: check_topics(kafka, role, prefix, group)))
    for finding in findings:
        click.echo(msgspec.json.encode(finding).decode() if as_json else _line(finding))
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


def examine(name: str, check: Callable[[], str]) -> Finding:
    """The finding of one check."""
    try:
        return Finding(name, True, check())
    except CheckFailed as fault:
        return Finding(name, False, str(fault), fault.remedy)
    except OSError as fault:
        return Finding(name, False, str(fault), "correct the path")


def _line(finding: Finding) -> str:
    mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red")
    remedy = f"\n       → {finding.remedy}" if finding.remedy else ""
    return f"{mark} {finding.check:9} {finding.detail}{remedy}"
