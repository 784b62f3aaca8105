"""`fenghuo gaps`: the rules in force over what they never saw, as an investigation (shell)."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import click

from pipeline.app.incident_rows import read_incidents
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.gap_publishing import publish_command
from pipeline.cli.gaps import choice_options, find_gaps, list_command, tell_sums
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.investigations import name_option, store_aside
from pipeline.cli.replay import replay_faults_told
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table, terminal
from pipeline.cli.terminal import say
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.replay.gap_reading import Investigated, read_investigated, read_late_findings
from pipeline.replay.gaps import Gap
from pipeline.replay.investigation import Replay, replay, settings_of
from pipeline.replay.late_findings import Found
from pipeline.replay.past_sources import open_past
from pipeline.replay.warm_up import warm_up_of
from schemas.glossary import INCIDENT, Term, capital
from schemas.language import Language
from schemas.moments import Moment
from sinks.contract import Answer

_HEADS: Final = (
    INCIDENT["rule"],
    Term("补查发现", "late findings"),
    INCIDENT["enterprise"],
    INCIDENT["id"],
)


@click.group("gaps")
def gaps_group() -> None:
    """Stored events that the rules in force never saw: list them, and let the rules see them."""


@click.command("fill")
@name_option
@choice_options
@lang_option
@engine_options
@store_options
def fill_command(
    name: str,
    since: Moment,
    enterprises: tuple[str, ...],
    rules: tuple[str, ...],
    lang: Language,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
    store: ChosenStore,
) -> None:
    """Let the rules in force see the gaps, as an investigation: nothing of it is live.

    The store's lines are read again, from the longest window before the first gap to as long
    after the last; a gap that an earlier investigation has filled is left out. Told is what the
    live rules would have found; `gaps publish` makes it live.
    """
    engine = load_engine(rule_folders, registry, policy)
    found = find_gaps(store, since, enterprises, rules)
    if found.rule_set_id != engine.rules.content_id:
        raise click.ClickException(
            f"the rules in force are rule set {found.rule_set_id[:12]}, those given are "
            f"{engine.rules.content_id[:12]}: name the folders of those in force by --rules"
        )
    tell_sums(found)
    gaps = [each for each in found.gaps if not each.filled_by]
    if not gaps:
        say("no gaps that are not filled: there is nothing to do", err=True)
        return
    investigated, incidents = _investigate(engine, name, store, gaps)
    with store.read() as sink:
        late = read_late_findings(sink, investigated)
    ids = {each.detection.detection_id for each in late}
    held = {key: ids & of for key, of in investigated.incidents.items() if ids & of}
    _print_rules(late, lang)
    print_incidents(terminal(), [one for one in incidents if one["incident_id"] in held], lang)
    say(
        f"{len(late)} late findings, {len(set().union(*held.values()))} of them in "
        f"{len(held)} incidents; nothing of it is live: `fenghuo gaps publish {name}` admits these",
        err=True,
    )


def _investigate(
    engine: Engine, name: str, live: ChosenStore, gaps: Sequence[Gap]
) -> tuple[Investigated, list[Answer]]:
    """What was found, and the incidents. A window that a gap cuts is read whole on both sides."""
    tell, reach = partial(say, err=True), warm_up_of(engine)
    of = tuple(dict.fromkeys(each.enterprise_id for each in gaps))
    period = Period(
        min(each.first_received_at for each in gaps),
        max(each.last_received_at for each in gaps) + 1 + reach,
    )
    with (
        replay_faults_told(),
        open_past(None, live, of, period, reach, tell) as past,
        store_aside(live, name).open() as sink,
    ):
        settings = settings_of(engine, period, of, "store", "")
        side = Replay(name, engine, sink, settings, period, reach, tell)
        side.begin()
        replay([side], past.given)
        made = read_investigated(sink), read_incidents(sink)
    for remark in (side.summary.line(), *past.reread.remarks()):
        tell(remark)
    return made


def _print_rules(late: Sequence[Found], lang: Language) -> None:
    rules = Counter((each.detection.rule_id, _title(each, lang)) for each in late)
    if not rules:
        return
    print_table(
        [capital(head.of(lang)) for head in _HEADS],
        [
            (
                title,
                count,
                len({each.enterprise_id for each in late if each.detection.rule_id == rule_id}),
                rule_id,
            )
            for (rule_id, title), count in rules.most_common()
        ],
    )


def _title(found: Found, lang: Language) -> str:
    detection = found.detection
    return (detection.title_zh if lang == "zh" else "") or detection.title


for _command in (list_command, fill_command, publish_command):
    gaps_group.add_command(_command)
