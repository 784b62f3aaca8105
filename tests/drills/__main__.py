"""`python -m tests.drills`: 40 enterprises in five provinces drilled on a broker, for `make soak`.

Printed: the score by province, every outcome, what became of the abuses of the organiser's key, and
the digests of all that is live, with the drill and without it. Exit 1 where anything is otherwise.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click

from pipeline.app.stores import open_store
from schemas.language import LANGUAGES
from tests.brokers.choice import BrokerAddress, any_broker
from tests.drills.broker_site import ABUSES, NAME, BrokerSite, publishers_of
from tests.drills.live_digests import live_digests

FIVE = ("330000", "320000", "440000", "510000", "370000")


@click.command()
@click.option("--enterprises", type=click.IntRange(5), default=40, show_default=True)
@click.option("--pace", type=click.IntRange(1, 60), default=10, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Kept; default: a temporary one.")
def main(enterprises: int, pace: int, folder: Path | None) -> None:
    """Hold the drill, respond to it, score it, report it; then read the same without it."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        with any_broker(place / "broker") as broker:
            sys.exit(0 if hold(broker, place, enterprises, pace) else 1)


def hold(broker: BrokerAddress, place: Path, enterprises: int, pace: int) -> bool:
    """Whether nothing live moved, and every abuse was refused for its reason."""
    publishers = publishers_of(FIVE, enterprises)
    ids = [each.enterprise_id for each, _ in publishers][:enterprises]
    injects = [
        {"kind": "silence", "after_minutes": 1, "minutes": 14, "enterprises": ids[:1]},
        {"kind": "late", "after_minutes": 6, "minutes": 3, "delay_minutes": 2},
        {"kind": "false_alarm", "after_minutes": 5},
        {"kind": "second_wave", "after_minutes": 9, "enterprises": ids[1:9]},
        {"kind": "question", "after_minutes": 8, "zh": "是否有个人信息泄露？"},
    ]
    site = BrokerSite(
        broker, place, publishers, pace=pace, enterprises={"ids": ids}, injects=injects
    )
    try:
        click.echo(f"drill run: {site.play()}")
        site.respond()
        site.end()
        letters = Counter(str(row["reason"]) for row in site.rows("dead_letters"))
        click.echo(f"dead letters: {dict(letters)}")
        scored = json.loads(
            site.call("drill", "score", NAME, "--json", "--store", site.beside.store)
        )
        for group in (*scored["provinces"], scored["drill"]):
            click.echo(json.dumps(group, ensure_ascii=False))
        for language in LANGUAGES:
            for form in ("html", "docx"):
                site.call(
                    "drill", "report", NAME, "--lang", language, "--format", form,
                    "--out", place / f"report-{language}.{form}", "--store", site.beside.store,
                )  # fmt: skip
        site.without_the_drill()
        with open_store(site.beside.store, "fenghuo") as store:
            beside = live_digests(store, site.plan.ends_at)
        with open_store(site.alone.store, "fenghuo") as store:
            alone = live_digests(store, site.plan.ends_at)
    finally:
        site.close()
    for name, (rows, digest) in beside.items():
        same = "=" if alone[name] == (rows, digest) else "≠"
        click.echo(f"{name:28} {rows:6} {digest} {same} {alone[name][1]}")
    return beside == alone and letters == Counter(ABUSES.values())


if __name__ == "__main__":
    main()
