"""Seeded draws: the same seed and the same parts give the same numbers on every machine."""

import random
from hashlib import blake2b

SEED_BYTES = 32


def seed_bytes(seed: int, *parts: str) -> bytes:
    """32 bytes derived from a seed and the path of names that asks for them."""
    digest = blake2b(str(seed).encode(), digest_size=SEED_BYTES)
    for part in parts:
        data = part.encode()
        digest.update(b"%d:%s" % (len(data), data))
    return digest.digest()


def draw_from(seed: int, *parts: str) -> random.Random:
    """A generator of its own for each path of names: adding one draw shifts no other."""
    return random.Random(int.from_bytes(seed_bytes(seed, *parts), "big"))  # noqa: S311 - not secret
