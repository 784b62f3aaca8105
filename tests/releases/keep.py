"""`python -m tests.releases.keep NAME`: keep what a release leaves behind, for later ones to read.

Run once for each release, and again only while nothing of that name was published. Kept are the
worker's changelog and store after the first day of `traffic.py`, and the shape of a state.
"""

import io
import sys
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pipeline.campaigns.state import CAMPAIGN_STATE_VERSION, CampaignState
from pipeline.state import STATE_VERSION, EnterpriseState
from schemas.batch import Record
from sinks.chdb import ChdbSink
from tests.releases.traffic import PLACE, TOLD, first_day, release_engine
from tests.worker.world import Worker, World

FOLDER = Path(__file__).parent / "kept"
UNBOUNDED = 1_000_000


class Kept(msgspec.Struct, frozen=True):
    """What a release left, but for its store."""

    table: dict[bytes, bytes]
    """Its states and positions: what is left of the changelog when it is compacted."""
    sightings: list[Record]
    """What it had told of indicators, and read."""
    shapes: Mapping[str, tuple[int, str]]
    """Of both kinds of states: the version, and a digest of names and types of all fields."""


def shapes_now() -> dict[str, tuple[int, str]]:
    """The shapes of this code."""
    return {
        "enterprise": (STATE_VERSION, _digest(EnterpriseState)),
        "campaign": (CAMPAIGN_STATE_VERSION, _digest(CampaignState)),
    }


def _digest(kind: type) -> str:
    """Docstrings apart, which the schema holds too."""
    schema = _bare(msgspec.json.schema(kind))
    return sha256(msgspec.json.encode(schema, order="sorted")).hexdigest()[:16]


def _bare(node: object) -> object:
    if isinstance(node, dict):
        return {name: _bare(each) for name, each in node.items() if name != "description"}
    return [*map(_bare, node)] if isinstance(node, list) else node


def live_through(world: World, *, generation: int) -> None:
    """A worker reads all that the world's logs hold; then its timers are looked at."""
    one = frozenset({0})
    assert Worker(world, generation, UNBOUNDED, partitions=one).run({}, iter(()), 50)
    last = max(each.timestamp for each in world.log[PLACE])
    Worker(world, generation, UNBOUNDED, partitions=one).tick_at(last)


def keep(name: str) -> Path:
    """Write the folder of this name; replaces what it held."""
    place = FOLDER / name
    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        store = Path(scratch) / "store"
        world = World(first_day(), release_engine(), partitions=1)
        world.store = ChdbSink(store)
        world.store.migrate()
        live_through(world, generation=3)
        world.store.close()
        kept = Kept(world.table(), world.log[TOLD], shapes_now())
        (place / "worker.msgpack").write_bytes(msgspec.msgpack.encode(kept))
        with tarfile.open(place / "store.tar.xz", "w:xz") as archive:
            archive.add(store, "store")
    return place


def read_kept(place: Path) -> Kept:
    """What was kept there."""
    return msgspec.msgpack.decode((place / "worker.msgpack").read_bytes(), type=Kept)


def unpack_store(place: Path, folder: Path) -> Path:
    """The kept store, unpacked in `folder`."""
    packed = io.BytesIO((place / "store.tar.xz").read_bytes())
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / "store"


if __name__ == "__main__":
    print(keep(sys.argv[1]))
