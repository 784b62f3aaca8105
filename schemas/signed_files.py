"""Who signed the files that a worker's engine was made of, as the store remembers it."""

import msgspec

from schemas.moments import Moment


class SignedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The newest signature of a place that a worker took; `place` as its settings spell it."""

    place: str
    key_id: str
    signed_at: Moment
