"""A statutory form, filled in as far as the facts go: pure, whatever it is printed as."""

from typing import Literal, TypeAlias

import msgspec

from pipeline.severity.forms.fields import LAYOUTS, Field, FormName, Layout
from pipeline.severity.forms.source import FormSource, Lang, text_of

State: TypeAlias = Literal["filled", "unknown", "sign"]
UNKNOWN: dict[Lang, str] = {"zh": "尚不明确", "en": "not yet known (尚不明确)"}
SIGN: dict[Lang, str] = {
    "zh": "〔须由责任人签字或加盖公章〕",
    "en": "[to be signed or sealed by hand]",
}
SIGN_OPTIONAL: dict[Lang, str] = {"zh": "〔本级别不要求〕", "en": "[not required at this level]"}


class Line(msgspec.Struct, frozen=True):
    """One field as printed."""

    label: str
    value: str
    state: State


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form as printed: title, addressee, lines in their order, notes at the foot."""

    title: str
    lang: Lang
    addressee: str
    article: str
    incident_id: str
    drill: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def fill_form(name: FormName, source: FormSource, lang: Lang) -> Form:
    """The form in one language; what no fact says reads 尚不明确."""
    layout = LAYOUTS[name]
    return Form(
        title=layout.zh if lang == "zh" else layout.en,
        lang=lang,
        addressee=source.regulator[lang == "en"] if layout.regime == "miit" else "",
        article=layout.article,
        incident_id=text_of(source.incident, "incident_id"),
        drill=text_of(source.incident, "drill"),
        lines=tuple(_line(layout, field, source, lang) for field in layout.fields),
        notes=_notes(layout, source, lang),
    )


def _line(layout: Layout, field: Field, source: FormSource, lang: Lang) -> Line:
    label = field.zh if lang == "zh" else field.en
    if field.sign:
        tiers = {text_of(source.assessment, name) for name in ("tier", "override_tier")} - {""}
        required = not tiers or not tiers.isdisjoint(layout.seal_tiers)
        return Line(label, (SIGN if required else SIGN_OPTIONAL)[lang], "sign")
    value = field.read(source, lang) if field.read else ""
    return Line(label, value, "filled") if value else Line(label, UNKNOWN[lang], "unknown")


def _notes(layout: Layout, source: FormSource, lang: Lang) -> tuple[str, ...]:
    reason = text_of(source.assessment, "reason" if lang == "zh" else "reason_en")
    unseen = {
        "zh": "本表栏目次序未经与原件核对。",
        "en": "The order of the fields has not been checked against the original.",
    }
    return (*([reason] if reason else []), *([unseen[lang]] if layout.unconfirmed else []))
