"""`fenghuo rules backtest`: what other rules or another policy would have come to (shell).

It reads a store's lines and writes nothing: neither a topic, nor a table, nor a state.
"""

from functools import partial
from pathlib import Path
from typing import Final

import click
import msgspec

from pipeline.app.engines import OWN_RULES
from pipeline.cli.differences import NO_DIFFERENCE
from pipeline.cli.engines import load_draft, load_engine
from pipeline.cli.moments import RFC3339
from pipeline.cli.options import FILE, PATH, json_option, registry_option
from pipeline.cli.replay import nothing_heard_remarks, replay_faults_told
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.backtest import Backtest, Outcome, backtest_of
from pipeline.replay.differences import lines_of
from pipeline.replay.past_period import PastPeriod
from pipeline.replay.past_sources import copied, stored_inputs
from pipeline.replay.spool import Spool
from pipeline.replay.stored_lines import Reread
from pipeline.replay.warm_up import NoDelivery, warm_up_of
from schemas.batch import BatchAccount
from schemas.glossary import Term
from schemas.language import Language
from schemas.moments import DAY, Moment, format_moment, parse_moment

SHOWN = 20
"""Rules, and enterprises, in the tables; JSON has all."""
_RECEIVED: Final = Term(
    "接收时间 {start} 至 {end}：日志 {events} 条", "received from {start} to {end}: {events} events"
)
_RULE_HEADS: Final = (
    Term("规则", "rule"),
    Term("级别", "level"),
    Term("现行", "in force"),
    Term("新", "new"),
    Term("差", "difference"),
    Term("单位数", "enterprises"),
    Term("编号", "id"),
)
_ENTERPRISE_HEADS: Final = (
    Term("单位", "enterprise"),
    Term("现行告警", "detections in force"),
    Term("新告警", "new"),
    Term("现行事件", "incidents in force"),
    Term("新事件", "new"),
)
_MORE_RULES: Final = Term("另有 {count} 条规则，见 --json", "{count} more rules: --json has all")
_MORE_ENTERPRISES: Final = Term(
    "另有 {count} 个单位，见 --json", "{count} more enterprises: --json has all"
)
_INCIDENTS: Final = Term(
    "事件：现行 {it.incidents_live} 起，新 {it.incidents_new} 起"
    "（多 {it.more}，少 {it.less}，变化 {it.changed}）",
    "incidents: {it.incidents_live} in force, {it.incidents_new} new "
    "({it.more} more, {it.less} less, {it.changed} changed)",
)
_HOURS: Final = Term(
    "分析工时（按每起 {it.minutes_an_incident:g} 分钟）：现行 {it.hours_live:.1f} 小时，"
    "新 {it.hours_new:.1f} 小时（{change:+.1f}）",
    "analysts' hours at {it.minutes_an_incident:g} minutes an incident: "
    "{it.hours_live:.1f} in force, {it.hours_new:.1f} new ({change:+.1f})",
)


@click.command("backtest")
@click.option("--rules", "new_rules", multiple=True, type=PATH, help="In place of those in force.")
@click.option("--add", "added", multiple=True, type=PATH, help="Besides those in force.")
@click.option("--policy", "new_policy", type=FILE, help="In place of the one in force.")
@click.option(
    "--live-rules", multiple=True, envvar="FENGHUO_RULES", type=PATH, help="Rules in force."
)
@click.option("--live-policy", envvar="FENGHUO_POLICY", type=FILE, help="Policy in force.")
@registry_option("Default: `local` alone.")
@click.option("--days", type=click.IntRange(1), help="Up to the last receipt that the store has.")
@click.option("--from", "start", type=RFC3339, help="Received since; RFC 3339.")
@click.option("--to", "end", type=RFC3339, help="Received before; RFC 3339.")
@click.option("--enterprise", "enterprises", multiple=True, help="Only these; default: all.")
@click.option(
    "--minutes",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="What one incident costs an analyst: an assumption of yours.",
)
@json_option("All of it as one JSON object.")
@lang_option
@store_options
def backtest_command(
    new_rules: tuple[Path, ...],
    added: tuple[Path, ...],
    new_policy: Path | None,
    live_rules: tuple[Path, ...],
    live_policy: Path | None,
    registry: Path | None,
    days: int | None,
    start: Moment | None,
    end: Moment | None,
    enterprises: tuple[str, ...],
    minutes: float,
    as_json: bool,
    lang: Language,
    store: ChosenStore,
) -> None:
    """What NEW rules or policy would have come to: what fires where, and what it costs.

    Both sides read the same lines of the store, with the same warm-up.
    """
    if not (new_rules or added or new_policy):
        raise click.UsageError("name what is new: --rules, --add or --policy")
    if (days is None) == (start is None or end is None):
        raise click.UsageError("name the period: either --days, or --from and --to")
    live = load_engine(live_rules, registry, live_policy)
    in_force = live_rules or (OWN_RULES,)
    new = load_draft((*(new_rules or in_force), *added), registry, new_policy or live_policy)
    period = _period(store, days) if days else Period(start or 0, end or 0)
    if period.start >= period.end:
        raise click.BadParameter("the period is empty: --from is not before --to")
    warm_up = max(warm_up_of(live), warm_up_of(new))
    with (
        replay_faults_told(),
        copied(store, period.start - warm_up, period.end, enterprises) as spool,
    ):
        before, reread, events = _outcome(live, spool, period, warm_up)
        after, _, _ = _outcome(new, spool, period, warm_up)
    for remark in reread.remarks():
        say(remark, err=True)
    for fault in nothing_heard_remarks(events, period):
        raise click.ClickException(fault)
    found = backtest_of(before, after, period.start, period.end, events, minutes)
    if as_json:
        say(msgspec.json.encode(found))
    else:
        _print(found, lang)


def _period(store: ChosenStore, days: int) -> Period:
    """So many days up to and with the last receipt."""
    with store.read() as sink:
        (row,) = sink.query("SELECT count() AS events, max(received_at) AS last FROM events")
    if not row["events"]:
        raise click.ClickException("the store has no events: nothing to test the rules on")
    end = parse_moment(str(row["last"])) + 1
    return Period(end - days * DAY, end)


def _outcome(
    engine: Engine, spool: Spool, period: Period, warm_up: Moment
) -> tuple[Outcome, Reread, int]:
    """What one side comes to, what was not read again, and the period's events."""
    outcome, reread, events = Outcome(), Reread(), 0
    past = PastPeriod(engine, period, NoDelivery(), partial(say, err=True), warm_up)
    for decisions in past.take(stored_inputs(spool, reread)):
        outcome.add(decisions)
        events += sum(each.events for each in decisions if isinstance(each, BatchAccount))
    for decisions in past.settle():
        outcome.add(decisions)
    return outcome, reread, events


def _print(found: Backtest, lang: Language) -> None:
    moments = {name: format_moment(getattr(found, name)) for name in ("start", "end")}
    say(_RECEIVED.of(lang).format(**moments, events=found.events))
    rules = [
        (cost.title, cost.level, cost.live, cost.new, f"{cost.new - cost.live:+d}",
         cost.enterprises, cost.rule_id)
        for cost in found.rules[:SHOWN]
    ]  # fmt: skip
    print_table([head.of(lang) for head in _RULE_HEADS], rules)
    noisy = [*map(msgspec.structs.astuple, found.enterprises[:SHOWN])]
    print_table([head.of(lang) for head in _ENTERPRISE_HEADS], noisy)
    for more, shown in ((_MORE_RULES, found.rules), (_MORE_ENTERPRISES, found.enterprises)):
        if len(shown) > SHOWN:
            say(more.of(lang).format(count=len(shown) - SHOWN))
    for line in lines_of(found.differences, lang):
        say(line)
    say(_INCIDENTS.of(lang).format(it=found))
    say(_HOURS.of(lang).format(it=found, change=found.hours_new - found.hours_live))
    if not found.differences and all(cost.live == cost.new for cost in found.rules):
        say(NO_DIFFERENCE.of(lang))
