"""Who signed the files that a worker's engine was made of, as the store remembers it."""

import msgspec

from schemas.moments import Moment


class SignedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The newest signature of a place that a worker took; `place` is its absolute path.

    A link has two: its own, and that of what it leads to."""

    place: str
    key_id: str
    signed_at: Moment
