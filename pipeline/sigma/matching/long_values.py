"""Which needles a long value holds, by one hyperscan pass: scripts and their like.

Rule 1: only for values of ASCII letters, where folding a letter is exchanging its case;
a needle with any other letter cannot be in them.
Rule 2: building takes as long as scanning a good many letters the ordinary way, so it waits
until that many have come.
"""

from collections.abc import Iterable

import hyperscan

LONG = 400
"""Letters from which a value is scanned so."""
LETTERS_A_NEEDLE = 3_000
"""Letters of long values, for each needle, that must have come before it is built."""


class LongValues:
    """`needles` are folded literals; `holds` answers with those among them."""

    __slots__ = ("_found", "_note", "database", "letters", "needles")

    def __init__(self, needles: Iterable[str]) -> None:
        self.needles = [needle for needle in needles if needle.isascii()]
        self.letters = LETTERS_A_NEEDLE * len(self.needles)
        self.database: hyperscan.Database | None = None
        self._found: list[str] = []
        self._note = self._keep

    def is_due(self, text: str) -> bool:
        """Whether `text` is one for `held`; counts it where it is not yet."""
        if len(text) < LONG or not self.needles or not text.isascii():
            return False
        if self.letters > 0:
            self.letters -= len(text)
            return False
        return True

    def held(self, text: str) -> list[str]:
        """The needles that occur in `text`, in any case, each once."""
        if self.database is None:
            self.database = _database(self.needles)
        self.database.scan(text.encode(), match_event_handler=self._note)
        found, self._found = self._found, []
        return found

    def _keep(self, number: int, *_place: object) -> None:
        self._found.append(self.needles[number])


def _database(needles: list[str]) -> hyperscan.Database:
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    database = hyperscan.Database()
    database.compile(
        expressions=[b"".join(b"\\x%02x" % letter for letter in each.encode()) for each in needles],
        ids=list(range(len(needles))),
        elements=len(needles),
        flags=[flags] * len(needles),
    )
    return database
