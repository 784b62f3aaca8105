"""What becomes of what `fenghuo publish` sent, as far as it listens for that (shell).

Rule 1. With --wait receipts are asked for: who may not read them is told before anything is sent.
Rule 2. Without it, they are listened for a moment: a key that nobody registered is answered never,
        and its sender learns that from nobody else. What is heard counts, what is not is said.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from pipeline.app.awaited_receipts import AwaitedReceipts
from pipeline.app.publishing import Sender
from pipeline.cli.receipts import await_receipts, hear_receipts
from pipeline.cli.terminal import say
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.preflight import require
from pipeline.kafka.receipts import ReceiptReader, reading_receipts
from schemas.topics import receipts_topic

WAITED_S = 60.0
"""How long --wait goes on without a receipt, where nobody says."""
LISTENED_S = 5.0
"""How long receipts are listened for without --wait: a worker tells within about two seconds."""


class Hearing:
    """The receipts of one call; `reader` is None where none can be or are to be read."""

    def __init__(self, reader: ReceiptReader | None, is_asked: bool, patience_s: float) -> None:
        self.awaited = AwaitedReceipts()
        self._reader = reader
        self._is_asked = is_asked
        self._patience_s = patience_s

    def hear(self, sender: Sender) -> None:
        """All of them with --wait, else those of a moment; raises ClickException (exit 1) for
        what they say is lost, with --wait also for what they do not say."""
        if self._reader is None:
            return
        if self._is_asked:
            await_receipts(self._reader, self.awaited, self._patience_s)
            return
        hear_receipts(self._reader, self.awaited, sender, self._patience_s)
        if self.awaited.is_loss:
            raise click.ClickException("not everything was taken (reasons and remedies above)")

    def hear_once(self, sender: Sender) -> None:
        """Those of a moment, for who goes on sending; afterwards nothing is listened for."""
        if self._reader is not None:
            hear_receipts(self._reader, self.awaited, sender, self._patience_s)
        self._reader = None


@contextmanager
def listening(
    access: KafkaAccess, enterprise_id: str, prefix: str, wait: bool, patience_s: float | None
) -> Iterator[Hearing]:
    """Opened before anything is sent, so that no receipt comes too early to be heard.

    Raises KafkaFault where receipts are asked for and cannot be read; else that is said.
    """
    if patience_s is None:
        patience_s = WAITED_S if wait else LISTENED_S
    with ExitStack() as opened:
        reader = None
        if wait or patience_s:
            try:
                require(
                    access, "enterprise", prefix, enterprise_id=enterprise_id, things={"receipts"}
                )
                topic = receipts_topic(enterprise_id, prefix)
                reader = opened.enter_context(reading_receipts(access, topic))
                reader.begin_at_end()
            except KafkaFault as fault:
                if wait:
                    raise
                say(
                    f"no receipts can be read, so what is taken is not known here: {fault}",
                    err=True,
                )
        yield Hearing(reader, wait, patience_s)
