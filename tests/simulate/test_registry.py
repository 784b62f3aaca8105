"""The made registry: sound rows, real keys, every province, and nobody's name."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.registry import parse_registry
from pipeline.simulate.names import EXAMPLE, SECTORS
from pipeline.simulate.registry import make_registry, signing_key
from schemas.provinces import PROVINCES
from tests.simulate.encoding import encode_rows


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_each_private_key_signs_for_its_registered_public_key(seed: int) -> None:
    for enterprise, private in make_registry(seed, 3):
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(enterprise.keys[0].public_key))
        public.verify(signing_key(private).sign(b"batch"), b"batch")


def test_a_larger_registry_begins_with_the_smaller_one() -> None:
    assert make_registry(7, 200)[:50] == make_registry(7, 50)


def test_the_registry_has_no_fault_and_reaches_every_province_and_sector() -> None:
    publishers = make_registry(7, 200)
    parsed = parse_registry(encode_rows(publishers), "made")
    assert parsed.faults == []
    assert len(parsed.enterprises) == 200
    assert {enterprise.province for enterprise, _ in publishers} == set(PROVINCES)
    assert {enterprise.sector for enterprise, _ in publishers} == {s.key for s in SECTORS}


def test_every_name_says_that_it_is_an_example() -> None:
    assert all(enterprise.name.startswith(EXAMPLE) for enterprise, _ in make_registry(9, 100))


def test_no_two_keys_are_alike() -> None:
    keys = [private for _, private in make_registry(1, 300)]
    assert len(set(keys)) == 300
