"""Whoever runs on registry, policy and rules asks who signed them: what nobody signed stays out,
and so does what is older than what a worker took before."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from pipeline.app.engines import EngineRefused
from pipeline.cli.main import main as fenghuo
from pipeline.cli.signing import read_private_key
from pipeline.files.signed_files import SignedFiles, signature_of
from pipeline.intake.file_signatures import FileSignature, NotSigned, sign_contents
from pipeline.worker.engine_parts import EngineParts
from pipeline.worker.metrics import Metrics
from pipeline.worker.rules_watch import RulesWatch
from pipeline.worker.settings import read_settings
from schemas.registry import Enterprise
from sinks.contract import Sink
from sinks.memory import MemorySink
from tests.worker.test_reload import RULE

STRANGER = "stranger"


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(fenghuo, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


class Site:
    """Files of a worker, the keys of who keeps them and of a stranger, and a watch over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = folder / "rules"
        self.rules.mkdir()
        self.write_rule(1)
        self.policy = folder / "policy.yaml"
        self.policy.write_text("quota: {over: drop}\n")
        self.registry = folder / "registry.ndjson"
        self.write_registry("E1")
        self.signers = folder / "signers"
        keeper = call("keys", "new", folder / "keeper.pem").stdout.strip()
        call("keys", "new", folder / f"{STRANGER}.pem")
        self.signers.write_text(f"# who keeps the registry\nkeeper {keeper}\n")
        self.metrics = Metrics()
        self.memory = MemorySink()
        self.store: Path | None = None

    @contextmanager
    def open_memory(self, store: Path | None, database: str) -> Iterator[Sink]:
        yield self.memory

    @property
    def places(self) -> tuple[Path, ...]:
        return self.registry, self.policy, self.rules

    def write_rule(self, number: int) -> None:
        (self.rules / f"rule{number}.yml").write_text(RULE.format(number=number))

    def write_registry(self, *names: str) -> None:
        rows = [Enterprise(enterprise_id=each, name=each, province="330000", sector="x")
                for each in names]  # fmt: skip
        self.registry.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))

    def sign(self, *places: Path, key: str = "keeper", key_id: str = "keeper") -> None:
        signed = call(
            "keys", "sign", "--sign-key", self.folder / f"{key}.pem", "--sign-key-id", key_id,
            *places,
        )  # fmt: skip
        assert signed.exit_code == 0, signed.output

    def start(self) -> RulesWatch:
        settings = read_settings(
            kafka_bootstrap="127.0.0.1:1", rules=(self.rules,), registry=self.registry,
            policy=self.policy, signers=self.signers, store=self.store,
        )  # fmt: skip
        parts = EngineParts(settings) if self.store else EngineParts(settings, self.open_memory)
        engine = parts.load_engine(None)
        if self.store:
            sink = parts.open_sink()
            sink.write(parts.signature_rows(), "registry")
            sink.close()
        else:  # as the worker does before it takes a step
            self.memory.write(parts.signature_rows(), "registry")
        return RulesWatch(parts, engine, settings.watched_files(), self.metrics)

    @property
    def is_alarmed(self) -> bool:
        return b"fenghuo_rule_reload_failed 1.0" in self.metrics.text()


def look(watch: RulesWatch) -> bool:
    """Two polls: a change is taken when it has stood still from one to the next."""
    return (asyncio.run(watch.look()) or asyncio.run(watch.look())) is not None


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.sign(*site.places)
    return site


def test_a_worker_starts_with_what_its_keeper_signed(site: Site) -> None:
    watch = site.start()
    assert [*watch.in_force.registry] == ["E1"]
    assert watch.in_force.policy.quota.over == "drop"


@pytest.mark.parametrize("what", ["registry", "policy", "rules"])
def test_a_worker_does_not_start_with_what_nobody_signed(site: Site, what: str) -> None:
    place: Path = getattr(site, what)
    signature_of(place).unlink()
    with pytest.raises(EngineRefused, match=f"{place.name} is not signed .* `fenghuo keys sign`"):
        site.start()


def test_a_worker_does_not_take_what_a_stranger_signed(site: Site) -> None:
    site.sign(site.registry, key=STRANGER)
    with pytest.raises(EngineRefused, match=r"registry\.ndjson is not what 'keeper' signed"):
        site.start()
    site.sign(site.registry, key=STRANGER, key_id=STRANGER)
    with pytest.raises(EngineRefused, match="'stranger', which the file of signers does not name"):
        site.start()


def added(site: Site) -> None:
    site.write_rule(2)


def removed(site: Site) -> None:
    site.write_rule(2)
    site.sign(site.rules)
    (site.rules / "rule2.yml").unlink()


def renamed(site: Site) -> None:
    (site.rules / "rule1.yml").rename(site.rules / "rule3.yml")


def edited(site: Site) -> None:
    site.policy.write_text("commands: {signed: false}\n")


def entered(site: Site) -> None:
    site.write_registry("E1", "E2")


@pytest.mark.parametrize("change", [added, removed, renamed, edited, entered])
def test_a_change_that_nobody_signed_is_refused_with_an_alarm_and_taken_once_signed(
    site: Site, change: object
) -> None:
    assert callable(change)
    watch = site.start()
    before = watch.in_force
    change(site)
    assert not look(watch)
    assert watch.in_force is before
    assert site.is_alarmed
    site.sign(*site.places)
    assert look(watch)
    assert not site.is_alarmed


def test_an_old_registry_does_not_come_back_with_its_old_signature(site: Site) -> None:
    old = site.registry.read_bytes(), signature_of(site.registry).read_bytes()
    site.write_registry("E1", "E2")
    site.sign(site.registry)
    watch = site.start()
    site.registry.write_bytes(old[0])
    signature_of(site.registry).write_bytes(old[1])
    assert not look(watch)
    assert [*watch.in_force.registry] == ["E1", "E2"]
    site.sign(site.registry)
    assert look(watch), "signed again, going back is meant"


def copied(place: Path) -> dict[Path, bytes]:
    return {each: each.read_bytes() for each in (place, signature_of(place))}


def put_back(copies: dict[Path, bytes]) -> None:
    for place, content in copies.items():
        place.write_bytes(content)


@pytest.mark.parametrize("is_embedded", [False, True], ids=["in memory", "embedded store"])
def test_nor_does_it_come_back_to_a_worker_that_starts_anew(site: Site, is_embedded: bool) -> None:
    site.store = site.folder / "store" if is_embedded else None
    old = copied(site.policy)
    site.policy.write_text("quota: {over: slow}\n")
    site.sign(site.policy)
    site.start()
    put_back(old)
    with pytest.raises(EngineRefused, match=r"signed at .*, before what was taken last"):
        site.start()
    site.sign(site.policy)
    site.start()


def test_places_that_were_signed_at_different_times_are_remembered_each_by_itself(
    site: Site,
) -> None:
    site.sign(site.rules)
    site.start()
    site.start()
    assert {str(row["place"]) for row in site.memory.view("signed_files")} == {
        str(each) for each in site.places
    }


def test_what_is_signed_ahead_of_the_clock_does_not_lock_out_what_comes_later(site: Site) -> None:
    key = read_private_key(site.folder / "keeper.pem")
    contents = {"": site.registry.read_bytes()}
    ahead = sign_contents(key, "keeper", contents, datetime.now(UTC) + timedelta(hours=2))
    signature_of(site.registry).write_bytes(msgspec.json.encode(ahead))
    with pytest.raises(EngineRefused, match="correct the clock"):
        site.start()


@pytest.fixture
def asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("FENGHUO_SIGNERS", str(site.signers))
    return site


def test_commands_that_run_on_the_files_ask_who_signed_them(asked: Site) -> None:
    site, events = asked, asked.folder / "events.ndjson"
    events.write_text('{"time":"2024-03-01T08:00:00Z","a":"x"}\n')
    files = ("--registry", site.registry, "--policy", site.policy, "--rules", site.rules)
    run = ("run", events, "--enterprise", "E1", *files)
    assert call(*run, "--store", site.folder / "first").exit_code == 0
    for number, place in enumerate(site.places):
        signature = signature_of(place).read_bytes()
        signature_of(place).unlink()
        refused = call(*run, "--store", site.folder / f"store{number}")
        assert refused.exit_code == 1
        assert f"{place} is not signed" in refused.stderr
        signature_of(place).write_bytes(signature)


def findings(site: Site) -> dict[str, dict[str, object]]:
    told = call(
        "doctor", "--registry", site.registry, "--policy", site.policy, "--rules", site.rules,
        "--store", site.folder / "store", "--json",
    )  # fmt: skip
    return {each["check"]: each for each in map(json.loads, told.stdout.splitlines())}


def test_the_doctor_finds_what_a_worker_would_refuse(asked: Site) -> None:
    site, parts = asked, ("rules", "registry", "policy")
    site.store = site.folder / "store"
    old = copied(site.registry)
    site.sign(site.registry)
    site.start()
    told = findings(site)
    assert [told[part]["ok"] for part in parts] == [True, True, True]
    put_back(old)
    site.write_rule(2)
    signature_of(site.policy).unlink()
    told = findings(site)
    assert [told[part]["ok"] for part in parts] == [False, False, False]
    assert "before what was taken last" in str(told["registry"]["detail"])
    assert "is not what 'keeper' signed" in str(told["rules"]["detail"])
    assert "keys sign" in str(told["policy"]["remedy"])


def test_what_a_stranger_wrote_is_not_signed_again_by_who_adds_a_key_to_it(asked: Site) -> None:
    site = asked
    site.write_registry("E1", "E9")
    key = call("keys", "new", site.folder / "publish.pem").stdout.strip()
    refused = call(
        "keys", "register", site.registry, "--enterprise", "E1", "--public-key", key,
        "--key-id", "a", "--sign-key", site.folder / "keeper.pem", "--sign-key-id", "keeper",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "is not what 'keeper' signed" in refused.stderr


def test_drafts_are_looked_at_before_anybody_signs_them(asked: Site) -> None:
    site = asked
    site.write_rule(2)
    site.policy.write_text("quota: {over: slow}\n")
    site.write_registry("E1", "E2")
    assert call("rules", "check", site.rules).exit_code == 0
    assert call("policy", "check", site.policy).exit_code == 0
    assert call("registry", "check", site.registry).exit_code == 0


def test_a_refused_change_does_not_make_the_files_in_force_old(site: Site) -> None:
    watch = site.start()
    kept = site.policy.read_bytes(), signature_of(site.policy).read_bytes()
    site.policy.write_text("quota: {over: slow}\n")
    site.sign(site.policy)
    site.write_registry("E9")  # unsigned: the change as a whole is refused
    assert not look(watch)
    site.policy.write_bytes(kept[0])
    signature_of(site.policy).write_bytes(kept[1])
    site.write_registry("E1")
    assert look(watch)
    assert not site.is_alarmed


def test_a_key_that_is_no_signer_s_any_more_signs_nothing_more(site: Site) -> None:
    watch = site.start()
    text = site.signers.read_text()
    site.signers.write_text(text.replace("keeper ", "another "))
    assert not look(watch)
    assert site.is_alarmed
    site.signers.write_text(text)
    look(watch)
    assert not site.is_alarmed


@pytest.mark.parametrize("text", ["", "keeper", "keeper abc", "kee per abc", "keeper " + "A" * 44])
def test_signers_that_are_none_are_said_with_their_line(site: Site, text: str) -> None:
    site.signers.write_text(text)
    with pytest.raises(EngineRefused, match=r"signers.*write an id"):
        site.start()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 9_000, b"x" * 99_999])
def test_a_signature_that_is_none_is_said(site: Site, content: bytes) -> None:
    signature_of(site.rules).write_bytes(content)
    with pytest.raises(EngineRefused, match=r"rules\.sig is no signature"):
        site.start()


def test_a_signature_s_moment_is_signed_with_it(site: Site) -> None:
    file = signature_of(site.registry)
    signature = msgspec.json.decode(file.read_bytes(), type=FileSignature)
    later = signature.signed_at.replace(year=2099)
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(signature, signed_at=later)))
    with pytest.raises(EngineRefused, match="is not what 'keeper' signed at 2099"):
        site.start()


def test_commands_that_write_the_registry_sign_it(site: Site) -> None:
    key = call("keys", "new", site.folder / "publish.pem").stdout.strip()
    registering = (
        "keys", "register", site.registry, "--enterprise", "E1", "--public-key", key, "--key-id",
    )  # fmt: skip
    unsigned = call(*registering, "a")
    assert "sign it again" in unsigned.stderr
    signing = ("--sign-key", site.folder / "keeper.pem", "--sign-key-id", "keeper")
    half = call(*registering, "b", *signing[:2])
    assert half.exit_code == 2
    assert "belong together" in half.stderr
    assert call(*registering, "b", *signing).exit_code == 0
    table = site.folder / "table.csv"
    table.write_text("enterprise_id,name,province,sector\nE1,renamed,330000,x\n")
    into = ("registry", "import", table, "--registry", site.registry, "--apply")
    assert call(*into, *signing).exit_code == 0
    (row,) = site.start().in_force.registry.values()
    assert (row.name, [each.key_id for each in row.keys]) == ("renamed", ["a", "b"])


def spelled(site: Site, how: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder of rules by another path."""
    match how:
        case "relative":
            monkeypatch.chdir(site.folder)
            return Path("rules")
        case "up and down":
            return site.folder / "rules" / ".." / "rules"
        case "from within":
            monkeypatch.chdir(site.rules)
            return Path()
    link = site.folder / "link"
    link.symlink_to(site.rules)
    return link


@pytest.mark.parametrize("how", ["relative", "up and down", "from within", "link"])
def test_however_a_place_is_spelled_it_is_the_one_whose_signature_was_taken(
    site: Site, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = signature_of(site.rules).read_bytes(), (site.rules / "rule1.yml").read_bytes()
    site.write_rule(2)
    site.sign(site.rules)
    site.start()
    first, site.rules = site.rules, spelled(site, how, monkeypatch)
    site.start()
    (first / "rule2.yml").unlink()
    signature_of(first).write_bytes(old[0])
    with pytest.raises(EngineRefused, match=r"signed at .*, before what was taken last"):
        site.start()


def test_a_link_that_leads_to_an_old_release_brings_nothing_back(site: Site) -> None:
    first, second = site.folder / "release1", site.folder / "release2"
    site.rules.rename(first)
    shutil.copytree(first, second)
    site.sign(first, second)
    site.rules.symlink_to(second)
    site.start()
    site.rules.unlink()
    site.rules.symlink_to(first)
    with pytest.raises(EngineRefused, match=r"signed at .*, before what was taken last"):
        site.start()


def test_what_a_store_remembers_by_a_path_as_it_was_spelled_still_holds(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.folder)
    signed = SignedFiles(site.signers)
    late: dict[str, object] = {
        "place": "./policy.yaml",
        "key_id": "k",
        "signed_at": "2999-01-01T00:00:00Z",
    }
    signed.recall([late, {**late, "signed_at": "2000-01-01T00:00:00Z"}])
    with pytest.raises(NotSigned, match=r"before what was taken last \(2999"):
        signed.check(site.policy, {"": site.policy.read_bytes()})


@pytest.mark.parametrize(
    ("content", "detail", "remedy"),
    [
        (b"", "没有密钥", "公钥"),
        (b"keeper AAAA\n", ":1", "fenghuo keys new"),
        (b"\xff\xfe\n", ":1", "fenghuo keys new"),
        (None, "未签署", "fenghuo keys sign"),
    ],
    ids=["no key", "a short key", "no text", "no signature"],
)
def test_doctor_speaks_chinese_of_signers_and_signatures(
    asked: Site, content: bytes | None, detail: str, remedy: str
) -> None:
    signature_of(asked.registry).unlink()
    if content is not None:
        asked.signers.write_bytes(content)
    said = call("--lang", "zh", "doctor", "--registry", asked.registry).stdout
    _, _, told = said.partition("FAIL registry")
    first, second = told.splitlines()[:2]
    assert detail in first
    assert remedy in second
    for english in (" is not ", " names no ", "no new key", "write an id", "sign it"):
        assert english not in first + second
