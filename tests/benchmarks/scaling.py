"""`python -m tests.benchmarks.scaling`: what more rules and more correlations cost.

Two engines take the same input in turns, part by part, so that a busy machine slows both; the
memories are warm. Rules: of SigmaHQ, evenly drawn, over the recorded Windows events, from the
line on. Correlations: our own, and ten times as many, the copies on rules that never match, over
made traffic in batches of five.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from pipeline.app.collector import spare_long_lived
from pipeline.app.engines import OWN_RULES
from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_documents
from pipeline.intake.formats.table import read_fields
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import Alias, Head, LogSource, SigmaCorrelation, SigmaRule
from pipeline.sigma.reading.parse import ParsedRules
from pipeline.state import EnterpriseState, encode_state
from schemas.batch import Batch
from tests.benchmarks.engine import RECORDING, simulated
from tests.benchmarks.limits import verdict
from tests.sigma.corpora import CORPORA

FEW, MANY = 100, 3_000
LINES_A_TURN = 500
BATCHES_A_TURN = 200
TIMES = 10
"""As many correlations, the own ones included."""
T = TypeVar("T")
NOWHERE = LogSource(product="none-of-ours")


def ratio_of(few: Sequence[Callable[[], None]], many: Sequence[Callable[[], None]]) -> float:
    """CPU of the parts of `many` beside that of the parts of `few`, taken in turns."""
    spent_s = [0.0, 0.0]
    for parts in zip(few, many, strict=True):
        for side, part in enumerate(parts):
            began = time.process_time()
            part()
            spent_s[side] += time.process_time() - began
    return spent_s[1] / spent_s[0]


def drawn(parsed: ParsedRules, count: int) -> RuleSet:
    """So many of the rules, evenly over their files."""
    rules = parsed.rules
    step = len(rules) / count
    chosen = tuple(rules[int(number * step)] for number in range(count))
    return compile_rules(
        msgspec.structs.replace(parsed, rules=chosen, filters=(), correlations=(), faults=())
    )


def rules_ratios() -> tuple[float, float]:
    """Many rules beside few, with plans and memories to be made and with them made."""
    parsed = load_documents([CORPORA / "sigma-rules.tar.xz"], None)
    lines = [document.raw for document in open_recording(CORPORA / RECORDING)]
    sets = drawn(parsed, FEW), drawn(parsed, MANY)
    spare_long_lived()
    sides = [[_matching(rules, part) for part in _cut(lines, LINES_A_TURN)] for rules in sets]
    return ratio_of(*sides), ratio_of(*sides)


def _matching(rules: RuleSet, lines: Sequence[bytes]) -> Callable[[], None]:
    def match() -> None:
        for line in lines:
            rules.matches(read_fields("windows", line), line)

    return match


def multiplied(parsed: ParsedRules, times: int) -> ParsedRules:
    """As many copies of what correlations read, each on rules of a log that nobody sends."""
    named = {name for each in parsed.correlations for name in each.rules}
    base = [rule for rule in parsed.rules if rule.head.rule_id in named]
    rules: list[SigmaRule] = [*parsed.rules]
    correlations: list[SigmaCorrelation] = [*parsed.correlations]
    trees = dict(parsed.trees)
    for number in range(1, times):
        for rule in base:
            head = _copied(rule.head, number)
            rules.append(msgspec.structs.replace(rule, head=head, logsource=NOWHERE))
            trees[head.rule_id] = trees[rule.head.rule_id]
        correlations += [_copied_correlation(each, number) for each in parsed.correlations]
    return msgspec.structs.replace(
        parsed, rules=tuple(rules), correlations=tuple(correlations), trees=trees
    )


def _copied_correlation(correlation: SigmaCorrelation, number: int) -> SigmaCorrelation:
    aliases = tuple(
        Alias(alias.name, {f"{rule}/{number}": field for rule, field in alias.sources.items()})
        for alias in correlation.aliases
    )
    return msgspec.structs.replace(
        correlation,
        head=_copied(correlation.head, number),
        rules=tuple(f"{name}/{number}" for name in correlation.rules),
        aliases=aliases,
        expression=None,
    )


def _copied(head: Head, number: int) -> Head:
    name = f"{head.name}/{number}" if head.name else ""
    return msgspec.structs.replace(head, rule_id=f"{head.rule_id}/{number}", name=name)


def correlations_ratio() -> tuple[float, int, int]:
    """Many correlations beside few, and how many there were."""
    parsed = load_documents([OWN_RULES], None)
    plain, batches = simulated()
    rules = compile_rules(parsed), compile_rules(multiplied(parsed, TIMES))
    engines = [Engine(each, Policy(), plain.registry) for each in rules]
    spare_long_lived()
    sides = [_processing(engine, batches) for engine in engines]
    few, many = (len(engine.plan.correlations) for engine in engines)
    return ratio_of(*sides), few, many


def _processing(engine: Engine, batches: Sequence[Batch]) -> list[Callable[[], None]]:
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)

    def process(part: Sequence[Batch]) -> None:
        for batch in part:
            state = states[batch.enterprise_id]
            engine.process(state, batch)
            encode_state(state)

    return [partial(process, part) for part in _cut(batches, BATCHES_A_TURN)]


def _cut(of: Sequence[T], size: int) -> list[Sequence[T]]:
    return [of[first : first + size] for first in range(0, len(of), size)]


def main() -> None:
    """Both ratios beside their limits."""
    ratio, few, many = correlations_ratio()
    print(f"{many} correlations beside {few}: {verdict('300 correlations beside 30', ratio)}")
    if not CORPORA.exists():
        print(f"no corpora at {CORPORA}: rules are left out", file=sys.stderr)
        return
    for warmth, ratio in zip(("cold", "warm"), rules_ratios(), strict=True):
        row = f"3,000 rules beside 100, {warmth}"
        print(f"{row}: {verdict(row, ratio)}")


if __name__ == "__main__":
    main()
