"""Title and story of an incident, in Chinese and English, made from facts by templates.

A sentence whose facts are missing is left out; nothing is said that is not in the evidence.
Moments are China Standard Time. Commands are quoted as they are, rule titles as their
authors wrote them; what a correlation found is said in the language of the story.
"""

from collections.abc import Sequence
from ipaddress import ip_address

import msgspec

from pipeline.incidents.facts import Facts
from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.policy import LEVELS
from pipeline.incidents.triage import Ground
from pipeline.incidents.wording import GROUND_WORDS, LEVEL_WORDS, WORDINGS, Wording
from schemas.attack import TACTICS
from schemas.detection import EntityKind
from schemas.incident import DetectionSummary
from schemas.language import Language
from schemas.moments import SHANGHAI, Moment, datetime_of

SUMMARY_CHARACTERS = 200
NAMES_MAX = 3
EVIDENCE_MAX = 3

DULL_PROGRAMS = frozenset(
    {"conhost.exe", "svchost.exe", "services.exe", "lsass.exe", "wininit.exe", "system"}
)
"""Programs that take part in everything: named only where there is no other."""


class Narrative(msgspec.Struct, frozen=True):
    """Title and story in one language."""

    title: str
    story: str


def narrate(facts: Facts, ground: Ground, language: Language) -> Narrative:
    """Title and story of an incident."""
    wording = WORDINGS[language]
    sentences = (
        _what(facts, wording, language),
        _contact(facts, wording),
        _evidence(facts, wording, language),
        _tools(facts, wording),
        _tactics(facts, wording, language),
        _ground(facts, ground, language),
        _verdict(facts, wording, language),
    )
    return Narrative(
        _title(facts, wording, language),
        wording.sentence_mark.join(sentence for sentence in sentences if sentence),
    )


def _title(facts: Facts, wording: Wording, language: Language) -> str:
    for kind in ("host", "account", "address"):
        where = _names(wording, kind, _values(facts, kind), 1)
        if where:
            break
    template = wording.title if where else wording.title_bare
    return template.format(
        where=where,
        scenario=_scenario(facts, language),
        gravest=_rule_title(facts.detections[0], language),
    )


def _rule_title(rule: DetectionSummary, language: Language) -> str:
    """In Chinese where the rule's author gave a Chinese title."""
    return rule.title_zh if language == "zh" and rule.title_zh else rule.title


def _scenario(facts: Facts, language: Language) -> str:
    return facts.scenario.zh if language == "zh" else facts.scenario.en


def _what(facts: Facts, wording: Wording, language: Language) -> str:
    accounts = _names(wording, "account", _values(facts, "account", only_own=True))
    hosts = _names(wording, "host", _values(facts, "host"))
    rules, count = len(facts.detections), facts.detection_count
    who = wording.who.format(accounts=accounts) if accounts else ""
    where = wording.where.format(hosts=hosts) if hosts else ""
    if language == "en":
        who = who or (" activity" if where else " events")
        return wording.what.format(
            when=_when(facts, wording),
            who=who,
            where=where,
            count=_plural(count, "detection"),
            rules=_plural(rules, "rule"),
            levels=_levels(facts.detections, wording, language),
        )
    return wording.what.format(
        when=_when(facts, wording),
        who=who,
        where=where,
        count=count,
        rules=rules,
        levels=_levels(facts.detections, wording, language),
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _when(facts: Facts, wording: Wording) -> str:
    first, last = _local(facts.first_time), _local(facts.last_time)
    if first == last:
        return wording.when_once.format(first=first)
    shared_day = first[:11] == last[:11]
    return wording.when_span.format(first=first, last=last[11:] if shared_day else last)


def _local(moment: Moment) -> str:
    return datetime_of(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _levels(detections: Sequence[DetectionSummary], wording: Wording, language: Language) -> str:
    """How many rules of each level, gravest first."""
    counted = {level: sum(one.level == level for one in detections) for level in reversed(LEVELS)}
    template = "{word}级 {count} 条" if language == "zh" else "{count} {word}"
    return wording.list_mark.join(
        template.format(word=LEVEL_WORDS[level][language], count=count)
        for level, count in counted.items()
        if count
    )


def _contact(facts: Facts, wording: Wording) -> str:
    """Addresses, those of other networks first."""
    values = sorted(_values(facts, "address", only_own=True), key=_is_private)
    addresses = _names(wording, "address", values)
    return wording.contact.format(addresses=addresses) if addresses else ""


def _is_private(value: str) -> bool:
    try:
        return not ip_address(value).is_global
    except ValueError:
        return True


def _evidence(facts: Facts, wording: Wording, language: Language) -> str:
    items = [
        wording.evidence_item.format(
            title=_rule_title(one, language),
            level=LEVEL_WORDS[one.level][language],
            times=wording.evidence_times.format(count=one.count) if one.count > 1 else "",
            fact=_fact(one, wording, language),
        )
        for one in facts.detections[:EVIDENCE_MAX]
    ]
    return wording.evidence.format(items=wording.item_mark.join(items))


def _fact(one: DetectionSummary, wording: Wording, language: Language) -> str:
    """What an event says is quoted as it is; what a correlation says is in the language."""
    summary = one.summary_zh if language == "zh" and one.summary_zh else one.summary
    return wording.evidence_fact.format(summary=_cut(summary)) if summary else ""


def _cut(summary: str) -> str:
    text = " ".join(summary.split())
    return text if len(text) <= SUMMARY_CHARACTERS else text[: SUMMARY_CHARACTERS - 1] + "…"


def _tools(facts: Facts, wording: Wording) -> str:
    paths = [one.value for one in facts.entities if one.kind == "process" and one.role == "tool"]
    names = [path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths]
    telling = [name for name in names if name not in DULL_PROGRAMS]
    tools = _names(wording, "process", list(dict.fromkeys(telling or names)))
    return wording.tools.format(tools=tools) if tools else ""


def _tactics(facts: Facts, wording: Wording, language: Language) -> str:
    named = [getattr(TACTICS[key], language) for key in facts.tactics]
    return wording.tactics.format(tactics=" → ".join(named)) if named else ""


def _ground(facts: Facts, ground: Ground, language: Language) -> str:
    level = LEVEL_WORDS[facts.level][language]
    return GROUND_WORDS[ground][language].format(level=level, risk=facts.risk)


def _verdict(facts: Facts, wording: Wording, language: Language) -> str:
    scenario = facts.scenario
    return wording.verdict.format(
        scenario=_scenario(facts, language),
        category=scenario.category if language == "zh" else scenario.category_en,
        subcategory=scenario.subcategory,
        risk=facts.risk,
        confidence=facts.confidence,
    )


def _values(facts: Facts, kind: EntityKind, only_own: bool = False) -> list[str]:
    """Values of a kind, gravest first; what everyone shares last, or not at all."""
    of_kind = dict.fromkeys(one.value for one in facts.entities if one.kind == kind)
    own = [value for value in of_kind if normal_form(kind, value)[1]]
    return own if own or only_own else list(of_kind)


def _names(
    wording: Wording, kind: EntityKind, values: Sequence[str], limit: int = NAMES_MAX
) -> str:
    named = wording.list_mark.join(values[:limit])
    if len(values) <= limit:
        return named
    more = len(values) - limit
    template = wording.and_one.get(kind) if more == 1 else None
    return named + (template or wording.and_more[kind]).format(count=len(values), more=more)
