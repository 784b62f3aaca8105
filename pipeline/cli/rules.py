"""`fenghuo rules`: check, test, backtest, list and explain Sigma rules (shell)."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import msgspec
import orjson
from rich.tree import Tree as RichTree

from pipeline.app.engines import RULE_CACHE
from pipeline.cli.backtest import backtest_command
from pipeline.cli.correlation_rules import condition_of, explain_correlation, feeding
from pipeline.cli.detect import expand_option, fields_of
from pipeline.cli.file_reading import format_option
from pipeline.cli.navigator import navigator_command
from pipeline.cli.options import FILE, PATH, json_option
from pipeline.cli.spoken_language import spoken_language
from pipeline.cli.tables import print_table, terminal
from pipeline.cli.terminal import cell, say
from pipeline.cli.translation import fault_in_language
from pipeline.files.recordings import Recording, open_recording
from pipeline.files.rule_files import load_rules, rule_contents
from pipeline.files.rule_samples import judge_samples
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import AUTO
from pipeline.sigma.log_sources import event_source
from pipeline.sigma.matching.coverage import coverage_of, seen_in
from pipeline.sigma.matching.explain import Branch, explain
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.matching.values import tree_holds
from pipeline.sigma.reading.documents import RuleFault, SigmaCorrelation, SigmaRule
from schemas.glossary import Term

FOLDERS = click.argument("folders", nargs=-1, required=True, type=PATH)

_HEADS = (
    Term("编号", "id"),
    Term("级别", "level"),
    Term("日志来源或条件", "log source, or condition"),
    Term("标题", "title"),
)
_NO_SOURCE = Term(
    "没有 {source} 来源的日志：{count} 条规则永远不会命中",
    "no source for {source}: {count} rules can never match",
)
_NO_FIELD = Term(
    "{source} 来源的日志缺少以下字段（括号内为需要它的规则数）：{fields}",
    "no field for {source}, asked by so many rules: {fields}",
)


@click.group("rules")
def rules_group() -> None:
    """Check, test, backtest, list and explain Sigma rules."""


rules_group.add_command(backtest_command)
rules_group.add_command(navigator_command)


@rules_group.command("check")
@FOLDERS
@expand_option
@json_option("One JSON object a fault on stdout.")
@click.option(
    "--sources",
    type=FILE,
    help="A recording: name the log sources and fields of rules that it does not have.",
)
def check(
    folders: tuple[Path, ...],
    expand: Mapping[str, Sequence[str]],
    as_json: bool,
    sources: Path | None,
) -> None:
    """Every fault of every document, with file, line and field. Exit 1 if there is one, or
    nothing to check."""
    rules = load_rules(folders, RULE_CACHE, expand)
    for fault in rules.faults:
        click.echo(msgspec.json.encode(fault).decode() if as_json else _fault_line(fault))
    if sources is not None:
        _report_blind_spots(rules, sources, as_json)
    say(
        f"{len(rules.rules)} rules, {len(rules.correlations)} correlations, "
        f"{len(rules.faults)} faults",
        err=True,
    )
    _require_rules(rules, folders)
    sys.exit(1 if rules.faults else 0)


def _require_rules(rules: RuleSet, folders: Sequence[Path]) -> None:
    """Folders with nothing in them end the command: "0 faults" of them would read as praise."""
    if not (rules.rules or rules.correlations or rules.faults or any(map(rule_contents, folders))):
        named = ", ".join(map(str, folders))
        raise click.ClickException(f"{named}: no file of rules in it (*.yml, *.yaml, .tar.xz)")


def _fault_line(fault: RuleFault) -> str:
    where = f" {fault.field}:" if fault.field else ""
    problem, remedy = map(fault_in_language, (fault.problem, fault.remedy))
    if spoken_language() == "zh":
        return f"{fault.file}:{fault.line}:{where} {problem}；办法：{remedy}"
    return f"{fault.file}:{fault.line}:{where} {problem}; remedy: {remedy}"


def _report_blind_spots(rules: RuleSet, recording: Path, as_json: bool) -> None:
    """Log sources that rules need and no event of the recording has; fields that they ask for and
    no event of theirs has."""
    lang, found = spoken_language(), coverage_of(rules, seen_in(_fields_in(recording)))
    for source, coverage in sorted(found.items()):
        named = "/".join(msgspec.structs.astuple(source))
        if coverage.is_fed and not coverage.missing:
            continue
        if as_json:
            row = {"source": named, **msgspec.structs.asdict(coverage)}
            click.echo(msgspec.json.encode(row).decode())
        elif not coverage.is_fed:
            click.echo(_NO_SOURCE.of(lang).format(source=named, count=coverage.rules))
        else:
            missing = sorted(coverage.missing.items(), key=lambda each: (-each[1], each[0]))
            fields = ", ".join(f"{name} ({count})" for name, count in missing)
            click.echo(_NO_FIELD.of(lang).format(source=named, fields=fields))


def _fields_in(recording: Path) -> Iterator[Mapping[str, object]]:
    for each in open_recording(recording):
        with suppress(EventFault):
            yield fields_of(each, AUTO)


@rules_group.command("test")
@FOLDERS
@expand_option
@click.option("--all", "shows_all", is_flag=True, help="Name the samples that are right, too.")
def test(folders: tuple[Path, ...], expand: Mapping[str, Sequence[str]], shows_all: bool) -> None:
    """Hold each rule and correlation against its own samples (RULE.samples.yml beside it).
    Exit 1 on a miss."""
    rules = load_rules(folders, RULE_CACHE, expand)
    verdicts = list(judge_samples(rules, folders))
    for each in verdicts:
        if each.problem or shows_all:
            click.echo(f"{each.place}: ({each.why}) {each.problem or 'as it should be'}")
    _require_rules(rules, folders)
    right = [each for each in verdicts if not each.problem]
    say(
        f"{len(right)} samples as they should be, {sum(each.is_timed for each in right)} of them "
        f"of correlations; {len(verdicts) - len(right)} not",
        err=True,
    )
    sys.exit(1 if len(right) < len(verdicts) or rules.faults else 0)


@rules_group.command("list")
@FOLDERS
@expand_option
@json_option("One JSON object a rule on stdout.")
def list_rules(
    folders: tuple[Path, ...], expand: Mapping[str, Sequence[str]], as_json: bool
) -> None:
    """The rules with level and log source, then the correlations with their condition."""
    rules = load_rules(folders, RULE_CACHE, expand)
    _require_rules(rules, folders)
    if not as_json:
        rows = [row for row, _ in _listed(rules)]
        print_table([head.of(spoken_language()) for head in _HEADS], rows)
        return
    names = ("rule_id", "level", "kind", "logsource", "condition", "title", "file")
    for (rule_id, level, asked, title), file in _listed(rules):
        kind = "rule" if rule_id in rules.rules else "correlation"
        both = (asked, "") if kind == "rule" else ("", asked)
        told = dict(zip(names, (rule_id, level, kind, *both, title, file), strict=True))
        click.echo(orjson.dumps(told).decode())


def _listed(rules: RuleSet) -> Iterator[tuple[tuple[str, str, str, str], str]]:
    """What the list shows of each, and its file."""
    for rule in rules.rules.values():
        source = "/".join(part or "*" for part in msgspec.structs.astuple(rule.logsource))
        head = rule.head
        yield (head.rule_id, head.level or "", source, head.title), head.file
    for each in rules.correlations:
        head = each.head
        yield (head.rule_id, head.level or "", condition_of(each), head.title), head.file


@rules_group.command("explain")
@click.argument("rule")
@click.argument("event", required=False, type=FILE)
@click.option("--rules", "folders", multiple=True, required=True, type=PATH)
@click.option("--line", default=0, help="The event's line in EVENT; default: its first event.")
@format_option
@click.option("--json", "as_json", is_flag=True)
@expand_option
def explain_rule(
    rule: str,
    event: Path | None,
    folders: tuple[Path, ...],
    line: int,
    format: str,
    as_json: bool,
    expand: Mapping[str, Sequence[str]],
) -> None:
    """The condition of RULE (id, name or title) as a tree; with EVENT, why it did or did not
    match, branch by branch. Exit 1 if it did not.

    Of a correlation: what it counts or awaits, and its rules; EVENT may match some of these.
    """
    rules = load_rules(folders, RULE_CACHE, expand)
    chosen = _find(rules, rule)
    fields = None if event is None else _event_fields(event, line, format)
    if isinstance(chosen, SigmaCorrelation):
        branch = explain_correlation(rules, chosen, fields)
        asked = [rules.rules[each] for each in feeding(rules, chosen)]
        missed = fields is not None and not any(
            tree_holds(rules.trees[each.head.rule_id], fields) for each in asked
        )
    else:
        branch, asked = explain(rules.trees[chosen.head.rule_id], fields), [chosen]
        missed = branch.holds is False
    outside = fields is not None and not any(
        each.applies(event_source(fields)) for each in rules.compiled if each.rule in asked
    )
    if as_json:
        click.echo(msgspec.json.encode(branch).decode())
    else:
        terminal().print(_drawn(f"{chosen.head.title} ({chosen.head.rule_id})", branch))
    if outside:
        say("the event's log source is not the rule's: it is never asked", err=True)
    sys.exit(1 if outside or missed else 0)


def _find(rules: RuleSet, wanted: str) -> SigmaRule | SigmaCorrelation:
    documents: list[SigmaRule | SigmaCorrelation] = [*rules.rules.values(), *rules.correlations]
    for rule in documents:
        if wanted in (rule.head.rule_id, rule.head.name, rule.head.title):
            return rule
    raise click.BadParameter(f"no rule '{wanted}' in the folders given: see `fenghuo rules list`")


def _event_fields(file: Path, line: int, format: str) -> dict[str, Any]:
    recording: Recording
    for recording in open_recording(file):
        if line in (0, recording.line):
            try:
                return fields_of(recording, format)
            except EventFault as fault:
                raise click.ClickException(f"{file}:{recording.line}: {fault}") from fault
    raise click.BadParameter(f"no event at line {line} of {file}")


def _drawn(title: str, branch: Branch) -> RichTree:
    root = RichTree(cell(title))
    _draw(root, branch)
    return root


_SIGNS = {True: "[green]✓[/] ", False: "[red]✗[/] ", None: ""}


def _draw(above: RichTree, branch: Branch) -> None:
    found = f"  [dim]found: {cell(branch.found)}[/]" if branch.found else ""
    node = above.add(_SIGNS[branch.holds] + cell(branch.text) + found)
    for each in branch.branches:
        _draw(node, each)
