"""`fenghuo keys`: a new key beside the old one, and the old one's end, with no gap between."""

import json
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.cli.main import main
from pipeline.files.registry_file import read_registry_file
from pipeline.intake.admission import Refusal, admit
from pipeline.intake.batching import Chunk
from schemas.batch import Record
from schemas.moments import Moment, parse_moment

KEYS = {name: Ed25519PrivateKey.from_private_bytes(name.encode() * 8) for name in ("2026", "2027")}
END = parse_moment("2027-01-08T00:00:00Z")


def keys(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["keys", *map(str, arguments)])


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    file = tmp_path / "registry.ndjson"
    file.write_text(
        json.dumps({"enterprise_id": "E1", "name": "A works", "province": "330000", "sector": "x"})
    )
    for name, key in KEYS.items():
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        entered = keys(
            "register", file, "--enterprise", "E1", "--key-id", name, "--public-key", public
        )
        assert entered.exit_code == 0, entered.output
    return file


def signed_with(name: str, at: Moment) -> Record:
    chunk = Chunk(batch_id="b", sequence=0, lines=(b"{}",), occurrences={})
    headers = sign_chunk(Sender("E1", name, KEYS[name]), chunk, "json")
    record = Record(
        topic="fenghuo.events", partition=0, offset=0, timestamp=at, key=b"E1", value=chunk.value
    )
    return msgspec.structs.replace(record, headers=tuple(headers.items()))


def test_both_keys_sign_until_the_old_one_s_end_and_then_the_new_one_alone(registry: Path) -> None:
    at = "2027-01-08T00:00:00Z"
    ended = keys("end", registry, "--enterprise", "E1", "--key-id", "2026", "--at", at)
    assert ended.exit_code == 0, ended.output
    assert ended.output == "2026 ends at 2027-01-08T00:00:00.000000Z; valid then: 2027\n"
    enterprises = read_registry_file(registry).enterprises
    for moment in (END - 1, END, END + 1):
        old, new = (admit(signed_with(name, moment), enterprises) for name in KEYS)
        assert not isinstance(new, Refusal), "there is no gap"
        assert isinstance(old, Refusal) == (moment >= END)


def test_an_end_without_a_moment_is_now_and_says_that_no_key_is_left(registry: Path) -> None:
    keys("end", registry, "--enterprise", "E1", "--key-id", "2026")
    ended = keys("end", registry, "--enterprise", "E1", "--key-id", "2027")
    assert ended.output.endswith("valid then: no key\n")
    (enterprise,) = read_registry_file(registry).enterprises.values()
    assert all(each.valid_until is not None for each in enterprise.keys)


@pytest.mark.parametrize(("arguments", "said"), [
    (("--enterprise", "E2", "--key-id", "2026"), "no enterprise 'E2'"),
    (("--enterprise", "E1", "--key-id", "2025"), "E1 has no key '2025'; it has: 2026, 2027"),
    (("--enterprise", "E1", "--key-id", "2026", "--at", "tomorrow"), "is not RFC 3339"),
    (("--enterprise", "E1", "--key-id", "2026", "--at", "1970-01-01T00:00:00Z"), "never be valid"),
])  # fmt: skip
def test_a_key_that_cannot_end_so_is_said(
    registry: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = registry.read_bytes()
    refused = keys("end", registry, *arguments)
    assert refused.exit_code != 0
    assert said in refused.output
    assert registry.read_bytes() == before
