"""The receipt of a batch: its account in the sender's words, each reason with its remedy."""

from collections.abc import Mapping

from pipeline.intake import admission, dead_letters, quota, reading, refused_lines
from schemas.batch import BatchAccount
from schemas.ids import content_id
from schemas.moments import datetime_of
from schemas.receipt import Reason, Receipt

REMEDIES: Mapping[str, str] = {
    **dead_letters.REMEDIES,
    **admission.REMEDIES,
    **refused_lines.REMEDIES,
    **reading.REMARKS,
    **quota.REMEDIES,
    "duplicate_batch": "Nothing is to be done: the batch was taken before.",
}


def receipt_of(account: BatchAccount) -> Receipt | None:
    """What its sender is told; None where no signature shows who that is.

    Who is not known is not answered: a forger would learn from it, and could bury a sender
    under answers to what it never sent.
    """
    if not account.key_id:
        return None
    place = f"{account.topic}/{account.partition}/{account.offset}"
    moment = str(account.received_at)
    return Receipt(
        receipt_id=content_id("receipt", place, moment, account.enterprise_id, account.batch_id),
        enterprise_id=account.enterprise_id,
        batch_id=account.batch_id,
        topic=account.topic,
        partition=account.partition,
        offset=account.offset,
        received_at=datetime_of(account.received_at),
        outcome=account.outcome,
        events=account.events,
        stored=account.stored,
        not_correlated=account.late,
        dropped=account.dropped,
        refused=account.dead_lettered,
        future=account.future,
        reasons=tuple(
            Reason(reason, count, REMEDIES.get(reason, refused_lines.DEFAULT_REMEDY))
            for reason, count in sorted(account.reasons.items())
        ),
        drill=account.drill,
        unverified=account.unverified,
        quota=account.quota,
    )
