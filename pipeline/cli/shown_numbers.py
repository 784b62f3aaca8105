"""The numbers under which a list showed things: `fenghuo incidents start 3` (shell).

Rule 1. A number is of the list that was shown last in this terminal session, of this store: what
        another terminal lists, or what has come in since, moves no number.
Rule 2. 1 to 999 are numbers; whatever else is given is the beginning of an id, of four
        characters at least.
"""

import os
from pathlib import Path

import msgspec

from pipeline.files.replacing import replace_file

SESSIONS_MAX = 20
LISTS_MAX = 20
"""Of one session: the one shown longest ago is forgotten."""
PREFIX_CHARACTERS = 4


class NumberUnknown(Exception):
    """No list of this session has that number; the message says what to do."""


class _Shown(msgspec.Struct):
    """Ids in the order shown, by what they are of: "" for incidents, else a word or an id."""

    lists: dict[str, list[str]] = {}


class ShownNumbers:
    """What was shown of one store, in this session. `place` is the file that keeps it."""

    def __init__(self, store: str, session: int | None = None, place: Path | None = None) -> None:
        self._place = place or _state_home() / "fenghuo" / "shown-numbers.json"
        self._key = f"{os.getsid(0) if session is None else session} {store}"

    def keep(self, of: str, ids: list[str]) -> None:
        """These were shown as 1, 2, … from now on; raises OSError where it cannot be kept."""
        sessions = self._read()
        shown = sessions.pop(self._key, _Shown())
        others = {key: kept for key, kept in shown.lists.items() if key != of}
        sessions[self._key] = _Shown({**dict(list(others.items())[1 - LISTS_MAX :]), of: ids})
        self._place.parent.mkdir(parents=True, exist_ok=True)
        kept = dict(list(sessions.items())[-SESSIONS_MAX:])
        replace_file(self._place, msgspec.json.encode(kept))

    def resolve(self, of: str, name: str) -> str:
        """The id behind a number; what is no number, as it is. Raises NumberUnknown."""
        if not is_number(name):
            return name
        ids = self._read().get(self._key, _Shown()).lists.get(of, [])
        if int(name) > len(ids):
            raise NumberUnknown(
                f"no number {name}: the last one had {len(ids)}; list them first, or give an id"
                if ids
                else f"no number {name}: none was shown here yet; list them first, or give an id"
            )
        return ids[int(name) - 1]

    def _read(self) -> dict[str, _Shown]:
        try:
            return msgspec.json.decode(self._place.read_bytes(), type=dict[str, _Shown])
        except (OSError, ValueError):
            return {}


def is_number(name: str) -> bool:
    """Whether it is a number of a list rather than the beginning of an id (rule 2)."""
    return name.isascii() and name.isdecimal() and 1 <= len(name) <= 3 and int(name) > 0


def _state_home() -> Path:
    """XDG Base Directory Specification: data that persists between runs."""
    named = os.environ.get("XDG_STATE_HOME", "")
    return Path(named) if named else Path.home() / ".local" / "state"
