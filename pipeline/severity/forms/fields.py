"""What a statutory form is made of: parts under headings, boxes, and what fills each.

The forms themselves are tables: miit_forms.py and cac_forms.py, by name in layouts.py.
"""

from typing import Literal, TypeAlias, get_args

import msgspec

from pipeline.severity.articles import Article
from pipeline.severity.forms import readers
from pipeline.severity.forms.addressees import Addressees
from pipeline.severity.forms.readers import Reader, said
from schemas.assessment import TIERS, Confidence, Regime
from schemas.glossary import Term

FormName: TypeAlias = Literal[
    "miit-report", "miit-summary", "miit-warning", "cac-first", "cac-further", "cac-closing"
]
FORMS: tuple[FormName, ...] = get_args(FormName)


class Field(msgspec.Struct, frozen=True):
    """One box. `first`: a first report must have it, even where it may be partial."""

    label: Term
    read: Reader
    first: bool = False


class Part(msgspec.Struct, frozen=True):
    """One part of a form under its heading, as a table of boxes or as running text."""

    heading: Term
    fields: tuple[Field, ...]
    prose: bool = False


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One form. `seal_tiers`: tiers at which it is signed or sealed. `partial`: may be so.

    `sent` is the word before its addressees.
    """

    title: Term
    regime: Regime
    article: Article
    addressees: Addressees
    channel: Term
    parts: tuple[Part, ...]
    sent: Term = Term("报送", "To")
    confidence: Confidence = "full_text"
    seal_tiers: tuple[str, ...] = TIERS
    partial: bool = False
    dated: bool = False
    notes: tuple[Term, ...] = ()


def box(zh: str, en: str, read: Reader, *, first: bool = False) -> Field:
    """One box: its label in both languages, and what fills it."""
    return Field(Term(zh, en), read, first)


def table(zh: str, en: str, *fields: Field) -> Part:
    """A part as a table of boxes."""
    return Part(Term(zh, en), fields)


def prose(zh: str, en: str, read: Reader) -> Part:
    """A part as running text under its heading."""
    return Part(Term(zh, en), (Field(Term(zh, en), read),), prose=True)


REPORTER = (
    box("单位全称", "Full name of the unit", readers.enterprise, first=True),
    box("联系人", "Contact", said("reporter"), first=True),
    box("联系方式", "Telephone", said("telephone"), first=True),
)
