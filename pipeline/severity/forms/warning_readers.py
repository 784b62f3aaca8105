"""What stands in the boxes of a warning (MIIT plan §3.3): as it was issued, else as suggested."""

import msgspec

from pipeline.severity.forms.readers import Reader
from pipeline.severity.forms.source import FormSource, boxes, text_of
from pipeline.severity.reasons import BODIES
from pipeline.severity.rulings import ISSUERS
from schemas.assessment import Colour, WarningNotice
from schemas.glossary import COLOUR, WARNING
from schemas.language import Language
from schemas.moments import read_moment


def notice_of(source: FormSource) -> WarningNotice | None:
    """The warning that a body issued; None while there is a suggestion at most."""
    text = text_of(source.assessment, "warning")
    return msgspec.json.decode(text, type=WarningNotice | None) if text else None


def said(name: str) -> Reader:
    """A field of the warning, as its issuer put it."""

    def reader(source: FormSource, language: Language) -> str:
        notice = notice_of(source)
        return getattr(notice, name) if notice else ""

    return reader


def moment(name: str) -> Reader:
    """One of its two moments."""

    def reader(source: FormSource, language: Language) -> str:
        notice = notice_of(source)
        return read_moment(getattr(notice, name), language) if notice else ""

    return reader


def level(source: FormSource, language: Language) -> str:
    """The four colours, the warning's or the suggested one ticked, and how it stands."""
    colour, state = _colour(source), text_of(source.assessment, "warning_state")
    terms = [(key, term.of(language)) for key, term in COLOUR.items()]
    if colour is None:
        return boxes(terms, [])
    told = WARNING[state or "suggested"].of(language)
    return boxes(terms, [colour], remark=f"（{told}）" if language == "zh" else f"({told})")


def issuer(source: FormSource, language: Language) -> str:
    """Which body issued it; of a suggestion, which body would have to."""
    colour, notice = _colour(source), notice_of(source)
    if colour is None:
        return ""
    body = BODIES[notice.issued_by if notice else ISSUERS[colour]].of(language)
    if notice:
        return body
    return f"{body}（尚未发布）" if language == "zh" else f"{body} (has not issued it)"


def _colour(source: FormSource) -> Colour | None:
    notice = notice_of(source)
    named = notice.colour if notice else text_of(source.assessment, "colour")
    return next((colour for colour in ISSUERS if colour == named), None)
