"""Title and story of an incident, in Chinese and English, made from facts by templates.

A sentence whose facts are missing is left out; nothing is said that is not in the evidence.
Moments are China Standard Time, to the minute, in words. Commands are quoted as they are, rule
titles as their authors wrote them; what a correlation found is said in the story's language.
"""

from collections.abc import Sequence

import msgspec

from pipeline.incidents.acts import cut, is_private, programs
from pipeline.incidents.facts import Facts
from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.policy import LEVELS
from pipeline.incidents.triage import Ground
from pipeline.incidents.wording import GROUND, WORDINGS, Wording
from schemas.attack import TACTICS
from schemas.chinese import fill
from schemas.detection import EntityKind
from schemas.glossary import INCIDENT, LEVEL, capital
from schemas.incident import DetectionSummary
from schemas.language import Language
from schemas.moments import read_span

SUMMARY_CHARACTERS = 200
NAMES_MAX = 3
EVIDENCE_MAX = 3


class Narrative(msgspec.Struct, frozen=True):
    """Title and story in one language."""

    title: str
    story: str


def narrate(facts: Facts, ground: Ground, language: Language) -> Narrative:
    """Title and story of an incident."""
    wording = WORDINGS[language]
    deed = _deed(facts, wording, language)
    sentences = (
        fill(wording.first, when=read_span(facts.first_time, facts.last_time, language), deed=deed),
        _what(facts, wording, language),
        _contact(facts, wording),
        _evidence(facts, wording, language),
        _tools(facts, wording),
        _tactics(facts, wording, language),
        _ground(facts, ground, wording, language),
        _verdict(facts, wording, language),
        wording.more[facts.scenario.standing],
    )
    return Narrative(
        fill(wording.title, scenario=_scenario(facts, language), deed=deed),
        wording.sentence_mark.join(sentence for sentence in sentences if sentence),
    )


def _deed(facts: Facts, wording: Wording, language: Language) -> str:
    """What was done to what, by whom, with what: title and first sentence."""
    act, told = facts.act, wording.act
    template = act.deed.zh if language == "zh" else act.deed.en
    quoted = fill(told.rule_title, title=_rule_title(facts.detections[0], language))
    host = act.host and act.host + told.more_hosts(act.more_hosts)
    named = {"host": host or told.no_host, "object": act.object or told.no_object}
    is_added = bool(act.object and template) and "{object}" not in template
    return fill(
        told.sentence,
        what=fill(template, **named) if template else quoted,
        where=fill(told.where, host=host) if host and not template else "",
        tool=fill(told.tool, tool=act.tool) if act.tool else "",
        account=fill(told.account, account=act.account) if act.account else "",
        address=fill(told.address, address=act.address) if act.address else "",
        object=fill(told.object, object=act.object) if is_added else "",
    ).strip()


def _rule_title(rule: DetectionSummary, language: Language) -> str:
    """In Chinese where the rule's author gave a Chinese title."""
    return rule.title_zh if language == "zh" and rule.title_zh else rule.title


def _scenario(facts: Facts, language: Language) -> str:
    return facts.scenario.zh if language == "zh" else facts.scenario.en


def _what(facts: Facts, wording: Wording, language: Language) -> str:
    accounts = _names(wording, "account", _values(facts, "account", only_own=True))
    hosts = _names(wording, "host", _values(facts, "host"))
    rules, count = len(facts.detections), facts.detection_count
    is_english = language == "en"
    return fill(
        wording.what,
        who=fill(wording.who, accounts=accounts) if accounts else "",
        where=fill(wording.where, hosts=hosts) if hosts else "",
        count=_plural(count, "detection") if is_english else count,
        rules=_plural(rules, "rule") if is_english else rules,
        levels=_levels(facts.detections, wording, language),
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _levels(detections: Sequence[DetectionSummary], wording: Wording, language: Language) -> str:
    """How many rules of each level, gravest first."""
    counted = {level: sum(one.level == level for one in detections) for level in reversed(LEVELS)}
    return wording.list_mark.join(
        fill(wording.of_level, level=LEVEL[level].of(language), count=count)
        for level, count in counted.items()
        if count
    )


def _contact(facts: Facts, wording: Wording) -> str:
    """Addresses, those of other networks first."""
    values = sorted(_values(facts, "address", only_own=True), key=is_private)
    addresses = _names(wording, "address", values)
    return fill(wording.contact, addresses=addresses) if addresses else ""


def _evidence(facts: Facts, wording: Wording, language: Language) -> str:
    """The first rules of different titles; a fact that was quoted is not quoted again."""
    by_title: dict[str, DetectionSummary] = {}
    for one in facts.detections:
        by_title.setdefault(_rule_title(one, language), one)
    items, quoted = [], {""}
    for title, one in list(by_title.items())[:EVIDENCE_MAX]:
        fact = _fact(one, language)
        items.append(
            fill(
                wording.evidence_item,
                title=title,
                level=LEVEL[one.level].of(language),
                times=fill(wording.evidence_times, count=one.count) if one.count > 1 else "",
                fact="" if fact in quoted else fill(wording.evidence_fact, summary=fact),
            )
        )
        quoted.add(fact)
    return fill(wording.evidence, items=wording.item_mark.join(items))


def _fact(one: DetectionSummary, language: Language) -> str:
    """What an event says is quoted as it is; what a correlation says is in the language."""
    is_translated = language == "zh" and one.summary_zh
    return cut(one.summary_zh if is_translated else one.summary, SUMMARY_CHARACTERS)


def _tools(facts: Facts, wording: Wording) -> str:
    tools = _names(wording, "process", programs(facts.entities))
    return fill(wording.tools, tools=tools) if tools else ""


def _tactics(facts: Facts, wording: Wording, language: Language) -> str:
    named = [getattr(TACTICS[key], language) for key in facts.tactics]
    return fill(wording.tactics, tactics=" → ".join(named)) if named else ""


def _ground(facts: Facts, ground: Ground, wording: Wording, language: Language) -> str:
    level = LEVEL[facts.level].of(language)
    why = fill(GROUND[ground].of(language), level=level, risk=facts.risk)
    return fill(wording.ground, ground=capital(INCIDENT["ground"].of(language)), why=why)


def _verdict(facts: Facts, wording: Wording, language: Language) -> str:
    scenario = facts.scenario
    return fill(
        wording.verdict,
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
    return named + fill(template or wording.and_more[kind], count=len(values), more=more)
