"""Where the MIIT plan gives way to other rules: what is said beside a tier, and never moves it.

§8.2: data of state secrets and of the military, of the defence industry and of tobacco, and data of
government affairs have rules of their own. §1.3, §6.5: periods of major events may have. A tier
that went away because somebody named such data would be a report omitted: so it stays, and the
reason says who has to look.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.severity.facts import Facts
from pipeline.severity.policy import MajorEvent
from schemas.assessment import Regime
from schemas.glossary import Term
from schemas.language import Language
from schemas.moments import Moment, moment_of

EXCLUDED: Final[Mapping[str, Term]] = {
    "government": Term("政务数据", "data of government affairs"),
    "tobacco": Term("烟草行业数据", "data of the tobacco industry"),
    "defence_industry": Term("国防科技工业数据", "data of the defence industry"),
    "military": Term("军事数据", "military data"),
    "state_secret": Term("国家秘密数据", "state secrets"),
}
"""Data that §8.2 leaves to other rules, by the word of the fact `excluded_data`."""
_OUTSIDE = Term(
    "{data}不适用该预案，从其规定（工信部网安〔2024〕214号第8.2节），级别和义务供参考",
    "The plan leaves {data} to other rules (MIIT 2024/214 §8.2): tier and duties are a guide",
)
_EVENT = Term(
    "发现时处于重大活动期间（{name}），另有规定的从其规定（工信部网安〔2024〕214号第1.3、6.5节）",
    "Discovered in the period of a major event ({name}): other rules may hold "
    "(MIIT 2024/214 §1.3, §6.5)",
)


def remarks(
    regime: Regime,
    facts: Facts,
    discovered_at: Moment,
    events: Sequence[MajorEvent],
    language: Language,
) -> list[str]:
    """What is to be said of the plan's own limits, one sentence each, without its stop."""
    if regime != "miit":
        return []
    stated = facts.get("excluded_data")
    data = EXCLUDED.get(str(stated.value)) if stated else None
    return [
        *([_OUTSIDE.of(language).format(data=data.of(language))] if data else []),
        *(
            _EVENT.of(language).format(name=event.name_zh if language == "zh" else event.name_en)
            for event in events
            if moment_of(event.since) <= discovered_at < moment_of(event.until)
        ),
    ]
