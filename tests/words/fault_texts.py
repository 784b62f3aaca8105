"""Every text of a fault in the source, as a template: `{}` stands for what is filled in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from schemas.ids import NAME_RULE

ROOT: Final = Path(__file__).parents[2]
SPOKEN_IN: Final = (
    "pipeline/agent/process.py", "pipeline/agent/settings.py", "pipeline/agent/spool.py",
    "pipeline/app", "pipeline/campaigns/policy.py", "pipeline/cli", "pipeline/commands",
    "pipeline/cross_border/obligations.py", "pipeline/demo", "pipeline/embedded",
    "pipeline/files", "pipeline/incidents/policy.py",
    "pipeline/intake", "pipeline/kafka", "pipeline/path.py",
    "pipeline/policy.py", "pipeline/programme/reading.py", "pipeline/replay",
    "pipeline/severity", "pipeline/sigma", "pipeline/simulate", "pipeline/worker/engine_parts.py",
    "pipeline/worker/settings.py", "pipeline/worker/environment.py", "sinks",
    "dashboards/grafana/api_client.py", "schemas",
)  # fmt: skip
"""Where faults come from that end a command, and the details of dead letters."""
IN_TABLES: Final = (
    "pipeline/agent/status.py",
    "pipeline/app/checks.py", "pipeline/app/file_reading.py", "pipeline/app/stores.py",
    "pipeline/app/summary.py",
    "pipeline/commands/gate.py", "pipeline/cross_border/obligations.py",
    "pipeline/incidents/commands.py", "pipeline/incidents/departures.py",
    "pipeline/correlation/faults.py",
    "pipeline/intake/admission.py", "pipeline/intake/dead_letters.py", "pipeline/intake/quota.py",
    "pipeline/intake/reading.py", "pipeline/intake/receipts.py",
    "pipeline/intake/refused_lines.py",
    "pipeline/intake/registry.py",
    "pipeline/intake/registry_checks.py", "pipeline/intake/registry_diff.py",
    "pipeline/intake/registry_table.py",
    "pipeline/kafka/faults.py",
    "pipeline/kafka/preflight.py", "pipeline/programme/checks.py", "pipeline/programme/reading.py",
    "pipeline/severity/refusals.py", "pipeline/worker/environment.py",
)  # fmt: skip
"""Where faults are returned, or stand in tables: every sentence is one."""
OF_OTHERS: Final = (
    NAME_RULE,
    "not embedded",
    "not set",
    "would be ",
    "{} bytes",
    "{} lines",
    "sorted",
    "sorted on disk",
    "no incident {}; see {}",
    "several incidents {}; see {}",
    "no obligation {}; see {}",
    "several obligations {}; see {}",
    "no export obligation {}; see {}",
    "several export obligations {}; see {}",
    "no exception {}; see {}",
    "several exceptions {}; see {}",
    "no campaign {}…; see `fenghuo campaigns list --all`",
    "several campaigns {}…; see `fenghuo campaigns list --all`",
    "no dead letter {}…; see `fenghuo dead-letters list`",
    "several dead letters {}…; see `fenghuo dead-letters list`",
    "Expected `{}`, got `{}` - at `{}`",
    "Expected `{}`, got `{}`",
    "Invalid enum value {} - at `{}`",
    "JSON is malformed: {}",
    "Input data was truncated",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Object contains unknown field `{}` - at `{}`",
    "Object contains unknown field `{}`",
    "Object missing required field `{}` - at `{}`",
    "Object missing required field `{}`",
    "File exists",
    "Is a directory",
    "No space left on device",
    "No such file or directory",
    "Not a directory",
    "Permission denied",
    "Read-only file system",
)
"""How faults are joined, what a name is; what msgspec, pydantic and the system say in them."""
FAULT: Final = re.compile(
    r"(RuleError|TooManyTests|Fault|Faults|Failed|NotSigned|Refusal|Refused|Unsendable|Exception|UsageError|BadParameter|ValueError"
    r"|NumberUnknown|^Problem|^_stop|^fail)$"
)
KEPT: Final = re.compile(r"(?i)(problem|remedy|_help)$")
"""Names that a text is given to before it is told."""
TELLS: Final = re.compile(r"check_|_?told$|_?remedy$|remarks$|line$")
"""Functions that return what a person is told: findings of checks, remarks."""
NAMED: Final = re.compile(r"\{\w+\}")
NO_TEXT: Final = frozenset({"param_hint", "field"})


def fault_templates() -> dict[str, str]:
    """Template, and the first place that it is spoken in."""
    found: dict[str, str] = {}
    for place in SPOKEN_IN:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for line, text in _texts(ast.parse(file.read_text())):
                found.setdefault(text, f"{file.relative_to(ROOT)}:{line}")
    for name in IN_TABLES:
        for line, text in _sentences(ast.parse((ROOT / name).read_text())):
            found.setdefault(text, f"{name}:{line}")
    return found | dict.fromkeys(OF_OTHERS, "msgspec and the operating system")


def _sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text with a space in it that is no docstring, and no part of another."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    told |= {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node) if part is not node
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in told:
            for text in _templates(node):
                if " " in _words(text):
                    yield node.lineno, text


def _words(template: str) -> str:
    """What is said in it; nothing in a command to be typed, or in what is searched for."""
    if template.startswith(("fenghuo ", "pip ", ". ")):
        return ""
    return template.replace("{}", "").strip(" :;,.")


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (FAULT.search(_name(node.func)) or _is_aside(node)):
            given = [*node.args, *(k.value for k in node.keywords if k.arg not in NO_TEXT)]
            for value in given:
                for text in _templates(value):
                    if " " in _words(text) or (_is_aside(node) and _words(text)):
                        is_of_a_cell = _name(node.func) == "CellFault" and value is given[0]
                        yield node.lineno, f"{{}} {text}" if is_of_a_cell else text
        elif isinstance(node, ast.Assign) and any(map(_is_kept, node.targets)):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for value in values:
                told = (text for text in _templates(value) if " " in _words(text))
                yield from ((node.lineno, text) for text in told)
        elif isinstance(node, ast.FunctionDef) and TELLS.match(node.name):
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield from (
                        (each.lineno, text) for text in _templates(each.value) if _words(text)
                    )


def _is_kept(target: ast.expr) -> bool:
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(each, ast.Name) and KEPT.search(each.id) for each in names)


def _is_aside(call: ast.Call) -> bool:
    """Whether it tells a person something on stderr (pipeline/cli/terminal.py)."""
    name = _name(call.func)
    return name in ("tell", "_tell") or (
        name == "say" and any(each.arg == "err" for each in call.keywords)
    )


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _templates(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(str(text)):
            yield NAMED.sub("{}", text)
        case ast.JoinedStr(parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from _templates(one)
            yield from _templates(other)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for first in [*_templates(left)] or ["{}"]:
                for second in [*_templates(right)] or ["{}"]:
                    yield first + second
