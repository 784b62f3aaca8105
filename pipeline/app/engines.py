"""The engine that files describe: rules, policy, registry (shell)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.correlation.faults import CorrelationFaults
from pipeline.files.registry_file import LOCAL, read_registry_file
from pipeline.files.rule_files import load_rules
from pipeline.files.signed_files import Check, not_asked
from pipeline.path import Engine
from pipeline.policy import Policy, PolicyFault, read_policy
from schemas.registry import Registry

OWN_RULES = Path(__file__).parents[1] / "rules"
RULE_CACHE = Path.home() / ".cache" / "fenghuo"

Tell = Callable[[str], None]
"""Where a line for a person goes."""


class EngineRefused(Exception):
    """Rules, policy or registry have faults. The message names them and what to do."""


def policy_of(file: Path | None, check: Check = not_asked) -> Policy:
    """The policy of a file, or the defaults; raises EngineRefused and OSError."""
    if file is None:
        return Policy()
    content = file.read_bytes()
    check(file, {"": content})
    try:
        return read_policy(content.decode(), str(file))
    except PolicyFault as fault:
        raise EngineRefused(str(fault)) from fault
    except UnicodeDecodeError as fault:
        raise EngineRefused(f"{file}: {fault}; save it as UTF-8") from fault


def registry_of(file: Path | None, tell: Tell, check: Check = not_asked) -> Registry:
    """The registry's sound rows, each fault told. Without a file: one enterprise.

    Raises EngineRefused where no row is sound, and OSError.
    """
    if file is None:
        return {LOCAL.enterprise_id: LOCAL}
    parsed = read_registry_file(file, check)
    for fault in parsed.faults:
        tell(str(fault))
    if not parsed.enterprises:
        raise EngineRefused(f"{file}: no sound row; see the faults above")
    return parsed.enterprises


def make_engine(
    rule_folders: Sequence[Path],
    registry: Path | None,
    policy: Path | None,
    tell: Tell,
    check: Check = not_asked,
) -> Engine:
    """Rules compiled, policy and registry read; faults that cost only themselves are told.

    Raises EngineRefused where nothing can run with these files, NotSigned where `check` takes
    one of them for somebody else's, and OSError. Our own rules are the program's and not asked for.
    """
    own = (OWN_RULES,)
    rules = load_rules(rule_folders or own, RULE_CACHE, check=check if rule_folders else not_asked)
    if not rules.rules:
        raise EngineRefused(
            f"no rule in {', '.join(map(str, rule_folders))}: name folders of Sigma rules, "
            "or none for our own; `fenghuo rules check` says what is wrong with each"
        )
    if rules.faults:
        loaded = f"{len(rules.rules)} rules loaded, {len(rules.faults)} faults"
        tell(f"{loaded}: see `fenghuo rules check`")
    try:
        return Engine(rules, policy_of(policy, check), registry_of(registry, tell, check))
    except CorrelationFaults as faults:
        raise EngineRefused(str(faults).replace("; ", "\n")) from faults
