"""What a worker needs besides Kafka and the store, asked alike by `doctor` and before it starts."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from pipeline.app.engines import OWN_RULES, RULE_CACHE, EngineRefused, policy_of
from pipeline.files.registry_file import read_registry_file
from pipeline.files.rule_files import load_rules
from pipeline.files.signed_files import Check as CheckSigned
from pipeline.files.signed_files import not_asked
from pipeline.intake.file_signatures import NotSigned

Check = Callable[[], str]


class CheckFailed(Exception):
    """What is wrong, and what to do about it; whether a worker can do without."""

    def __init__(self, problem: str, remedy: str, *, is_bearable: bool = False) -> None:
        super().__init__(problem)
        self.remedy = remedy
        self.is_bearable = is_bearable


class Finding(msgspec.Struct, frozen=True):
    """One check: what it found, or what is wrong and the remedy."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(name: str, check: Check) -> Finding:
    """The finding of one check."""
    try:
        return Finding(name, True, check())
    except CheckFailed as fault:
        return Finding(name, False, str(fault), fault.remedy)
    except NotSigned as fault:
        problem, _, remedy = str(fault).rpartition("; ")
        return Finding(name, False, problem, remedy)
    except OSError as fault:
        return Finding(name, False, _of_file(fault), "correct the path")


def engine_checks(
    rules: tuple[Path, ...], registry: Path | None, policy: Path | None, signed: CheckSigned
) -> Mapping[str, Check]:
    """By what they are about."""
    return {
        "rules": lambda: check_rules(rules, signed),
        "registry": lambda: check_registry(registry, signed),
        "policy": lambda: check_policy(policy, signed),
    }


def unbearable(checks: Mapping[str, Check]) -> Iterator[str]:
    """What of it a worker cannot start with, each with its remedy."""
    for name, check in checks.items():
        try:
            check()
        except CheckFailed as fault:
            if not fault.is_bearable:
                yield f"{name}: {fault}; {fault.remedy}"
        except NotSigned as fault:
            yield f"{name}: {fault}"
        except OSError as fault:
            yield f"{name}: {_of_file(fault)}; correct the path"


def _of_file(fault: OSError) -> str:
    """Which file, and what is wrong with it: the system's fault, or one of ours (text alone)."""
    return f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)


def check_rules(folders: tuple[Path, ...], signed: CheckSigned) -> str:
    """The rules load; faults of single rules are counted. Our own are the program's."""
    check = signed if folders else not_asked
    rules = load_rules(folders or (OWN_RULES,), RULE_CACHE, check=check)
    if not rules.rules:
        raise CheckFailed("no rule loads", "name folders of Sigma rules, see `fenghuo rules check`")
    return f"{len(rules.rules)} rules, {len(rules.faults)} faults, set {rules.content_id[:12]}"


def check_registry(file: Path | None, signed: CheckSigned) -> str:
    """The registry reads, without a faulty row; a faulty one costs a worker only itself."""
    if file is None:
        raise CheckFailed(
            "no registry named: everybody would be refused", "set FENGHUO_REGISTRY or --registry"
        )
    parsed = read_registry_file(file, signed)
    if not parsed.enterprises:
        raise CheckFailed(
            f"{file}: no sound row, {parsed.faulty_rows} faulty: everybody would be refused",
            f"fenghuo registry check {file}",
        )
    if parsed.faults:
        raise CheckFailed(
            f"{parsed.faulty_rows} faulty rows", f"fenghuo registry check {file}", is_bearable=True
        )
    return f"{len(parsed.enterprises)} enterprises"


def check_policy(file: Path | None, signed: CheckSigned) -> str:
    """The policy reads."""
    try:
        policy_of(file, signed)
    except EngineRefused as fault:
        raise CheckFailed(str(fault), "fenghuo policy check") from fault
    return "defaults" if file is None else str(file)
