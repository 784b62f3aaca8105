"""What workers remember, while none runs: saved, restored, moved to more partitions (shell).

All of it stands in one topic, the changelog of the ledger's table. Saving needs no pause: of one
partition, what the topic holds up to any record is what a crash there would have left.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from pipeline.files.replacing import replace_file
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import DELIVERY_MS, open_admin, producing
from pipeline.kafka.faults import RequestRefused, refusals_explained
from pipeline.kafka.naming import changelog_name
from pipeline.kafka.past_records import Span, read_whole, spans_of
from pipeline.kafka.preflight import Topic, describe_topics
from pipeline.kafka.topics import add_partitions, plan_topics
from pipeline.worker.ledger import key_of, latest_of, log_name, parse_key, positions_of
from pipeline.worker.repartition import Change, Move, plan_move
from schemas.topics import SOURCES, topic_name

FORMAT = 1


class Saved(msgspec.Struct, frozen=True):
    """A file of states: the table of one group of workers."""

    format: int
    group: str
    partitions: int
    table: dict[bytes, bytes]

    @property
    def digest(self) -> str:
        """Of what counts of it (rule 2 of the ledger): what a worker would find."""
        digest = sha256()
        for name, generation in sorted(latest_of(self.table).items()):
            digest.update(key_of(name, 0))  # under which generation says nothing of what it is
            digest.update(sha256(self.table[key_of(name, generation)]).digest())
        return digest.hexdigest()

    @property
    def states(self) -> int:
        """How many states it holds."""
        return sum(kind == "state" for _, kind, _ in latest_of(self.table))


class StatesFileFault(Exception):
    """A file that holds no states, or those of another installation."""


def read_states(access: KafkaAccess, group: str) -> Saved:
    """What the group's workers remember now; raises KafkaFault."""
    topic = changelog_name(group)
    with refusals_explained(access.bootstrap, access.who):
        (found,) = _describe(access, [topic]).values()
        table: dict[bytes, bytes] = {}
        for record in read_whole(access, topic):
            if record.unreadable is not None:
                raise RequestRefused(f"{topic} cannot be read", "look at the broker's log")
            parse_key(record.key)
            if record.value:
                table[record.key] = record.value
            else:
                table.pop(record.key, None)
    return Saved(FORMAT, group, found.partitions, table)


def save_states(saved: Saved, file: Path) -> None:
    """Replace the file as a whole; raises OSError."""
    replace_file(file, msgspec.msgpack.encode((saved, saved.digest)))


def load_states(file: Path) -> Saved:
    """The file back; raises StatesFileFault."""
    try:
        saved, digest = msgspec.msgpack.decode(file.read_bytes(), type=tuple[Saved, str])
        whole = digest == saved.digest
    except (msgspec.DecodeError, ValueError) as fault:
        raise StatesFileFault(f"{file}: no states, or cut off ({fault}); name another") from fault
    if saved.format != FORMAT or not whole:
        raise StatesFileFault(f"{file}: damaged, or of a newer release; name another")
    return saved


def restore_states(access: KafkaAccess, group: str, saved: Saved) -> Saved:
    """Put these in place of what the group's workers remember, and read it back.

    Raises KafkaFault, also where workers run or the partitions are not those of the file.
    """
    require_no_worker(access, group)
    now = read_states(access, group)
    if now.partitions != saved.partitions:
        raise RequestRefused(
            f"{changelog_name(group)} has {now.partitions} partitions, the file {saved.partitions}",
            f"make the topics with {saved.partitions} partitions, restore, then "
            "`fenghuo states repartition`",
        )
    gone = [Change(parse_key(key)[0][0], key, None) for key in now.table if key not in saved.table]
    put = [Change(parse_key(key)[0][0], key, value) for key, value in saved.table.items()]
    _write(access, group, Move(put, gone))
    return read_states(access, group)


def require_no_worker(access: KafkaAccess, group: str) -> None:
    """Raises RequestRefused while the group has a member."""
    admin = open_admin(access)
    try:
        with refusals_explained(access.bootstrap, access.who):
            members = admin.describe_groups([group])[group]["members"]
    finally:
        admin.close()
    if members:
        raise RequestRefused(
            f"{len(members)} workers of group {group} run",
            "stop them; one that was killed is a member for a few seconds more",
        )


class Repartitioned(msgspec.Struct, frozen=True):
    """What was done: topics that grew, states that moved, records that came meanwhile."""

    grown: list[str]
    moved: int
    came_meanwhile: int


def repartition(access: KafkaAccess, prefix: str, group: str, partitions: int) -> Repartitioned:
    """Give all topics so many partitions, and bring every state to its place among them.

    Raises KafkaFault, before anything is done, where a worker runs, a topic has more already, or
    records wait in a source: they would come to another partition's state. Cut short, it is called
    again, and goes on.
    """
    require_no_worker(access, group)
    topics = _describe(access, [plan.name for plan in plan_topics(prefix, group, partitions)])
    larger = [name for name, topic in topics.items() if topic.partitions > partitions]
    if larger:
        raise RequestRefused(
            f"{larger[0]} has {topics[larger[0]].partitions} partitions",
            "they cannot become fewer: give as many, or more",
        )
    growing = {name: each for name, each in topics.items() if each.partitions < partitions}
    sources = {topic_name(role, prefix) for role in SOURCES}
    to_grow = {name: each for name, each in growing.items() if name in sources}
    table = read_states(access, group).table
    with refusals_explained(access.bootstrap, access.who):
        spans = spans_of(access, to_grow)
        _require_all_applied(spans, to_grow, positions_of(table))
        # Sources last: no record may come where its state has no partition to go to.
        order = sorted(growing, key=lambda name: (name in sources, name))
        add_partitions(access, order, partitions)
        move = plan_move(table, partitions)
        _write(access, group, move)
        later = spans_of(access, to_grow)
    came = sum(later[place].end - span.end for place, span in spans.items())
    return Repartitioned(order, len(move.written), came)


def _require_all_applied(
    spans: Mapping[tuple[str, int], Span],
    topics: Mapping[str, Topic],
    positions: Mapping[tuple[str, int], int],
) -> None:
    """Raises RequestRefused where a record waits."""
    waiting = 0
    for (topic, partition), span in spans.items():
        log = log_name(topic, topics[topic].topic_id)
        waiting += max(0, span.end - max(span.first, positions.get((log, partition), 0)))
    if waiting:
        raise RequestRefused(
            f"{waiting} records are not applied yet",
            "let workers run until nothing waits (`fenghuo_lag_records`), with no one publishing "
            "meanwhile; then stop them and give the command again",
        )


def _describe(access: KafkaAccess, names: Iterable[str]) -> dict[str, Topic]:
    """All of them; raises RequestRefused for one that is not there."""
    admin = open_admin(access)
    try:
        with refusals_explained(access.bootstrap, access.who):
            found = describe_topics(admin, names)
    finally:
        admin.close()
    absent = [name for name, topic in found.items() if topic.error]
    if absent:
        raise RequestRefused(
            f"there is no topic {absent[0]}, or it is not shown to us",
            "check --prefix and --group, or make it: `fenghuo topics`",
        )
    return found


def _write(access: KafkaAccess, group: str, move: Move) -> None:
    """All that is written stands before anything is deleted; raises KafkaError."""
    topic = changelog_name(group)
    with producing(access) as producer:
        for changes in (move.written, move.deleted):
            sent = [
                producer.send(topic, partition=each.partition, key=each.key, value=each.value)
                for each in changes
            ]
            for each in sent:
                each.get(timeout=DELIVERY_MS / 1000)
