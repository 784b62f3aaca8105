"""What subscribers read on topics: a table from kinds of decisions to topics and wire forms.

Sent after the rows are written and before the state is remembered: at least once each, told
apart by their ids.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from schemas.batch import DeadLetter
from schemas.decision import Decision
from schemas.topics import TopicRole


class Form(msgspec.Struct, frozen=True):
    """The topic of a kind of decision, and its value on the wire."""

    role: TopicRole
    encode: Callable[[Any], bytes]


FORMS: Mapping[type, Form] = {
    DeadLetter: Form("dead_letters", msgspec.json.encode),
}
"""Incidents and detections join this table with their OCSF forms."""


class Publication(msgspec.Struct, frozen=True):
    """One record for subscribers, keyed by enterprise."""

    role: TopicRole
    key: bytes
    value: bytes


def publications_of(
    decisions: Iterable[Decision], forms: Mapping[type, Form] = FORMS
) -> Iterator[Publication]:
    """The decisions that subscribers read, in order."""
    for decision in decisions:
        form = forms.get(type(decision))
        if form is not None:
            key = getattr(decision, "enterprise_id", "").encode()
            yield Publication(form.role, key, form.encode(decision))
