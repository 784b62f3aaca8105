"""What a clumsy or hostile caller meets: place, cause, remedy and the right exit code."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipeline.cli.command_senders import CommandRoute
from pipeline.cli.kafka_options import KafkaOptions
from pipeline.cli.main import LazyGroup, main
from pipeline.cli.stores import ChosenStore, open_sink
from pipeline.kafka.faults import BrokerAbsent
from schemas.command import Command


def call(*arguments: object) -> Result:
    """The command line, in this process; a traceback counts as a failure of the test."""
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def event(number: int) -> str:
    return json.dumps({"@timestamp": f"2026-03-02T10:00:{number % 60:02}Z", "n": number})


def events(count: int) -> bytes:
    return "\n".join(map(event, range(count))).encode()


def accounts(store: Path) -> dict[str, int]:
    """The sums of the store's batches, and how many events it has."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in ("events", "stored", "late", "dropped"))
    letters = "sum(dead_lettered) AS dead_lettered, (SELECT count() FROM events) AS rows"
    result = call("sql", "--store", store, f"SELECT {sums}, {letters} FROM batches")
    sums_read: dict[str, int] = json.loads(result.stdout)
    return sums_read


def test_a_file_given_twice_is_counted_and_stored_once(tmp_path: Path) -> None:
    recording, store = tmp_path / "a.jsonl", tmp_path / "store"
    recording.write_bytes(events(30))
    for _ in range(2):
        assert call("run", "--store", store, recording).exit_code == 0
    expected = {"events": 60, "stored": 30, "late": 0, "dropped": 30, "dead_lettered": 0}
    assert accounts(store) == {**expected, "rows": 30}


def test_what_was_dropped_and_refused_is_said_with_where_to_look(tmp_path: Path) -> None:
    recording, store = tmp_path / "a.jsonl", tmp_path / "store"
    recording.write_bytes(events(3) + b"\nno event\n")
    first, again = (call("run", "--store", store, recording) for _ in range(2))
    assert f"fenghuo dead-letters list --store {store}" in first.stderr
    assert "in this store already" not in first.stderr
    assert "in this store already: for other rules, take another --store" in again.stderr


def test_a_truncated_archive_fails_after_what_could_be_read(tmp_path: Path) -> None:
    whole, broken, store = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz", tmp_path / "store"
    whole.write_bytes(events(3))
    packed = gzip.compress(events(2000))
    broken.write_bytes(packed[: len(packed) * 2 // 3])
    result = call("run", "--store", store, broken, whole)
    assert result.exit_code == 1
    assert f"{broken}: the archive cannot be unpacked" in result.stderr
    assert "get them whole" in result.stderr
    assert accounts(store)["rows"] > 3


def test_an_archive_with_a_wrong_checksum_fails(tmp_path: Path) -> None:
    broken, store = tmp_path / "b.zip", tmp_path / "store"
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.jsonl", events(20))
    content = broken.read_bytes()
    broken.write_bytes(content.replace(b'"n": 7', b'"n": 8'))
    result = call("run", "--store", store, broken)
    assert result.exit_code == 1
    assert "CRC" in result.stderr


def packed(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def test_archives_inside_archives_are_unpacked(tmp_path: Path) -> None:
    file, store = tmp_path / "a.zip", tmp_path / "store"
    day = packed({"d.jsonl.gz": gzip.compress(events(5))})
    file.write_bytes(packed({"day.zip": day, "b.jsonl": b"\n".join(events(9).splitlines()[5:])}))
    assert call("run", "--store", store, file).exit_code == 0
    sums = {"events": 9, "stored": 9, "late": 0, "dropped": 0, "dead_lettered": 0, "rows": 9}
    assert accounts(store) == sums


def test_archives_without_end_are_named(tmp_path: Path) -> None:
    file, nest = tmp_path / "bomb.zip", events(1)
    for _ in range(9):
        nest = packed({"inner.zip": nest})
    file.write_bytes(nest)
    result = call("run", "--store", tmp_path / "store", file)
    assert result.exit_code == 1
    assert f"{file}: inner.zip/inner.zip/inner.zip: an archive inside 3 others" in result.stderr


def test_what_is_no_text_is_named_with_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(b"ElfFile\0\0\0")
    result = call("run", "--store", tmp_path / "store", file)
    assert result.exit_code == 1
    assert f"{file}: " in result.stderr
    assert "export its events as JSON" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_of_a_file_are_read_as_utf_8_is(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(events(5).decode().encode(encoding))
    assert call("run", "--store", tmp_path / "store", file).exit_code == 0
    sums = {"events": 5, "stored": 5, "late": 0, "dropped": 0, "dead_lettered": 0, "rows": 5}
    assert accounts(tmp_path / "store") == sums


def test_a_format_that_the_file_does_not_look_like_is_doubted(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"@timestamp": "2026-03-02T10:00:00Z", "EventID": 1, "Channel": "System"}\n')
    for format, is_doubted in (("suricata", True), ("windows", False)):
        result = call("run", "--store", tmp_path / format, "--format", format, file)
        assert result.exit_code == 0
        assert (f"{file}: looks like windows, taken as {format}" in result.stderr) == is_doubted


def test_a_file_without_events_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    result = call("run", "--store", tmp_path / "store", empty)
    assert result.exit_code == 1
    assert f"{empty}: no event in it" in result.stderr
    assert "faults in the files (named above)" in result.stderr


def test_a_folder_is_no_file_whose_lines_are_tried(tmp_path: Path) -> None:
    result = call("formats", "try", tmp_path)
    assert (result.exit_code, "is a directory" in result.stderr) == (2, True)


def test_an_empty_file_is_named_by_a_trial_and_its_exit_code_is_1(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    result = call("formats", "try", tmp_path / "empty.jsonl")
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path / 'empty.jsonl'}: no event in it\n"


def test_a_file_that_fails_a_command_is_named_whichever_command_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @click.command()
    def reading() -> None:
        tmp_path.read_bytes()

    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: reading)
    result = call("reading")
    assert (result.exit_code, result.stderr) == (1, f"Error: {tmp_path}: Is a directory\n")


def test_the_language_may_stand_anywhere_on_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("title: [")
    said = {
        call(*words).stdout
        for words in (
            ("--lang", "zh", "rules", "check", tmp_path),
            ("rules", "--lang", "zh", "check", tmp_path),
            ("rules", "check", "--lang", "zh", tmp_path),
            ("rules", "check", tmp_path, "--lang=zh"),
        )
    }
    assert len(said) == 1
    assert "不是 YAML" in said.pop()


@pytest.mark.parametrize("option", ["--enterprise", "--key-id", "--drill"])
def test_nothing_is_published_under_a_name_that_would_be_refused(
    tmp_path: Path, option: str
) -> None:
    (tmp_path / "a.pem").touch()
    given = {"--enterprise": "E1", "--key-id": "1", "--drill": "d", option: "E 1"}
    words = [word for each in given.items() for word in each]
    result = call("publish", *words, "--key", tmp_path / "a.pem", tmp_path)
    assert result.exit_code == 2
    assert f"'{option}': 'E 1' is no name: 1 to 128 letters" in result.stderr


def test_what_is_no_private_key_is_told_in_plain_words(tmp_path: Path) -> None:
    public = call("keys", "new", tmp_path / "a.pem").stdout
    key = tmp_path / "a.pub"
    key.write_text(public)
    named = ("--enterprise", "E1", "--key-id", "1", "--bootstrap", "127.0.0.1:1")
    result = call("publish", *named, "--key", key, key)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {key}: not a private key (PEM); make one with `fenghuo keys new`\n"
    )


def test_a_folder_without_rules_is_no_folder_of_sound_rules(tmp_path: Path) -> None:
    result = call("rules", "check", tmp_path)
    assert result.exit_code == 1
    assert f"{tmp_path}: no file of rules in it" in result.stderr


def test_a_store_that_is_not_there_has_no_list_of_investigations(tmp_path: Path) -> None:
    result = call("investigations", "list", "--store", tmp_path / "none")
    assert result.exit_code == 1
    assert f"{tmp_path / 'none'}: no such store" in result.stderr
    assert not (tmp_path / "none").exists()


def test_what_is_no_public_key_is_told_in_plain_words(tmp_path: Path) -> None:
    registry = tmp_path / "registry.ndjson"
    registry.write_text(
        '{"enterprise_id": "E1", "name": "A", "province": "330000", "sector": "steel",'
        ' "field": "industrial"}\n'
    )
    named = ("--enterprise", "E1", "--key-id", "1", "--public-key", "zzz")
    result = call("keys", "register", registry, *named)
    assert result.exit_code == 2
    assert "'zzz' is no public key; paste what `fenghuo keys new` printed" in result.stderr


def test_a_backup_that_cannot_be_written_names_its_place(tmp_path: Path) -> None:
    recording, store = tmp_path / "a.jsonl", tmp_path / "store"
    recording.write_bytes(events(1))
    assert call("run", "--store", store, recording).exit_code == 0
    result = call("backup", tmp_path / "none" / "b.tar", "--store", store)
    assert result.exit_code == 1
    assert f"{tmp_path / 'none' / 'b.tar.new'}: No such file or directory" in result.stderr


def test_every_fault_of_the_agents_settings_is_told_in_the_readers_language(
    tmp_path: Path,
) -> None:
    settings = tmp_path / "agent.yaml"
    settings.write_text("enterprise: E 2\nkey: none.pem\nkafka: {bootstrp: x}\n")
    told = call("--lang", "zh", "agent", "check", settings).stderr
    assert f"{settings}：enterprise：不能作名称" in told
    assert f"{settings}：key_id：未设置" in told
    assert "kafka.bootstrp：没有这项设置" in told


@pytest.mark.parametrize("name", ["", "a b;c", "1x"])
def test_a_name_that_no_database_can_have_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    for arguments in (["incidents", "list"], ["sql", "SELECT 1"], ["report"]):
        result = call(*arguments, "--store", tmp_path, "--database", name)
        assert result.exit_code == 2
        assert "--database" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["incidents", "list"],
        ["incidents", "show", "ab"],
        ["incidents", "confirm", "ab"],
        ["incidents", "form", "ab"],
        ["dead-letters", "list"],
        ["report"],
        ["sql", "SELECT 1"],
    ],
)
def test_reading_a_store_that_is_not_there_makes_none(tmp_path: Path, arguments: list[str]) -> None:
    missing = tmp_path / "missing"
    result = call(*arguments, "--store", missing)
    assert result.exit_code == 1
    assert f"{missing}: no such store" in result.stderr
    assert not missing.exists()


def test_a_folder_that_cannot_be_made_is_named_in_one_line(tmp_path: Path) -> None:
    recording = tmp_path / "a.jsonl"
    recording.write_bytes(events(1))
    result = call("run", "--store", recording / "below", recording)
    assert result.exit_code == 1
    assert f"{recording / 'below'}: Not a directory; name a folder" in result.stderr


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_policy_in_another_encoding_is_refused(tmp_path: Path, command: str) -> None:
    policy, recording = tmp_path / "policy.yaml", tmp_path / "a.jsonl"
    policy.write_bytes("# 策略".encode("gbk"))
    recording.write_bytes(events(1))
    files = [recording] if command == "run" else []
    result = call(command, "--store", tmp_path / "store", "--policy", policy, *files)
    assert result.exit_code == 1
    assert f"{policy}: 'utf-8' codec" in result.output
    assert "save it as UTF-8" in result.output


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday"])
def test_moments_that_no_store_keeps_are_wrong_calls(tmp_path: Path, moment: str) -> None:
    recording = tmp_path / "a.jsonl"
    recording.write_bytes(events(1))
    store = tmp_path / "store"
    received = call("run", "--store", store, "--received-at", moment, recording)
    as_of = call("report", "--store", store, "--as-of", moment)
    assert (received.exit_code, as_of.exit_code) == (2, 2)
    assert "--received-at" in received.stderr
    assert "--as-of" in as_of.stderr


@pytest.mark.parametrize("address", ["x:y:z", "127.0.0.1:port"])
def test_an_address_that_is_none_is_said_by_doctor_and_publish(
    tmp_path: Path, address: str
) -> None:
    key, recording = tmp_path / "key.pem", tmp_path / "a.jsonl"
    recording.write_bytes(events(1))
    assert call("keys", "new", key).exit_code == 0
    sent = call(
        "publish", "--enterprise", "e", "--format", "json", "--key-id", "k", "--key", key,
        "--bootstrap", address, recording,
    )  # fmt: skip
    checked = call("doctor", "--store", tmp_path / "store", "--bootstrap", address)
    assert (sent.exit_code, checked.exit_code) == (1, 1)
    assert f"no Kafka at {address}" in sent.stderr
    assert f"no Kafka at {address}" in checked.output


def test_a_key_file_in_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = call("keys", "new", tmp_path / "no" / "key.pem")
    assert result.exit_code == 1
    assert "name a place that you may write" in result.stderr


def test_a_key_that_would_never_be_valid_is_a_wrong_call(tmp_path: Path) -> None:
    registry, key = tmp_path / "registry.jsonl", tmp_path / "key.pem"
    row = {"enterprise_id": "e", "name": "n", "province": "110000", "sector": "",
           "field": "industrial"}  # fmt: skip
    registry.write_text(json.dumps(row))
    public = call("keys", "new", key).stdout.strip()
    result = call(
        "keys", "register", registry, "--enterprise", "e", "--key-id", "k", "--public-key", public,
        "--from", "2026-02-01T00:00:00Z", "--until", "2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "--until is not after --from" in result.stderr
    assert json.loads(registry.read_text()) == row


@pytest.mark.parametrize("name", ["discovered_at", "handling_ended_at"])
def test_facts_dated_past_every_calendar_are_refused(tmp_path: Path, name: str) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({name: "9999-12-31T23:59:59Z", "occurred": True}))
    result = call("policy", "try", "--facts", facts)
    assert result.exit_code == 2
    assert f"{facts}: $.{name}: 9999" in result.stderr


def test_a_command_to_a_store_that_a_worker_wrote_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    command = Command(
        command_id="c", enterprise_id="e", incident_id="i", verb="close", analyst="a", said_at=0
    )
    with open_sink(tmp_path) as sink:
        sink.migrate()
    with pytest.raises(click.ClickException, match="a worker wrote this store"):
        _route(tmp_path, KafkaOptions()).send(lambda sink: [command])
    with pytest.raises(BrokerAbsent):
        _route(tmp_path, KafkaOptions("127.0.0.1:1")).send(lambda sink: [command])


def _route(store: Path, kafka: KafkaOptions) -> CommandRoute:
    return CommandRoute(ChosenStore(store, "fenghuo"), kafka, "fenghuo", "a", 0)


def test_a_fact_that_there_is_none_of_is_refused_with_those_there_are(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"people": 12}')
    call("run", "--store", tmp_path / "store", _recording(tmp_path))
    result = call("incidents", "impact", "0", facts, "--store", tmp_path / "store")
    assert result.exit_code == 1
    assert "unknown field `people`; facts are direct_loss_cny, persons," in result.stderr


def _recording(folder: Path) -> Path:
    file = folder / "a.jsonl"
    file.write_bytes(events(1))
    return file


def test_a_registry_from_a_windows_editor_is_read_and_its_faults_are_named(tmp_path: Path) -> None:
    row = {"name": "A", "province": "330000", "sector": "steel", "field": "industrial"}
    rows = [
        row | {"enterprise_id": "A", "networks": ["10.1.0.0/16", "2001:db8::/32"]},
        row | {"enterprise_id": "B", "networks": ["300.1.1.1/8"]},
    ]
    file = tmp_path / "registry.ndjson"
    file.write_text("\r\n".join(map(json.dumps, rows)), encoding="utf-8-sig")
    result = call("registry", "check", file)
    assert result.exit_code == 1
    assert f"{file}:2: network '300.1.1.1/8' is no CIDR" in result.stderr + result.stdout
    assert f"{file}:1:" not in result.stderr + result.stdout
