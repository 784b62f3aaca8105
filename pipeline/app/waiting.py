"""Waiting for a store that is down, for commands that a person may interrupt (shell)."""

import time

from pipeline.app.delivery import Delivery, DeliveryWatch
from pipeline.app.engines import Tell
from sinks.contract import Sink, StoreFull


class Patience(DeliveryWatch):
    """Waits for a store that is away, saying why; not for a disk that is full: who gave the
    command is the one who can make room."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._is_full = False

    def retried(self, attempt: int, pause_s: float, fault: Exception) -> None:
        """Say so, unless it is the end."""
        self._is_full = isinstance(fault, StoreFull)
        if not self._is_full:
            self._tell(f"{fault}; trying again in {pause_s:.0f} s (Ctrl-C ends)")

    def wait(self, pause_s: float) -> bool:
        """Pause and go on; Ctrl-C is how a person says to stop."""
        if not self._is_full:
            time.sleep(pause_s)
        return not self._is_full


def patient_delivery(sink: Sink, tell: Tell) -> Delivery:
    """How a command writes into the store."""
    patience = Patience(tell)
    return Delivery(sink, wait=patience.wait, watch=patience)
