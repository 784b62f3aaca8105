"""Test vectors of the signature, and the samples that sign: in Java, Go and JavaScript."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.intake.signature import is_signed, sign, signed_bytes
from tests.docs.signing_vectors import FILE, HEADERS, write

VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
SAMPLES = {
    "java": ["java", "Sign.java"],
    "go": ["go", "run", "sign.go"],
    "node": ["node", "sign.mjs"],
}


def parts_of(vector: dict[str, Any]) -> tuple[bytes, dict[str, bytes], bytes]:
    headers = {name: text.encode() for name, text in vector["headers"].items()}
    return vector["enterprise"].encode(), headers, vector["value"].encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["shows"])
def test_the_product_signs_as_the_vectors_say(vector: dict[str, Any]) -> None:
    parts = parts_of(vector)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["private_key"]))
    assert signed_bytes(*parts).hex() == vector["signed_bytes"]
    assert sign(key, *parts).hex() == vector["signature"]


def test_the_vectors_are_as_they_are_made(tmp_path: Path) -> None:
    write(tmp_path / "vectors.json")
    assert (tmp_path / "vectors.json").read_bytes() == FILE.read_bytes()


def test_every_part_of_a_vector_counts() -> None:
    """Whatever is changed, the signature no longer holds."""
    from base64 import b64encode

    enterprise, headers, value = parts_of(VECTORS[1])
    public = b64encode(bytes.fromhex(VECTORS[1]["public_key"])).decode()
    signature = bytes.fromhex(VECTORS[1]["signature"])
    assert is_signed(public, signature, signed_bytes(enterprise, headers, value))
    assert not is_signed(public, signature, signed_bytes(b"E00002", headers, value))
    assert not is_signed(public, signature, signed_bytes(enterprise, headers, value + b"\n"))
    for name in HEADERS:
        changed = {**headers, name: headers[name] + b"0"}
        assert not is_signed(public, signature, signed_bytes(enterprise, changed, value))


@pytest.mark.parametrize("language", SAMPLES)
def test_a_sample_signs_as_the_vectors_say(language: str, tmp_path: Path) -> None:
    command = SAMPLES[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]}")
    for number, vector in enumerate(VECTORS):
        value = tmp_path / f"{number}.ndjson"
        value.write_bytes(vector["value"].encode())
        headers = [vector["headers"].get(name, "") for name in HEADERS]
        told = subprocess.run(
            [*command, vector["private_key"], vector["enterprise"], str(value), *headers],
            cwd=FILE.parent, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        assert told.stdout.strip() == vector["signature"], vector["shows"]
