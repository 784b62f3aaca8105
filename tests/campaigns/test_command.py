"""`fenghuo run` finds a campaign by itself; `fenghuo campaigns` shows it without names."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.state import is_campaign_key
from schemas.registry import Enterprise
from tests.engine.builders import RULES, shadow_copies

NAMES = ("works-1", "works-2", "works-3")
PROVINCES = ("330000", "440000", "110000")
EVIL = "203.0.113.7"


class Site:
    """A store, rules, a registry of three enterprises."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rules = folder / "rules"
        rules.mkdir()
        (rules / "rules.yml").write_text(RULES)
        rows = [
            Enterprise(
                enterprise_id=name,
                name=f"示例{name}",
                province=province,
                sector="steel",
                field="industrial",
                persons=2_000_000,
            )
            for name, province in zip(NAMES, PROVINCES, strict=True)
        ]
        (folder / "registry.ndjson").write_bytes(b"\n".join(map(msgspec.json.encode, rows)))

    def call(self, *words: str) -> str:
        """The command's standard output."""
        command = (sys.executable, "-m", "pipeline.cli.main", *words, "--store", "st")
        result = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def strike(self, name: str, at_s: float, day: int = 1, source: str = EVIL) -> None:
        """A recording of an attack from outside, run through the whole pipeline."""
        (self.folder / f"{name}.ndjson").write_bytes(shadow_copies(at_s, SourceIp=source) + b"\n")
        options = ("--rules", "rules", "--registry", "registry.ndjson", "--enterprise", name)
        self.call("run", *options, "--received-at", f"2026-05-{day:02}T12:30:00Z", f"{name}.ndjson")

    def listed(self, *options: str) -> list[dict[str, object]]:
        return [
            json.loads(line)
            for line in self.call("campaigns", "list", "--json", *options).splitlines()
        ]


def test_the_third_enterprise_makes_it_a_campaign_and_a_verdict_withdraws_it(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path)
    for number, name in enumerate(NAMES):
        site.strike(name, number)
        assert len(site.listed()) == (number == 2)
    (campaign,) = site.listed()
    assert (campaign["indicator"], campaign["enterprise_count"]) == (EVIL, 3)
    assert campaign["combined_miit_tier"]
    shown = site.call("campaigns", "list", "--lang", "en")
    assert "3 enterprises, 3 incidents" in shown
    assert "Zhejiang" in shown
    assert "works-" not in shown + json.dumps(campaign)
    name = str(campaign["campaign_id"])
    assert "works-" not in site.call("campaigns", "show", name)
    named = json.loads(site.call("campaigns", "show", name, "--names"))
    assert [each["enterprise"] for each in named["members"]] == [f"示例{each}" for each in NAMES]
    site.call(
        "incidents", "close", named["members"][1]["incident_id"], "--verdict", "false_positive"
    )
    assert site.listed() == []
    (withdrawn,) = site.listed("--all")
    assert (withdrawn["status"], withdrawn["revision"]) == ("withdrawn", 3), "it was over by then"
    assert len(json.loads(site.call("campaigns", "show", name[:8]))["revisions"]) == 3


def test_what_is_forgotten_of_an_enterprise_is_forgotten_of_its_indicators(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number, name in enumerate(NAMES[:2]):
        site.strike(name, number)
    site.call("forget", "--enterprise", NAMES[0], "--yes")
    site.strike(NAMES[2], 3)
    assert site.listed() == [], "two are left"


def indicators_held(folder: Path) -> int:
    return sum(map(is_campaign_key, EmbeddedStates(folder / "st").names()))


def test_a_later_run_finds_a_campaign_over(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number, name in enumerate(NAMES):
        site.strike(name, number)
    site.strike(NAMES[0], 3, day=20, source="10.0.0.1")
    assert [each["status"] for each in site.listed()] == ["over"]
    assert indicators_held(tmp_path) == 1


def test_a_later_run_lets_go_of_an_indicator_that_came_to_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.strike(NAMES[0], 0)
    assert indicators_held(tmp_path) == 1
    site.strike(NAMES[1], 1, day=20, source="10.0.0.1")
    assert indicators_held(tmp_path) == 0
