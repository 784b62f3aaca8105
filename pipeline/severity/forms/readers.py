"""What stands in each field of a form: one function a field, "" where nobody has said it."""

from collections.abc import Callable
from itertools import groupby
from typing import TypeAlias

from pipeline.severity.facts import KINDS, Stated
from pipeline.severity.forms.source import (
    STANDING,
    FormSource,
    Row,
    acts_of,
    boxes,
    by_whom,
    entities_of,
    fact_text,
    localised,
    minute_of,
    techniques_of,
    text_of,
    tier_of,
    value_text,
)
from pipeline.severity.reasons import name_tier, tell_expert
from pipeline.severity.regulators import place_of
from schemas.assessment import TIER_EN, TIER_ZH, TIERS
from schemas.glossary import (
    COLOUR,
    DATA_CLASS,
    DATA_TYPE,
    ENTITY,
    LEARNED_BY,
    SECTOR,
    STATUS,
    WARNING,
    Term,
    read,
)
from schemas.language import Language
from schemas.scenarios import SCENARIOS

_FIRST_JUDGED = Term("（初步研判）", "(initial judgement)")
_UNIT_JUDGED = Term("（单位研判）", "(the unit's judgement)")
Reader: TypeAlias = Callable[[FormSource, Language], str]


def said(name: str) -> Reader:
    """A field of `Particulars`, as it was stated."""

    def reader(source: FormSource, language: Language) -> str:
        value = getattr(source.particulars, name)
        return "" if value is None else str(value)

    return reader


def other(source: FormSource, language: Language) -> str:
    """Other matters: a box that is left to the unit, and holds none where it names none."""
    return source.particulars.other or ("无" if language == "zh" else "none")


def moment(name: str) -> Reader:
    """A moment of the incident."""
    return lambda source, language: minute_of(source.incident, name, language)


def enterprise(source: FormSource, language: Language) -> str:
    """Its full name; the id under which it is registered where no name is."""
    return text_of(source.enterprise, "name") or text_of(source.incident, "enterprise_id")


def learned_by(source: FormSource, language: Language) -> str:
    """The four ways of learning of it; what the system saw is own monitoring."""
    stated = source.particulars
    terms = [(key, term.of(language)) for key, term in LEARNED_BY.items()]
    return boxes(terms, [stated.learned_by or "own_monitoring"], remark=stated.learned_url or "")


def level(source: FormSource, language: Language) -> str:
    """The four tiers: the one that stands is ticked, with who decided it."""
    tier = tier_of(source.assessment, *STANDING)
    names = TIER_ZH if language == "zh" else TIER_EN
    terms = [(each, names[each]) for each in TIERS]
    if tier is None:
        return boxes(terms, [])
    return boxes(terms, [tier], remark=_decider(source, language))


def _decider(source: FormSource, language: Language) -> str:
    """Who says so: the regulator; else an expert, with what was computed; else the system."""
    row, is_zh = source.assessment, language == "zh"
    if tier_of(row, "fixed_tier"):
        return "（主管部门认定）" if is_zh else "(fixed by the regulator)"
    stands, computed, expert = (
        tier_of(row, *names) for names in (STANDING, ("tier",), ("override_tier",))
    )
    told = tell_expert(stands, computed, expert, language, by=text_of(row, "override_by"))
    if told:
        return f"（{told}）" if is_zh else f"({told})"
    if source.incident.get("confirmed"):
        return _unit_judged(source).of(language)
    return _suggested(row, language)


def _unit_judged(source: FormSource) -> Term:
    """The unit's own judgement: a first one until its handling has ended."""
    ended = text_of(source.incident, "status") in ("resolved", "closed")
    return _UNIT_JUDGED if ended else _FIRST_JUDGED


def _suggested(row: Row, language: Language) -> str:
    """What may occur, with the warning that is suggested or issued."""
    is_zh, state = language == "zh", text_of(row, "warning_state") or "suggested"
    colour = text_of(row, "issued_colour") or text_of(row, "colour")
    named, issue = read(COLOUR, colour, language), read(WARNING, state, language)
    if not colour:
        return "（可能发生）" if is_zh else "(may occur)"
    if is_zh:
        return f"（可能发生；建议预警等级：{named}（{issue}））"
    return f"(may occur; suggested warning: {named}, {issue})"


def systems(source: FormSource, language: Language) -> str:
    """What was stated, then the hosts, addresses and domains that were seen."""
    parts = [
        source.particulars.systems or "",
        *_seen(source, ("host", "address", "domain"), language),
    ]
    return _joined(parts, language)


def clues(source: FormSource, language: Language) -> str:
    """Addresses, accounts, paths, hashes and domains that are known, and the techniques."""
    kinds = ("address", "account", "file", "hash", "domain", "process")
    techniques = ", ".join(techniques_of(source))
    label = f"ATT&CK：{techniques}" if language == "zh" else f"ATT&CK: {techniques}"
    parts = [source.particulars.clues or "", *_seen(source, kinds, language)]
    return _joined([*parts, *([label] if techniques else [])], language)


def _seen(source: FormSource, kinds: tuple[str, ...], language: Language) -> list[str]:
    colon = "：" if language == "zh" else ": "
    found = ((kind, entities_of(source, kind, language)) for kind in kinds)
    return [f"{ENTITY[kind].of(language)}{colon}{values}" for kind, values in found if values]


def _joined(parts: list[str], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(part for part in parts if part)


def data_types(source: FormSource, language: Language) -> str:
    """The five types of data of the 2022 measures, Art. 8."""
    terms = [(key, term.of(language)) for key, term in DATA_TYPE.items()]
    return boxes(terms, source.particulars.data_types or ())


def data_class(source: FormSource, language: Language) -> str:
    """The three classes of data."""
    stated = source.facts.get("data_class")
    terms = [(key, term.of(language)) for key, term in DATA_CLASS.items()]
    return boxes(terms, [str(stated.value)] if stated else ())


def _volume(source: FormSource, prefix: str, language: Language) -> list[str]:
    gigabytes = getattr(source.particulars, f"{prefix}_gb")
    records = getattr(source.particulars, f"{prefix}_records")
    unit = "条" if language == "zh" else " records"
    return [
        *([f"{gigabytes:,} GB"] if gigabytes is not None else []),
        *([f"{records:,}{unit}"] if records is not None else []),
    ]


def volume(source: FormSource, language: Language) -> str:
    """How much data, in GB or records."""
    return _joined(_volume(source, "volume", language), language)


def personal(prefix: str, persons: str) -> Reader:
    """Personal information: GB or records, and persons; a stated zero reads as none."""

    def reader(source: FormSource, language: Language) -> str:
        stated = source.facts.get(persons)
        parts = _volume(source, prefix, language)
        if stated is not None and stated.value == 0 and not parts:
            return "不涉及" if language == "zh" else "none"
        return _joined([*parts, fact_text(source, persons, language)], language)

    return reader


def subject(source: FormSource, language: Language) -> str:
    """Whom it affects: as stated, else the enterprise itself."""
    return source.particulars.affected_subject or enterprise(source, language)


def scope(source: FormSource, language: Language) -> str:
    """Regions and sectors: as stated, else the enterprise's own."""
    if source.particulars.affected_scope:
        return source.particulars.affected_scope
    place = place_of(source.operator)[language == "en"]
    sector = read(SECTOR, text_of(source.incident, "sector"), language)
    return _joined([place, sector], language)


def measures(source: FormSource, language: Language) -> str:
    """As stated, then the record of handling."""
    stated = source.particulars.measures_taken or ""
    acts = acts_of(source, language)
    return ("" if language == "zh" else " ").join(part for part in (stated, acts) if part)


def kind(source: FormSource, language: Language) -> str:
    """Category and scenario (GB/T 20986-2023)."""
    scenario = SCENARIOS.get(text_of(source.incident, "scenario"))
    if scenario is None:
        return ""
    if language == "zh":
        return f"{scenario.category}（{scenario.zh}）"
    return f"{scenario.category_en} ({scenario.en})"


def found(source: FormSource, language: Language) -> str:
    """When and where it was found."""
    place = place_of(source.operator)[language == "en"]
    return _joined([minute_of(source.incident, "opened_at", language), place], language)


def harm(source: FormSource, language: Language) -> str:
    """Every stated fact with its name; whoever stated several in a row is named once."""
    groups = groupby(source.facts.items(), key=lambda named: named[1].stated_by)
    return _joined([_stated_together([*group], language) for _, group in groups], language)


def _stated_together(facts: list[tuple[str, Stated]], language: Language) -> str:
    joint = "：" if language == "zh" else ": "
    named = (
        f"{KINDS[name].zh if language == 'zh' else KINDS[name].en}{joint}"
        f"{value_text(name, stated, language)}"
        for name, stated in facts
    )
    return _joined([*named], language) + by_whom(facts[0][1], language)


def ransom(source: FormSource, language: Language) -> str:
    """Amount, account, way and day of a ransom that was asked or paid."""
    stated, is_zh = source.particulars, language == "zh"
    named = (
        ("金额" if is_zh else "amount", _money(stated.ransom_cny, language)),
        ("账户" if is_zh else "account", stated.ransom_account),
        ("支付方式" if is_zh else "method", stated.ransom_method),
        ("日期" if is_zh else "date", stated.ransom_date),
    )
    joint = "：" if is_zh else ": "
    return _joined([f"{label}{joint}{value}" for label, value in named if value], language)


def _money(yuan: int | None, language: Language) -> str:
    if yuan is None:
        return ""
    return f"{yuan:,}元" if language == "zh" else f"{yuan:,} yuan"


def trend(source: FormSource, language: Language) -> str:
    """As stated, else the tiers that the estimates leave possible."""
    if source.particulars.trend:
        return source.particulars.trend
    bounds = [tier_of(source.assessment, f"tier_{name}") for name in ("low", "likely", "high")]
    if not any(bounds):
        return ""
    low, likely, high = (name_tier(bound, language) for bound in bounds)
    if low == high:
        return f"系统估计：{likely}" if language == "zh" else f"estimated: {likely}"
    if language == "zh":
        return f"系统估计：最低{low}，较可能{likely}，最高{high}"
    return f"estimated: at least {low}, likely {likely}, at most {high}"


def outcome(source: FormSource, language: Language) -> str:
    """How the handling stands."""
    return read(STATUS, text_of(source.incident, "status"), language)


def story(source: FormSource, language: Language) -> str:
    """What happened, as the incident tells it."""
    return localised(source, "story", language)


def overview(source: FormSource, language: Language) -> str:
    """The basic facts in running text: times, unit, level, course, systems, harm, cause."""
    is_zh = language == "zh"
    named = (
        ("涉事单位" if is_zh else "Unit", enterprise(source, language)),
        ("发生时间" if is_zh else "Occurred", minute_of(source.incident, "first_time", language)),
        ("发现时间" if is_zh else "Discovered", minute_of(source.incident, "opened_at", language)),
        ("事件级别" if is_zh else "Level", _standing(source, language)),
        ("事件经过" if is_zh else "Course", story(source, language)),
        ("涉及系统" if is_zh else "Systems", systems(source, language)),
        ("影响和危害" if is_zh else "Impact", harm(source, language)),
        ("事件原因" if is_zh else "Cause", source.particulars.cause or ""),
    )
    joint, stop = ("：", "。") if is_zh else (": ", ". ")
    ends = tuple("。.")
    return "".join(
        f"{label}{joint}{value}{'' if value.endswith(ends) else stop}"
        for label, value in named
        if value
    ).strip()


def _standing(source: FormSource, language: Language) -> str:
    tier = tier_of(source.assessment, *STANDING)
    return f"{name_tier(tier, language)}{_decider(source, language)}" if tier else ""


def handled(source: FormSource, language: Language) -> str:
    """Measures taken, and how the handling stands."""
    state, is_zh = outcome(source, language), language == "zh"
    told = (f"处置结果：{state}。" if is_zh else f"Outcome: {state}.") if state else ""
    taken = measures(source, language)
    return ("" if is_zh else " ").join(part for part in (taken, told) if part)
