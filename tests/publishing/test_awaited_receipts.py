"""Which receipts are awaited after publishing, and what they come to."""

import msgspec

from pipeline.app.awaited_receipts import AwaitedReceipts
from schemas.moments import datetime_of
from schemas.receipt import Reason, Receipt


def receipt(offset: int, **changed: object) -> Receipt:
    plain = Receipt(
        receipt_id=str(offset), enterprise_id="E1", batch_id="b", topic="fenghuo.events",
        partition=0, offset=offset, received_at=datetime_of(0), outcome="accepted", events=2,
        stored=2, not_correlated=0, dropped=0, refused=0,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changed)


def test_each_record_waits_for_the_receipt_of_its_own_place() -> None:
    """The same batch sent before has a receipt too, which may come late: it is not ours."""
    awaited = AwaitedReceipts()
    awaited.sent((0, 7))
    awaited.sent((0, 8))
    assert not awaited.told(receipt(6, refused=2, stored=0))
    assert awaited.told(receipt(7))
    assert not awaited.told(receipt(7)), "it counts once"
    assert (awaited.summary.receipts, awaited.summary.unanswered) == (1, 1)
    assert awaited.told(receipt(8))
    assert (awaited.summary.unanswered, awaited.summary.stored, awaited.is_loss) == (0, 4, False)


def test_reasons_are_summed_the_most_frequent_first() -> None:
    awaited = AwaitedReceipts()
    for offset, reason in enumerate(("not_json", "time_missing", "not_json")):
        awaited.sent((0, offset))
        reasons = (Reason(reason, 1, f"{reason}?"),)
        awaited.told(receipt(offset, stored=1, refused=1, reasons=reasons))
    assert awaited.reasons() == [("not_json", 2, "not_json?"), ("time_missing", 1, "time_missing?")]
    assert awaited.is_loss
