"""`python -m tests.chaos --disturbances 200`: the long form, for `make soak`."""

import sys
import tempfile
from math import inf
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tests.chaos.experiment import Result, run_experiment
from tests.chaos.subjects import SUBJECTS


@click.command()
@click.option("--disturbances", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--subject", type=click.Choice(sorted(SUBJECTS)), default="fenghuo")
@click.option("--timers-s", type=float, default=60.0, show_default=True, help="As a worker's.")
@click.option("--per-second", type=float, help="Records; default: the subject's.")
@click.option("--minutes", type=float, default=inf, help="Disturb at most so long.")
@click.option("--folder", type=click.Path(path_type=Path), help="Kept; default: a temporary one.")
def main(
    disturbances: int,
    seed: int,
    subject: str,
    timers_s: float,
    per_second: float | None,
    minutes: float,
    folder: Path | None,
) -> None:
    """Disturb two workers on a real Kafka, and compare with one that was left alone."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        made = SUBJECTS[subject](seed, place)
        clocks = {"FENGHUO_TIMERS_S": str(timers_s)}
        tested = msgspec.structs.replace(
            made,
            environment={**made.environment, **clocks},
            per_second=per_second or made.per_second,
        )
        result = run_experiment(tested, place, disturbances, seed, minutes * 60)
    show(result, Console())
    sys.exit(0 if result.is_exact else 1)


def show(result: Result, console: Console) -> None:
    """The summary."""
    actions = ", ".join(f"{count} {action}" for action, count in sorted(result.actions.items()))
    console.print(f"seed {result.seed}: {result.published} records; {actions}")
    console.print(f"{result.met_work} met workers that had just taken a step")
    console.print(f"{result.duration_s:.0f} s; exit codes {result.exits}")
    table = Table("table", "rows undisturbed", "lost", "extra", "doubled")
    for each in result.differences:
        counts = (each.rows, len(each.lost), len(each.extra), len(each.doubled))
        table.add_row(each.table, *map(str, counts))
    console.print(table)
    for each in result.differences:
        for kind in ("lost", "extra", "doubled"):
            for row in getattr(each, kind)[:3]:
                console.print(f"{each.table} {kind}: {row[:600]}", markup=False)


if __name__ == "__main__":
    main()
