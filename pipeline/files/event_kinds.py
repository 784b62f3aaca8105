"""The kinds of events that rules have met, kept over restarts: a cold start works them out again.

Values are kept and no compiled plan, so that a file that is old, damaged or forged can cost time
and never a result: whatever it names, plans are made of the rules and the code in force.
"""

from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.files.replacing import replace_file
from pipeline.sigma.matching.plan_router import Kind
from pipeline.sigma.matching.ruleset import RuleSet

KINDS_KEPT = 2_000
"""Those met last; as many plans fit side by side only if they are small."""
BYTES_MAX = 4_000_000
_NAME = "event-kinds.msgpack"


def prepare_rules(rules: RuleSet, folder: Path) -> None:
    """Have the rules ready for what was met before. Nothing happens where nothing can be read."""
    rules.prepare(_read(folder / _NAME))


def keep_kinds(rules: RuleSet, folder: Path) -> None:
    """Add what these rules have met. A folder that cannot be written is passed by."""
    place = folder / _NAME
    known = {_name(kind): kind for kind in _read(place)}
    met = {_name(kind): kind for kind in rules.kinds()}
    kept = [kind for name, kind in known.items() if name not in met] + [*met.values()]
    if kept != [*known.values()]:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(place, msgspec.msgpack.encode(kept[-KINDS_KEPT:]))


def _name(kind: Kind) -> str:
    return repr(sorted(kind.routing.items()))


def _read(place: Path) -> list[Kind]:
    with suppress(OSError, msgspec.MsgspecError):
        if place.stat().st_size <= BYTES_MAX:
            return msgspec.msgpack.decode(place.read_bytes(), type=list[Kind])[-KINDS_KEPT:]
    return []
