"""A limb of a grading annex as a value: the tests that must all hold, tier by tier.

Rule 1. Any one limb that is met suffices; the tier of an incident is the gravest met.
Rule 2. Bounds are inclusive below (以上 includes the number: Civil Code Art. 1259, and both
        annexes say so) and exclusive above, because the next tier's lower bound includes it.
Rule 3. A row is met when all its tests hold, not met when one fails, else unknown.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from pipeline.severity.articles import Article
from pipeline.severity.facts import KINDS, WORDS_ZH, Facts, read_en, read_zh
from schemas.assessment import UNCONFIRMED, Confidence, Outcome, Regime, Tier
from schemas.moments import Moment


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One condition on one fact: `at_least` ≤ value < `below`, or value among words."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    fact: str
    at_least: int | None = None
    below: int | None = None
    among: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one limb asks for one tier, and how well that is known.

    Where the text is open, `choice` names the policy choice and `reading` the reading of it
    under which the row holds. `note` says who changed it.
    """

    tier: Tier
    tests: tuple[Condition, ...]
    confidence: Confidence = "full_text"
    choice: str = ""
    reading: str = ""
    note: str = ""

    @property
    def unconfirmed(self) -> bool:
        """Whether the row rests on less than the instrument's own words."""
        return self.confidence in UNCONFIRMED


class Limb(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One limb, with the place it has in the instrument and what it is about."""

    key: str
    article: Article
    zh: str
    en: str
    rows: tuple[Row, ...]


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One regime's grading annex, in force from `since` until before `until` (moments)."""

    regime: Regime
    zh: str
    en: str
    since: Moment
    until: Moment | None
    limbs: tuple[Limb, ...]
    fields: tuple[str, ...] = ()
    """Fields of data whose operators it binds; () all. An unknown field may be one of them."""


def from_(fact: str, at_least: int, below: int | None = None) -> Condition:
    """A whole number from `at_least` (inclusive) to `below` (exclusive)."""
    return Condition(fact, at_least=at_least, below=below)


def among(fact: str, *words: str) -> Condition:
    """One of these words."""
    return Condition(fact, among=words)


def or_graver(fact: str, word: str) -> Condition:
    """This word or a graver one (举轻以明重: what holds for the lesser holds for the graver)."""
    words = KINDS[fact].words
    return Condition(fact, among=words[words.index(word) :])


def check_condition(test: Condition, facts: Facts) -> Outcome:
    """Met, not met, or unknown where the fact is not stated."""
    stated = facts.get(test.fact)
    if stated is None:
        return "unknown"
    if isinstance(stated.value, str):
        return _outcome(stated.value in test.among)
    low = test.at_least is None or stated.value >= test.at_least
    high = test.below is None or stated.value < test.below
    return _outcome(low and high)


def check_conditions(tests: Sequence[Condition], facts: Facts) -> Outcome:
    """All of them together (rule 3)."""
    outcomes = {check_condition(test, facts) for test in tests}
    worst: tuple[Outcome, ...] = ("not_met", "unknown", "met")
    return next(outcome for outcome in worst if outcome in outcomes)


def _outcome(holds: bool) -> Outcome:
    return "met" if holds else "not_met"


def bound_text(test: Condition, lang: Literal["zh", "en"]) -> str:
    """The bound as a person reads it: `≥ 1,000,000 人, < 10,000,000 人`."""
    read = read_zh if lang == "zh" else read_en
    if test.among:
        if lang == "zh":
            return f"{KINDS[test.fact].zh}：{'或'.join(WORDS_ZH[word] for word in test.among)}"
        words = (word.replace("_", " ") for word in test.among)
        return f"{KINDS[test.fact].en}: {' or '.join(words)}"
    parts = []
    if test.at_least is not None:
        parts.append(f"≥ {read(test.fact, test.at_least)}")
    if test.below is not None:
        parts.append(f"< {read(test.fact, test.below)}")
    return ("，" if lang == "zh" else ", ").join(parts)
