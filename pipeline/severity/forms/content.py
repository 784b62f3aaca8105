"""A statutory form, filled in as far as the facts go: pure, whatever it is printed as."""

from typing import Literal, TypeAlias

import msgspec

from pipeline.severity.forms.fields import Field, FormName, Layout, Part
from pipeline.severity.forms.layouts import LAYOUTS
from pipeline.severity.forms.source import ID_SHOWN, STANDING, FormSource, text_of, tier_of
from schemas.glossary import Term
from schemas.language import Language
from schemas.moments import Moment, read_day

State: TypeAlias = Literal["filled", "unknown"]
UNKNOWN = Term("尚不明确", "not yet known")
_BLANK = "\u3000"
"""A space as wide as a character, which no format folds."""
SIGN = Term(
    f"签字或盖章：{_BLANK * 8}年{_BLANK * 2}月{_BLANK * 2}日",
    f"Signature or seal:{_BLANK * 8}Date:{_BLANK * 4}",
)
SIGN_OPTIONAL = Term(
    "签字或盖章：（本级别不要求）", "Signature or seal: (not required at this level)"
)


class Line(msgspec.Struct, frozen=True):
    """One box as printed."""

    label: str
    value: str
    state: State


class Section(msgspec.Struct, frozen=True):
    """One part as printed: a table of lines, or one line of running text under its heading."""

    heading: str
    prose: bool
    lines: tuple[Line, ...]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form as printed: to whom it is sent and how, sections in order, signature, notes."""

    title: str
    language: Language
    sent: str
    addressees: tuple[str, ...]
    channel: str
    article: str
    incident_id: str
    drill: str
    unit: str
    dated: str
    sections: tuple[Section, ...]
    signature: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The boxes of all sections, in order."""
        return tuple(line for section in self.sections for line in section.lines)


def fill_form(name: FormName, source: FormSource, language: Language, printed_at: Moment) -> Form:
    """The form in one language; what no fact says reads 尚不明确 (`not yet known`)."""
    layout = LAYOUTS[name]
    sections = tuple(_section(part, source, language) for part in layout.parts)
    return Form(
        title=layout.title.of(language),
        language=language,
        sent=layout.sent.of(language),
        addressees=layout.addressees(source, language),
        channel=layout.channel.of(language),
        article=layout.article.zh if language == "zh" else layout.article.en,
        incident_id=text_of(source.incident, "incident_id")[:ID_SHOWN],
        drill=text_of(source.incident, "drill"),
        unit=text_of(source.enterprise, "name") or text_of(source.incident, "enterprise_id"),
        dated=read_day(printed_at, language) if layout.dated else "",
        sections=sections,
        signature=_signature(layout, source, language),
        notes=_notes(layout, sections, source, language),
    )


def _section(part: Part, source: FormSource, language: Language) -> Section:
    lines = tuple(_line(field, source, language) for field in part.fields)
    if part.prose:
        lines = tuple(
            msgspec.structs.replace(line, value=_as_sentence(line.value, language))
            for line in lines
        )
    return Section(part.heading.of(language), part.prose, lines)


def _as_sentence(text: str, language: Language) -> str:
    """Running text ends in a stop, however it was stated."""
    if text.endswith(("。", "！", "？", ".", "!", "?")):
        return text
    return text + ("。" if language == "zh" else ".")


def _line(field: Field, source: FormSource, language: Language) -> Line:
    label, value = field.label.of(language), field.read(source, language)
    return Line(label, value or UNKNOWN.of(language), "filled" if value else "unknown")


def _signature(layout: Layout, source: FormSource, language: Language) -> str:
    tier = tier_of(source.assessment, *STANDING)
    required = tier is None or tier in layout.seal_tiers
    return (SIGN if required else SIGN_OPTIONAL).of(language)


def _notes(
    layout: Layout, sections: tuple[Section, ...], source: FormSource, language: Language
) -> tuple[str, ...]:
    """The form's own notes, what a partial report still lacks, and why the level is what it is."""
    is_zh = language == "zh"
    reason = text_of(source.assessment, "reason" if is_zh else "reason_en")
    grounds = ("级别依据：" if is_zh else "Grounds of the level: ") + reason
    operator = source.operator.critical_infrastructure
    unsure = (
        "是否为关键信息基础设施运营者尚不明确，报送对象从严确定，请核实。"
        if is_zh
        else "Whether it operates critical infrastructure is not known: check the addressee."
    )
    return (
        *(note.of(language) for note in layout.notes),
        *([_lacking(sections, language)] if layout.partial else []),
        *([unsure] if layout.regime == "cac" and operator is None else []),
        *([grounds] if reason else []),
    )


def _lacking(sections: tuple[Section, ...], language: Language) -> str:
    """Which boxes a first report leaves for the further one (Art. 7)."""
    open_boxes = [
        line.label for section in sections for line in section.lines if line.state == "unknown"
    ]
    if not open_boxes:
        return "本报告各项齐全。" if language == "zh" else "The report is complete."
    if language == "zh":
        names = "、".join(f"“{box}”" for box in open_boxes)
        return f"首报可先报第一、二项；以下内容待查明后续报：{names}。"
    names = "; ".join(f"“{box}”" for box in open_boxes)
    return f"A first report may hold items 1 and 2; to follow once known: {names}."
