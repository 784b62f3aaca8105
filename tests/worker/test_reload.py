"""Rules and registry that change under a running worker, with the real files, engine and watch."""

import asyncio
import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main as fenghuo
from pipeline.path import Engine
from pipeline.worker.engine_parts import EngineParts
from pipeline.worker.metrics import Metrics
from pipeline.worker.rules_watch import RulesWatch
from pipeline.worker.settings import read_settings
from schemas.registry import Enterprise

ENTERPRISES = 1_000
RULE = """
title: Shadow copies are deleted
id: 11111111-1111-4111-8111-11111111111{number}
level: high
logsource: {{product: windows, category: process_creation}}
detection: {{selection: {{CommandLine|contains: 'vss{number}'}}, condition: selection}}
"""


def row(number: int) -> bytes:
    name = f"works-{number:04}"
    return msgspec.json.encode(
        Enterprise(enterprise_id=name, name=name, province="330000", sector="", field="industrial")
    )


class Site:
    """Rules and a registry on disk, and a watch over them."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir()
        self.write_rule(1)
        self.registry = folder / "registry.ndjson"
        self.write_registry(range(ENTERPRISES))
        settings = read_settings(
            kafka_bootstrap="127.0.0.1:1", rules=(self.rules,), registry=self.registry
        )
        parts = EngineParts(settings)
        self.metrics = Metrics()
        engine = parts.load_engine(None)
        self.watch = RulesWatch(parts, engine, settings.watched_files(), self.metrics)

    def write_rule(self, number: int) -> None:
        (self.rules / f"rule{number}.yml").write_text(RULE.format(number=number))

    def write_registry(self, numbers: "range | list[int]", tail: bytes = b"") -> None:
        self.registry.write_bytes(b"".join(row(each) + b"\n" for each in numbers) + tail)

    @property
    def in_force(self) -> Engine:
        return self.watch.in_force

    @property
    def is_alarmed(self) -> bool:
        return b"fenghuo_rule_reload_failed 1.0" in self.metrics.text()

    def look(self) -> Engine | None:
        """Two polls: a change is taken when it has stood still from one to the next."""
        return asyncio.run(self.watch.look()) or asyncio.run(self.watch.look())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_nothing_happens_while_nothing_changes(site: Site) -> None:
    assert site.look() is None
    assert not site.is_alarmed


@pytest.mark.parametrize("what", ["rules", "registry"])
def test_what_is_away_for_a_while_leaves_the_old_in_force(site: Site, what: str) -> None:
    place: Path = getattr(site, what)
    before = site.in_force
    place.rename(place.with_name("away"))
    assert site.look() is None
    assert site.in_force is before
    assert site.is_alarmed
    place.with_name("away").rename(place)
    site.look()
    assert not site.is_alarmed
    assert len(site.in_force.registry) == ENTERPRISES


def test_a_folder_of_rules_that_is_empty_for_a_while_leaves_the_old_in_force(site: Site) -> None:
    (site.rules / "rule1.yml").unlink()
    assert site.look() is None
    assert site.is_alarmed
    site.write_rule(2)
    assert site.look() is not None
    assert not site.is_alarmed


def test_a_registry_that_is_cut_off_in_a_row_refuses_nobody(site: Site) -> None:
    site.write_registry(range(ENTERPRISES - 1), tail=row(ENTERPRISES - 1)[:40])
    assert site.look() is None
    assert len(site.in_force.registry) == ENTERPRISES
    assert site.is_alarmed


def test_a_registry_that_grows_from_look_to_look_is_not_read_half(site: Site) -> None:
    for length in (10, 500, 998):
        site.write_registry(range(length))
        assert asyncio.run(site.watch.look()) is None
    site.write_registry(range(ENTERPRISES + 1))
    assert site.look() is not None
    assert len(site.in_force.registry) == ENTERPRISES + 1
    assert not site.is_alarmed


@pytest.mark.parametrize(("lost", "is_taken"), [(1, True), (10, True), (11, False), (900, False)])
def test_a_registry_that_loses_many_is_held_back(site: Site, lost: int, is_taken: bool) -> None:
    """More than five, and more than one of a hundred."""
    site.write_registry(range(ENTERPRISES - lost))
    assert (site.look() is not None) is is_taken
    assert len(site.in_force.registry) == ENTERPRISES - (lost if is_taken else 0)
    assert site.is_alarmed is not is_taken


def test_a_loss_that_is_confirmed_is_taken_and_the_next_one_counts_again(site: Site) -> None:
    site.write_registry(range(500))
    assert site.look() is None
    confirmed = CliRunner().invoke(fenghuo, ["registry", "confirm", str(site.registry)])
    assert confirmed.exit_code == 0, confirmed.output
    assert site.look() is not None
    assert len(site.in_force.registry) == 500
    assert not site.is_alarmed
    site.write_registry(range(100))
    assert site.look() is None
    assert len(site.in_force.registry) == 500
    assert site.is_alarmed


@pytest.mark.parametrize("kind", ["pipe", "loop", "dangling", "socket"])
def test_what_is_no_file_among_the_rules_is_a_named_fault_and_no_hang(
    site: Site, kind: str
) -> None:
    place = site.rules / "odd.yml"
    make_odd(place, kind)
    assert site.look() is None
    assert site.is_alarmed
    place.unlink()
    site.write_rule(2)
    assert site.look() is not None
    make_odd(place, kind)
    checked = CliRunner().invoke(fenghuo, ["rules", "check", str(site.rules)])
    assert checked.exit_code == 1
    assert "odd.yml:1" in checked.output
    assert "is no regular file" in checked.output


def make_odd(place: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        os.mknod(place, 0o140600)
    else:
        place.symlink_to(place.name if kind == "loop" else "nowhere")


def worker(*options: str) -> "tuple[int, str]":
    result = CliRunner().invoke(fenghuo, ["worker", "--bootstrap", "127.0.0.1:1", *options])
    return result.exit_code, result.output


def test_a_worker_without_a_registry_does_not_start() -> None:
    code, said = worker()
    assert code == 1
    assert "no registry named: everybody would be refused; set FENGHUO_REGISTRY" in said


def test_a_worker_with_a_registry_of_nobody_does_not_start(tmp_path: Path) -> None:
    empty = tmp_path / "registry.ndjson"
    empty.write_text("{}\n")
    code, said = worker("--registry", str(empty))
    assert code == 1
    assert "no sound row, 1 faulty" in said


def test_a_worker_says_a_mistyped_variable(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setenv("FENGHUO_POLICI", "policy.yml")
    code, said = worker("--registry", str(site.registry))
    assert code == 2
    assert "FENGHUO_POLICI: no such setting; did you mean FENGHUO_POLICY?" in said
