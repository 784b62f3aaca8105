"""Playing a drill: its batches, signed by the organiser, each when it is due (shell).

Rule 1. What is sent follows from file, registry and start alone, so a run that was killed goes on
        at the batch after the last that Kafka acknowledged (`Journal`).
Rule 2. What is due is sent at once, however late we are; what is not due yet is never sent.
Rule 3. Rows are written beside the sending, and never hold it up: `fenghuo drill record` writes
        them again from the journal.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Parcel, Sender
from pipeline.drills.planning import DrillPlan
from pipeline.drills.traffic import Shipment
from pipeline.files.replacing import replace_file
from pipeline.intake.batching import chunk_lines
from schemas.drill import DrillState
from schemas.ids import content_id
from schemas.moments import SECOND, Moment

LOOK_S: Final = 1.0
"""A run that waits looks so often whether it is to stop."""
ROWS_EVERY: Final = 30 * SECOND


class Due(msgspec.Struct, frozen=True):
    """A parcel, and when it is due."""

    at: Moment
    parcel: Parcel


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run came: so many parcels of this plan are acknowledged."""

    drill: str
    plan_id: str
    starts_at: Moment
    state: DrillState
    acknowledged: int = 0


class Journal:
    """The memory of a run: a small file beside the drill's, replaced as a whole; and the wish that
    it stop, as another file."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.name}.fenghuo-drill")
        self._stop = file.with_name(f"{file.name}.fenghuo-drill-stop")

    def read(self) -> Progress | None:
        """How far it came; None where it never ran. Raises ValueError for another's file."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Progress)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as fault:
            raise ValueError(f"{self.path}: {fault}; it is no journal of a drill") from fault

    def write(self, progress: Progress) -> None:
        """Replace it; raises OSError."""
        replace_file(self.path, msgspec.json.encode(progress))

    def ask_to_stop(self) -> None:
        """Let the run end within `LOOK_S`."""
        self._stop.touch()

    def is_asked_to_stop(self) -> bool:
        """Whether it should end."""
        return self._stop.exists()

    def clear_stop(self) -> None:
        """It has ended."""
        self._stop.unlink(missing_ok=True)


def plan_id(plan: DrillPlan) -> str:
    """What tells two plans apart: everything that their batches are made of."""
    names = [each.enterprise_id for each in plan.enterprises]
    return content_id("drill-plan", msgspec.json.encode(plan.file), *names, str(plan.starts_at))


def make_parcels(
    plan: DrillPlan, shipments: Sequence[Shipment], key_id: str, key: Ed25519PrivateKey
) -> list[Due]:
    """Every batch as the organiser sends it, numbered in the order of sending."""
    return list(_parcels(plan, shipments, f"{plan.file.organiser}/{key_id}", key))


def _parcels(
    plan: DrillPlan, shipments: Sequence[Shipment], key_id: str, key: Ed25519PrivateKey
) -> Iterator[Due]:
    drill, stream = plan.file.name, plan_id(plan)
    sequences: Counter[tuple[str, str]] = Counter()
    for shipment in shipments:
        batch = shipment.batch
        sender = Sender(batch.enterprise_id, key_id, key)
        for chunk in chunk_lines(batch.lines, batch.enterprise_id, batch.format):
            source = (batch.enterprise_id, batch.format)
            numbered = msgspec.structs.replace(
                chunk, stream=f"{stream}-{batch.format}", sequence=sequences[source]
            )
            sequences[source] += 1
            yield Due(shipment.due_at, Parcel(sender, numbered, batch.format, drill))


def sent_of(dues: Sequence[Due]) -> dict[str, tuple[int, int]]:
    """Batches and events by enterprise."""
    batches: Counter[str] = Counter()
    events: Counter[str] = Counter()
    for due in dues:
        name = due.parcel.sender.enterprise_id
        batches[name] += 1
        events[name] += len(due.parcel.chunk.lines)
    return {name: (count, events[name]) for name, count in batches.items()}


class World(msgspec.Struct, frozen=True):
    """What a run needs of the world: to send, to write rows, to know and pass the time."""

    publish: Callable[[Sequence[Parcel]], None]
    """Returns once Kafka has all of them."""
    write_rows: Callable[[DrillState, Sequence[Due], Moment], None]
    now: Callable[[], Moment]
    sleep: Callable[[float], None]


def play(dues: Sequence[Due], progress: Progress, journal: Journal, world: World) -> Progress:
    """Send everything that is still to be sent, each when it is due; how it ended.

    Raises whatever `publish` raises; the journal then knows what was acknowledged.
    """
    done, written_at = progress.acknowledged, 0
    while done < len(dues) and not journal.is_asked_to_stop():
        now = world.now()
        if now - written_at >= ROWS_EVERY:
            begun: DrillState = "planned" if now < progress.starts_at else "running"
            world.write_rows(begun, dues[:done], now)
            written_at = now
        ready = _ready(dues, done, now)
        if ready:
            world.publish([due.parcel for due in ready])
            done += len(ready)
            progress = msgspec.structs.replace(progress, acknowledged=done)
            journal.write(progress)
        else:
            world.sleep(min(LOOK_S, (dues[done].at - now) / SECOND))
    state: DrillState = "finished" if done == len(dues) else "stopped"
    progress = msgspec.structs.replace(progress, state=state)
    journal.write(progress)
    journal.clear_stop()
    world.write_rows(state, dues[:done], world.now())
    return progress


def _ready(dues: Sequence[Due], done: int, now: Moment) -> Sequence[Due]:
    last = done
    while last < len(dues) and dues[last].at <= now:
        last += 1
    return dues[done:last]
