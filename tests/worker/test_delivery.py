"""Delivery: a sink that is down is waited for, a row that it refuses is set aside."""

import json
from base64 import b64decode

import pytest

from pipeline.app.delivery import Backoff, Delivery, DeliveryAbandoned
from schemas.batch import BatchAccount
from sinks.contract import Rows, RowsRefused, SinkUnavailable
from sinks.memory import MemorySink


def account(offset: int, enterprise_id: str = "acme") -> BatchAccount:
    return BatchAccount(
        enterprise_id=enterprise_id,
        batch_id=f"batch-{offset}",
        topic="fenghuo.events",
        partition=0,
        offset=offset,
        format="ocsf",
        received_at=offset,
        outcome="accepted",
        events=1,
        stored=1,
    )


class SickSink(MemorySink):
    """Down for a number of writes; afterwards refuses rows of one enterprise."""

    def __init__(self, down: int = 0, refused: str = "") -> None:
        super().__init__()
        self.down = down
        self.refused = refused

    def write(self, rows: Rows, token: str) -> None:
        if self.down:
            self.down -= 1
            raise SinkUnavailable("connection refused")
        if any(self.refused in row for row in rows.get("batches", ()) if self.refused):
            raise RowsRefused("table batches: row 1, column enterprise_id: no")
        super().write(rows, token)


def test_a_sink_that_is_down_is_waited_for_longer_and_longer() -> None:
    sink, pauses = SickSink(down=7), []

    def wait(pause_s: float) -> bool:
        pauses.append(pause_s)
        return True

    Delivery(sink, wait, Backoff(first_s=1, greatest_s=10)).write([account(1)], "t")
    assert pauses == [1, 2, 4, 8, 10, 10, 10]
    assert len(sink.view("batches")) == 1


def test_told_to_stop_while_the_sink_is_down_nothing_is_written() -> None:
    sink = SickSink(down=1)
    with pytest.raises(DeliveryAbandoned, match="connection refused"):
        Delivery(sink, lambda _: False).write([account(1)], "t")
    assert sink.view("batches") == []


@pytest.mark.parametrize("place", range(5))
def test_a_refused_row_becomes_a_dead_letter_and_the_others_are_written(place: int) -> None:
    sink = SickSink(refused="wrong")
    accounts = [account(each, "wrong" if each == place else "acme") for each in range(5)]
    Delivery(sink, lambda _: True).write(accounts, "t")
    assert len(sink.view("batches")) == 4
    (letter,) = sink.view("dead_letters")
    assert (letter["reason"], letter["offset"]) == ("rows_refused", place)
    assert json.loads(b64decode(str(letter["original"])))["batch_id"] == f"batch-{place}"
    assert "column enterprise_id" in str(letter["detail"])


def test_nothing_decided_is_nothing_written() -> None:
    Delivery(SickSink(down=1), lambda _: False).write([], "t")
