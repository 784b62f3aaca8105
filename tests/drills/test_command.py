"""`fenghuo drill`: what it prints, and how it refuses before anything is sent."""

import json
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.app.drill_runs import Journal, Progress, plan_id
from pipeline.cli.drill import drill_group
from pipeline.drills.library import LIBRARY
from pipeline.drills.planning import plan_drill
from pipeline.policy import read_policy
from schemas.moments import datetime_of
from tests.drills.builders import REGISTRY, drill_file

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SOON = datetime_of(4_070_908_800_000_000).isoformat()
"""2099: a start that is not over."""


class Place:
    """A folder with registry, policy, keys and drill files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = b"\n".join(msgspec.json.encode(each) for each in REGISTRY.values())
        (folder / "registry.ndjson").write_bytes(rows)
        for name, key in (("key.pem", KEY), ("other.pem", OTHER)):
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / name).write_bytes(pem)
        self.write_policy("")

    def write_policy(self, more: str) -> str:
        public = b64encode(KEY.public_key().public_bytes_raw()).decode()
        text = (
            "organisers:\n  - organiser_id: miit\n    keys:\n"
            f'      - {{key_id: k1, public_key: "{public}"}}\n{more}'
        )
        (self.folder / "policy.yml").write_text(text, encoding="utf-8")
        return text

    def write_drill(self, **fields: object) -> Path:
        file = self.folder / "drill.yml"
        document = msgspec.to_builtins(drill_file(**{"start": SOON, **fields}))
        file.write_bytes(msgspec.yaml.encode(document))
        return file

    def call(self, command: str, *options: str) -> Result:
        files = ["--registry", str(self.folder / "registry.ndjson"),
                 "--policy", str(self.folder / "policy.yml")]  # fmt: skip
        return CliRunner().invoke(
            drill_group, [command, str(self.folder / "drill.yml"), *files, *options]
        )

    def run(self, key: str = "key.pem", key_id: str = "k1", *options: str) -> Result:
        keys = ("--key", str(self.folder / key), "--key-id", key_id)
        return self.call("run", *keys, "--bootstrap", "127.0.0.1:1", "--no-rows", *options)

    def register(self) -> None:
        self.write_policy(self.call("plan", "--registration").stdout)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A sound drill in a sound folder."""
    made = Place(tmp_path)
    made.write_drill()
    return made


def test_the_library_is_listed_in_both_languages_and_as_values() -> None:
    wide = {"COLUMNS": "200"}
    for lang, said in (("zh", "勒索病毒攻击"), ("en", "ransomware")):
        listed = CliRunner().invoke(drill_group, ["list", "--lang", lang], env=wide).stdout
        assert said in listed
        assert all(key in listed for key in LIBRARY)
    rows = CliRunner().invoke(drill_group, ["list", "--json"]).stdout.splitlines()
    assert [json.loads(row)["scenario"] for row in rows] == list(LIBRARY)
    assert json.loads(rows[0])["short"]["minutes"] == 15


def test_a_faulty_drill_is_told_whole_and_a_sound_one_counted(place: Place) -> None:
    sound = place.call("check")
    assert sound.exit_code == 0
    assert "shield: 2 enterprises, 0 faults" in sound.stderr
    (place.folder / "drill.yml").write_text("name: 3\npace: 0\ncolour: red\n")
    faulty = place.call("check", "--json")
    assert faulty.exit_code == 1
    places = [json.loads(line)["place"] for line in faulty.stdout.splitlines()]
    assert places == ["colour", "name", "scenario", "organiser", "enterprises", "start", "pace"]
    assert place.call("plan").exit_code == 1


def test_a_plan_says_who_what_and_when_and_what_goes_into_the_policy(place: Place) -> None:
    plan = json.loads(place.call("plan", "--json").stdout)
    assert [each["enterprise_id"] for each in plan["enterprises"]] == ["ent-00001", "ent-00002"]
    assert all(each["events"] > 50 for each in plan["enterprises"])
    assert {each["kind"] for each in plan["injects"]} == {"attack"}
    shown = place.call("plan", "--lang", "en").stdout
    assert "ent-00001" in shown
    registered = read_policy(
        place.write_policy(place.call("plan", "--registration").stdout), "policy.yml"
    ).drills
    assert registered == (plan_drill(drill_file(start=SOON), REGISTRY).registration(),)


def test_what_workers_would_refuse_is_not_begun(place: Place) -> None:
    unregistered = place.run()
    assert unregistered.exit_code == 1
    assert "workers would refuse it: no drill 'shield' is registered" in unregistered.output
    place.register()
    assert "is not that of miit/k1" in place.run("other.pem").output
    assert "has no key 'k2'" in place.run("key.pem", "k2").output
    early = place.run("key.pem", "k1", "--now")
    assert "workers would refuse it: drill 'shield' runs from 2099" in early.output


def test_a_start_that_is_over_is_not_begun_by_mistake(place: Place) -> None:
    place.write_drill(start="2026-06-01T09:00:00+08:00")
    place.register()
    assert "is over: write another start" in place.run().output


@pytest.mark.parametrize("state", ["finished", "stopped"])
def test_a_drill_that_is_over_is_not_played_again(place: Place, state: str) -> None:
    place.register()
    plan = plan_drill(drill_file(start=SOON), REGISTRY)
    journal = Journal(place.folder / "drill.yml")
    done = Progress(drill="shield", plan_id=plan_id(plan), starts_at=plan.starts_at,
                    state="running")  # fmt: skip
    journal.write(msgspec.structs.replace(done, state=state))
    assert f"'shield' is {state}" in place.run().output
    stop = CliRunner().invoke(drill_group, ["stop", str(place.folder / "drill.yml")])
    assert f"'shield' is {state} already" in stop.output
    journal.write(msgspec.structs.replace(done, plan_id="another"))
    assert "file or registry changed since 'shield' ran" in place.run().output


def test_stopping_leaves_a_wish_that_a_run_looks_for(place: Place) -> None:
    file = place.folder / "drill.yml"
    assert CliRunner().invoke(drill_group, ["stop", str(file)]).exit_code == 0
    assert Journal(file).is_asked_to_stop()


def test_what_never_ran_cannot_be_recorded(place: Place, tmp_path: Path) -> None:
    result = place.call("record", "--store", str(tmp_path / "store"))
    assert result.exit_code == 1
    assert "never run here" in result.output
