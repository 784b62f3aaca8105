"""Records as anybody may write them, signed ones of three enterprises among them."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.batching import chunk_lines
from pipeline.intake.drills import Drill
from pipeline.kafka.records import record_of
from pipeline.path import Engine
from pipeline.policy import Policy
from schemas.batch import Record, Unreadable
from schemas.registry import Enterprise, PublishingKey
from schemas.topics import is_in_place
from tests.engine.builders import START, make_engine, shadow_copies

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAMES = ("E1", "E2", "E3")
PARTITIONS = 4
DRILL = Drill(
    name="spring",
    start=datetime(2026, 1, 1, tzinfo=UTC),
    end=datetime(2027, 1, 1, tzinfo=UTC),
)
TOPICS = ("fenghuo.events", "fenghuo.commands", "fenghuo.sightings")


def enterprise(name: str) -> Enterprise:
    public = b64encode(KEY.public_key().public_bytes_raw()).decode()
    return Enterprise(
        enterprise_id=name,
        name=name,
        province="330000",
        sector="steel",
        field="industrial",
        keys=(PublishingKey("k1", public),),
    )


def engine(names: tuple[str, ...] = NAMES) -> Engine:
    """The small engine, over enterprises that sign with one key."""
    return Engine(
        make_engine().rules, Policy(drills=(DRILL,)), {name: enterprise(name) for name in names}
    )


def home_of(name: str, partitions: int = PARTITIONS) -> int:
    """The partition where records of the enterprise belong."""
    return next(each for each in range(partitions) if is_in_place(name.encode(), each, partitions))


def signed(name: str, number: int, partition: int, offset: int, drill: str = "") -> Record:
    """A batch of one event, sound but for where it may be."""
    (chunk,) = chunk_lines([shadow_copies(number % 200, host=f"ws-{number}")], name, "windows")
    headers = sign_chunk(Sender(name, "k1", KEY), chunk, "windows", drill)
    return Record(
        topic="fenghuo.events",
        partition=partition,
        offset=offset,
        timestamp=START + offset * 1_000,
        key=name.encode(),
        value=chunk.value,
        headers=tuple(headers.items()),
    )


def garbage(name: str, partition: int, offset: int) -> Record:
    """Whoever may write to the topic writes so under somebody's key."""
    return Record(
        topic="fenghuo.events",
        partition=partition,
        offset=offset,
        timestamp=START + offset * 1_000,
        key=name.encode(),
        value=b"garbage\n",
    )


class Chaos:
    """Records without end, of a seed; what is wrong with each is drawn from `WRONGS`."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._number = 0

    def record(self, topic: str, partition: int, offset: int) -> Record:
        """The next one, sound or not."""
        self._number += 1
        name = self._random.choice(NAMES)
        sound = signed(name, self._number, partition, offset, self._random.choice(["", "spring"]))
        sound = msgspec.structs.replace(sound, topic=topic)
        return self._spoil(sound) if self._random.random() < 0.8 else sound

    def _spoil(self, record: Record) -> Record:
        random = self._random
        headers = [*record.headers]
        spoilt: Mapping[str, object] = random.choice(
            [
                {"key": b""},
                {"key": random.randbytes(random.randrange(40))},
                {"value": b""},
                {"value": random.randbytes(random.randrange(400))},
                {"value": b"\xff\xfe{" * random.randrange(1, 90)},
                {"value": b'{"command_id":"\\ud800"}'},
                {"headers": ()},
                {"headers": tuple((name, None) for name, _ in headers)},
                {"key": None},
                {"value": None},
                {"headers": tuple((name, random.randbytes(9)) for name, _ in headers)},
                {"headers": (*headers, *headers)},
                {"headers": tuple(headers[random.randrange(len(headers)) :])},
                {"headers": (*headers, ("fenghuo-drill", b"d%d" % self._number))},
                {"timestamp": random.choice([0, -1, 2**62])},
                {
                    "key": b"",
                    "value": b"",
                    "headers": (),
                    "unreadable": Unreadable("record_batch_too_large", "made", record.offset),
                },
            ]
        )
        return read_from_kafka(msgspec.structs.replace(record, **spoilt))


def read_from_kafka(record: Record) -> Record:
    """As a client would hand it over: what every record goes through."""
    read = record_of(record, record.timestamp, record.headers)
    return msgspec.structs.replace(read, unreadable=record.unreadable)
