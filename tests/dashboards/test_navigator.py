"""Layers for ATT&CK Navigator: scores, domains, and the command on our own rules."""

from pathlib import Path

import orjson
from click.testing import CliRunner

import pipeline.rules
from dashboards.navigator import layer
from pipeline.cli.rules import rules_group
from sinks.chdb import ChdbSink

RULES = (
    ("Shadow copies deleted", ("attack.impact", "attack.t1490")),
    ("Mass rewrite", ("attack.impact", "attack.t1490", "attack.t1486")),
    ("Download to a controller", ("attack.impair_process_control", "attack.t0843")),
)


def scores(made: dict[str, object]) -> dict[str, int]:
    techniques = made["techniques"]
    assert isinstance(techniques, list)
    return {each["techniqueID"]: each["score"] for each in techniques}


def test_without_detections_a_technique_scores_by_its_rules() -> None:
    made = layer("x", "enterprise", RULES)
    assert made["domain"] == "enterprise-attack"
    assert scores(made) == {"T1486": 1, "T1490": 2}
    assert made["techniques"][1]["comment"] == "Mass rewrite\nShadow copies deleted"


def test_industrial_techniques_are_a_matrix_of_their_own() -> None:
    assert scores(layer("x", "ics", RULES)) == {"T0843": 1}


def test_what_rules_look_for_and_nobody_did_scores_nothing() -> None:
    fired = [(("attack.t1490",), 5), (("attack.t1490", "attack.t1021.002"), 2)]
    made = layer("x", "enterprise", RULES, fired)
    assert scores(made) == {"T1021.002": 2, "T1486": 0, "T1490": 7}
    assert made["gradient"]["maxValue"] == 7


def test_the_command_prints_a_layer_of_our_own_rules_scored_by_a_store(
    store: ChdbSink, store_folder: Path
) -> None:
    store.close()  # a process has one open at a time
    folder = str(Path(pipeline.rules.__path__[0]))
    runner = CliRunner()
    plain = runner.invoke(rules_group, ["navigator", folder], catch_exceptions=False)
    scored = runner.invoke(
        rules_group, ["navigator", folder, "--store", str(store_folder)], catch_exceptions=False
    )
    by_rules, by_store = (scores(orjson.loads(each.stdout)) for each in (plain, scored))
    assert len(by_rules) > 40
    assert min(by_rules.values()) == 1
    assert by_rules.keys() <= by_store.keys()
    assert by_store["T1486"] == 13
