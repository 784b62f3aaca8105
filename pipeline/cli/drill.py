"""`fenghuo drill`: exercises on the real path, told by the simulator, scored from rows."""

from pathlib import Path

import click
import msgspec

from dashboards.words import Language
from pipeline.cli.drill_files import drill_options, load_drill, read_drill
from pipeline.cli.drill_plans import (
    library_rows,
    plan_object,
    print_library,
    print_plan,
    registration_text,
)
from pipeline.cli.drill_report import report_command
from pipeline.cli.drill_runs import (
    record_command,
    run_command,
    status_command,
    stop_command,
)
from pipeline.cli.drill_scores import score_command
from pipeline.cli.engines import load_policy, load_registry
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.terminal import say, say_json_lines
from pipeline.drills.planning import plan_drill
from pipeline.drills.traffic import make_shipments


@click.group("drill")
def drill_group() -> None:
    """Drills: made attacks on the real path, marked, and kept apart from all that is live."""


@drill_group.command("list")
@lang_option
@json_option("JSON on stdout.")
def list_command(lang: Language, as_json: bool) -> None:
    """The scenarios that a drill can have, each short (15 minutes) and long (a day)."""
    if as_json:
        say_json_lines(library_rows())
    else:
        print_library(lang)


@drill_group.command("check")
@drill_options
@json_option("JSON on stdout.")
def check_command(file: Path, registry: Path, policy: Path, as_json: bool) -> None:
    """Every fault of the drill in FILE, with place and remedy; exit 1 if there is one."""
    known = load_registry(registry)
    drill, faults = read_drill(file, known, load_policy(policy))
    for fault in faults:
        say(msgspec.json.encode(fault) if as_json else str(fault))
    if drill is None or faults:
        raise click.exceptions.Exit(1)
    plan = plan_drill(drill, known)
    say(f"{drill.name}: {len(plan.enterprises)} enterprises, 0 faults", err=True)


@drill_group.command("plan")
@drill_options
@lang_option
@json_option("JSON on stdout.")
@click.option("--registration", is_flag=True, help="Only what goes into the policy, as YAML.")
def plan_command(
    file: Path, registry: Path, policy: Path, lang: Language, as_json: bool, registration: bool
) -> None:
    """Who takes part in the drill of FILE, what is put to them, and when. Sends nothing."""
    drill, known, _ = load_drill(file, registry, policy)
    plan = plan_drill(drill, known)
    if registration:
        say(registration_text(plan))
        return
    shipments = make_shipments(plan)
    if as_json:
        say(msgspec.json.encode(plan_object(plan, shipments)))
    else:
        print_plan(plan, shipments, lang)


for command in (
    run_command,
    stop_command,
    record_command,
    status_command,
    score_command,
    report_command,
):
    drill_group.add_command(command)
