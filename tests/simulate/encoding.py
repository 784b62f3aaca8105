"""Made publishers as the lines of a registry file."""

from collections.abc import Iterable

import msgspec

from pipeline.simulate.registry import Publisher


def encode_rows(publishers: Iterable[Publisher]) -> list[bytes]:
    """One JSON object an enterprise."""
    return [msgspec.json.encode(enterprise) for enterprise, _ in publishers]
