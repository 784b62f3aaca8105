"""Who may play drills in the names of others: organisers, and the keys with which they sign.

An organiser holds no enterprise's key. What it signs is taken only under the name of a registered
drill of its own, for that drill's enterprises, while it runs: never in earnest.
"""

import msgspec

from schemas.registry import PublishingKey


class Organiser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that holds drills. Its batches name their key as `<organiser_id>/<key_id>`."""

    organiser_id: str
    name: str = ""
    keys: tuple[PublishingKey, ...] = ()
