"""`fenghuo receipts`: what became of the batches; and waiting for that after publishing."""

import time

import click
import msgspec

from pipeline.app.awaited_receipts import AwaitedReceipts
from pipeline.app.publishing import Sender
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.moments import RFC3339
from pipeline.cli.names import NAME
from pipeline.cli.terminal import say
from pipeline.kafka.preflight import require
from pipeline.kafka.receipts import ReceiptReader, reading_receipts
from schemas.moments import Moment, format_moment, moment_of
from schemas.receipt import Receipt
from schemas.topics import receipts_topic


@click.command("receipts")
@click.option(
    "--enterprise", "enterprise_id", type=NAME, required=True, help="Your id in the registry."
)
@click.option("--since", type=RFC3339, default=0, help="Told at this moment or later; RFC 3339.")
@click.option("--follow", is_flag=True, help="Go on as receipts come, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
@kafka_options()
@prefix_option
def receipts_command(
    enterprise_id: str,
    since: Moment,
    follow: bool,
    as_json: bool,
    kafka: KafkaOptions,
    prefix: str,
) -> None:
    """What became of your batches, one receipt each, with what to do about what was not taken.

    Exit code 1 where events of any of them were refused, or dropped other than as duplicates.
    """
    access = kafka.access()
    require(access, "enterprise", prefix, enterprise_id=enterprise_id, things={"receipts"})
    is_loss = False
    with reading_receipts(access, receipts_topic(enterprise_id, prefix)) as reader:
        reader.begin(since)
        try:
            while follow or not reader.has_reached_end:
                for moment, receipt in reader.poll():
                    if moment >= since:
                        is_loss = is_loss or receipt.is_loss
                        say(msgspec.json.encode(receipt) if as_json else wording(receipt))
        except KeyboardInterrupt:  # how one who follows says that it is enough
            if not follow:
                raise
    if is_loss:
        raise click.exceptions.Exit(1)


def wording(receipt: Receipt) -> str:
    """A receipt in a line, and a line for each reason."""
    parts = {
        "stored": receipt.stored,
        "not correlated": receipt.not_correlated,
        "dropped": receipt.dropped,
        "refused": receipt.refused,
    }
    counts = " + ".join(f"{count} {name}" for name, count in parts.items() if count)
    drill = f" drill {receipt.drill}" if receipt.drill else ""
    received = format_moment(moment_of(receipt.received_at))
    head = (
        f"{received} {receipt.batch_id}{drill} {receipt.outcome}: "
        f"{receipt.events} events = {counts or '0 stored'}"
    )
    reasons = [f"  {each.events} {each.reason}: {each.remedy}" for each in receipt.reasons]
    return "\n".join([head, *reasons])


def await_receipts(reader: ReceiptReader, awaited: AwaitedReceipts, patience_s: float) -> None:
    """Until each record has its receipt, or none of ours came for so long; says what they say.

    Raises ClickException (exit 1) for what was not answered, refused, or dropped other than as
    taken before.
    """
    heard_s = time.monotonic()
    while awaited.summary.unanswered and time.monotonic() - heard_s < patience_s:
        if _hear(reader, awaited):
            heard_s = time.monotonic()
    say(msgspec.json.encode(awaited.summary))
    _say_reasons(awaited)
    if awaited.summary.unanswered:
        raise click.ClickException(
            f"{awaited.summary.unanswered} batches without a receipt after {patience_s:.0f} s: "
            "does a worker run, and is the signing key registered for this enterprise? "
            "What no valid signature vouches for is not answered"
        )
    if awaited.is_loss:
        raise click.ClickException("not everything was taken (reasons and remedies above)")


def hear_receipts(
    reader: ReceiptReader, awaited: AwaitedReceipts, sender: Sender, within_s: float
) -> None:
    """What comes within so long, for who does not wait for all of it: reasons of what was not
    taken, and that it is not known, are said on stderr."""
    ends_s = time.monotonic() + within_s
    while awaited.summary.unanswered and time.monotonic() < ends_s:
        _hear(reader, awaited)
    _say_reasons(awaited)
    unanswered, enterprise_id = awaited.summary.unanswered, sender.enterprise_id
    if unanswered and awaited.summary.receipts:
        say(
            f"no receipt yet for {unanswered} batches; `fenghuo receipts --enterprise "
            f"{enterprise_id}` tells, or publish with --wait",
            err=True,
        )
    elif unanswered:
        # Nobody can say which: a stranger is not told whether a name or a key is known.
        say(
            f"no receipt yet for {unanswered} batches after {within_s:.0f} s: either no worker has "
            f"come to them, or no key {sender.key_id!r} that made these signatures is registered "
            f"for {enterprise_id!r}, and then none will ever come; `fenghuo receipts --enterprise "
            f"{enterprise_id}` tells, or publish with --wait",
            err=True,
        )


def _hear(reader: ReceiptReader, awaited: AwaitedReceipts) -> bool:
    """Whether one of ours came within a second."""
    told = [awaited.told(receipt) for _, receipt in reader.poll()]
    return any(told)


def _say_reasons(awaited: AwaitedReceipts) -> None:
    """Each reason with its events and remedy, on stderr."""
    for reason, events, remedy in awaited.reasons():
        say(f"{events} {reason}: {remedy}", err=True)
