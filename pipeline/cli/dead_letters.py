"""`fenghuo dead-letters`: what was refused, why, and a second try (shell)."""

from base64 import b64decode
from hashlib import sha256

import click
import msgspec

from pipeline.cli.kafka_options import KafkaOptions, kafka_options
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say, say_json_lines
from pipeline.cli.translation import fault_in
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.past_records import read_record
from schemas.batch import Record
from schemas.glossary import Term
from schemas.language import Language
from sinks.contract import Answer, Store
from sinks.ddl import literal

COLUMNS = (
    "dead_letter_id, enterprise_id, batch_id, topic, partition, offset, line, received_at, "
    "reason, detail, remedy, events, size, sha256"
)

_HEADINGS = (
    Term("编号", "id"),
    Term("企业", "enterprise"),
    Term("位置", "place"),
    Term("原因", "reason"),
    Term("问题", "what"),
    Term("办法", "remedy"),
)
_NONE = Term("没有死信。", "No dead letters.")


@click.group("dead-letters")
def dead_letters_group() -> None:
    """Records and lines that could not be taken: their beginning, with reason and remedy."""


@dead_letters_group.command("list")
@store_options
@click.option("--enterprise", default="", help="Only those of this enterprise.")
@click.option("--reason", default="", help="Only those with this reason code.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@json_option()
@lang_option
def list_command(
    store: ChosenStore, enterprise: str, reason: str, limit: int, as_json: bool, lang: Language
) -> None:
    """The newest first."""
    chosen = [
        f"{column} = {literal(value)}"
        for column, value in (("enterprise_id", enterprise), ("reason", reason))
        if value
    ]
    where = f"WHERE {' AND '.join(chosen)} " if chosen else ""
    with store.read() as sink:
        letters = sink.query(
            f"SELECT {COLUMNS} FROM dead_letters {where}"
            f"ORDER BY received_at DESC, dead_letter_id LIMIT {limit}"
        )
    if as_json:
        say_json_lines(letters)
    else:
        # Rows keep what is wrong in English, as it was told to the sender; here it is translated.
        print_table(
            [each.of(lang) for each in _HEADINGS],
            [
                (
                    str(each["dead_letter_id"])[:12],
                    each["enterprise_id"],
                    f"{_place(each)}:{each['line']}",
                    f"{each['reason']} ({each['events']})",
                    fault_in(lang, str(each["detail"])),
                    fault_in(lang, str(each["remedy"])),
                )
                for each in letters
            ],
            empty=_NONE.of(lang),
        )


def _place(letter: Answer) -> str:
    return f"{letter['topic']}/{letter['partition']}/{letter['offset']}"


@dead_letters_group.command("show")
@click.argument("dead_letter_id")
@store_options
@click.option("--original", is_flag=True, help="Only the bytes kept, as they came.")
def show_command(dead_letter_id: str, store: ChosenStore, original: bool) -> None:
    """One dead letter as JSON, or its original bytes: 64 kB at most are kept."""
    with store.read() as sink:
        letter = find_letter(sink, dead_letter_id)
    content = b64decode(str(letter["original"]))
    missing = int(str(letter["size"])) - len(content)
    if missing > 0:
        say(
            f"{missing} more bytes are not kept here; the record was at {_place(letter)}, and "
            "Kafka has it until the topic's retention has passed",
            err=True,
        )
    if original:
        click.get_binary_stream("stdout").write(content)
        return
    letter["original"] = content.decode("utf-8", "replace")
    say(msgspec.json.format(msgspec.json.encode(letter), indent=2).decode())


def find_letter(sink: Store, prefix: str) -> Answer:
    """The one dead letter whose id begins so; a ClickException for none or several."""
    found = sink.query(
        f"SELECT * FROM dead_letters WHERE startsWith(dead_letter_id, {literal(prefix)}) LIMIT 2"
    )
    if len(found) == 1:
        return found[0]
    problem = "no dead letter" if not found else "several dead letters"
    raise click.ClickException(f"{problem} {prefix}…; see `fenghuo dead-letters list`")


@dead_letters_group.command("requeue")
@click.argument("dead_letter_ids", nargs=-1, required=True)
@store_options
@kafka_options()
def requeue_command(
    dead_letter_ids: tuple[str, ...], store: ChosenStore, kafka: KafkaOptions
) -> None:
    """Send whole refused records again, after the cause was mended (a key registered, a row added).

    A record is read from Kafka once more and goes back as it came, headers and signature
    included. A single line (`line` above
    0) cannot: its batch was accepted without it, and only its sender can sign it anew. All
    records are read before the first is sent: one that is gone sends none.
    """
    with store.read() as sink:
        letters = [find_letter(sink, each) for each in dead_letter_ids]
    for letter in letters:
        _check_whole(letter)
    access = kafka.access()
    records = [_read(access, letter) for letter in letters]
    with producing(access) as producer:
        sent = [
            producer.send(each.topic, key=each.key, value=each.value, headers=[*each.headers])
            for each in records
        ]
        for each in sent:
            each.get(timeout=60)
    say(f"{len(records)} records sent again", err=True)


def _check_whole(letter: Answer) -> None:
    """Raises ClickException for what is no whole record of a topic."""
    name = str(letter["dead_letter_id"])[:12]
    if letter["line"] != 0:
        raise click.ClickException(
            f"{name}: a single line; its sender has to mend and publish it again"
        )
    if not letter["topic"]:
        raise click.ClickException(
            f"{name}: a row of the store, not a record ({letter['reason']}); {letter['remedy']}"
        )


def _read(access: KafkaAccess, letter: Answer) -> Record:
    """The whole record from its place; ClickException where Kafka no longer has it."""
    place = str(letter["topic"]), int(str(letter["partition"])), int(str(letter["offset"]))
    record = read_record(access, *place)
    if record is None:
        raise click.ClickException(
            f"{_place(letter)} is past the topic's retention; publish it again"
        )
    known = letter["sha256"]  # "" in a row of a store older than the column
    if known and sha256(record.value).hexdigest() != known:
        raise click.ClickException(
            f"{_place(letter)} holds another record now (the topic was rebuilt); publish it again"
        )
    if any(value is None for _, value in record.headers):
        raise click.ClickException(
            f"{_place(letter)} has a null header, and would be refused again; publish it anew"
        )
    if record.unreadable is not None:
        raise click.ClickException(
            f"{'/'.join(map(str, place))} cannot be read ({record.unreadable.detail}); "
            "have it published again in smaller record batches"
        )
    return record
