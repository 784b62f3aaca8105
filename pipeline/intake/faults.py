"""Faults of a single event: the sender's, and a dead letter."""


class EventFault(Exception):
    """One line that cannot become an event.

    `reason` is a code for counting (`not_json`, `not_an_object`, `not_text`,
    `unknown_format`, …), `detail` says what is wrong with this very line.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
