"""Policies and answers as a person reads them: one language, whole sentences, nothing cut."""

import shutil
from collections.abc import Iterator, Sequence
from typing import Final

import click
import msgspec

from pipeline.cli.wide_help import lines_of
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.thresholds import thresholds_in_force
from pipeline.severity.duty import Duty
from pipeline.severity.limbs import Instrument, Limb, Row, bound_text
from pipeline.severity.obligation_table import DUTIES
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.readings import READINGS, chosen
from pipeline.severity.regimes import INSTRUMENTS, limbs_in_force, severity_policy_id
from pipeline.severity.regulators import LOCAL_BODIES, ROLES
from schemas.assessment import Confidence
from schemas.glossary import (
    CHANNEL,
    CONFIDENCE,
    OCCURRED,
    TIER,
    Term,
    capital,
    read,
)
from schemas.glossary_cross_border import OWED, THRESHOLD
from schemas.language import Language

_WHEN: Final = {
    "occurred": OCCURRED["true"],
    "risk": OCCURRED["false"],
    "either": Term("已发生或可能发生", "has occurred or may occur"),
}
_POLICY = Term("策略标识：{policy}", "policy {policy}")
_LIMB = Term("{limb}（{key}）", "{limb} ({key})")
_DUTIES = Term("报送义务", "Duties to report")
_READINGS = Term("条文未尽之处所选的解释", "Readings chosen where the law is open")
TOLD = Term("{sender}向{recipient}（{channel}）", "{sender} to {recipient} ({channel})")
_THRESHOLDS = Term(
    "数据出境及处理规模门槛（达到 {percent}% 时预警）",
    "Thresholds for data abroad and scale (warned of at {percent} per cent)",
)
_ANY_TIER = Term("不论级别", "any tier")

Line = tuple[int, str]
"""Indentation in cells, and what is said."""


def as_data(policy: SeverityPolicy, regimes: Sequence[str]) -> dict[str, object]:
    """Policy, limbs and duties in force as plain data."""
    return {
        "policy_id": severity_policy_id(policy),
        "policy": msgspec.to_builtins(policy),
        "limbs": {
            instrument.regime: msgspec.to_builtins(
                limbs_in_force(policy, instrument.regime, "", instrument.since)
            )
            for instrument in INSTRUMENTS
            if instrument.regime in regimes
        },
        "duties": [msgspec.to_builtins(duty) for duty in DUTIES if duty.law in regimes],
    }


def show_policy(policy: SeverityPolicy, regimes: Sequence[str], language: Language) -> None:
    """Limbs, duties and readings on the terminal."""
    print_lines([(0, _POLICY.of(language).format(policy=severity_policy_id(policy)))])
    for instrument in INSTRUMENTS:
        if instrument.regime in regimes:
            print_lines(_limbs(policy, instrument, language))
    print_lines(_duties(regimes, language))
    print_lines(_readings(policy, language))


def print_lines(lines: Iterator[Line] | Sequence[Line]) -> None:
    """The lines, wrapped under their indentation, and an empty one."""
    width = max(shutil.get_terminal_size().columns, 50) - 1
    for indent, said in lines:
        for place, line in enumerate(lines_of(said, width - indent - 2)):
            click.echo(" " * (indent + 2 * (place > 0)) + line)
    click.echo()


def _limbs(policy: SeverityPolicy, instrument: Instrument, language: Language) -> Iterator[Line]:
    yield 0, instrument.zh if language == "zh" else instrument.en
    for limb in limbs_in_force(policy, instrument.regime, "", instrument.since):
        named = limb.zh if language == "zh" else limb.en
        yield 2, _LIMB.of(language).format(limb=capital(named), key=limb.key)
        for row in limb.rows:
            yield 4, _row(limb, row, language)


def _row(limb: Limb, row: Row, language: Language) -> str:
    bound = ("、" if language == "zh" else ", ").join(bound_text(t, language) for t in row.tests)
    place = limb.article.of_tier(row.tier)
    marks = [
        place.zh if language == "zh" else place.en,
        *_known_by(row.confidence, language),
        *([f"{row.choice}: {row.reading}"] if row.choice else []),
        *([row.note] if row.note else []),
    ]
    tier, marked = TIER[row.tier].of(language), joined(marks, language)
    return f"{tier}：{bound}（{marked}）" if language == "zh" else f"{tier}: {bound} ({marked})"


def _duties(regimes: Sequence[str], language: Language) -> Iterator[Line]:
    yield 0, _DUTIES.of(language)
    for duty in DUTIES:
        if duty.law in regimes:
            yield from _duty(duty, language)


def _duty(duty: Duty, language: Language) -> Iterator[Line]:
    is_zh = language == "zh"
    names = (ROLES | LOCAL_BODIES)[duty.sender], (ROLES | LOCAL_BODIES)[duty.recipient]
    sender, recipient = (name[0 if is_zh else 1] for name in names)
    told = TOLD.of(language).format(
        sender=sender, recipient=recipient, channel=read(CHANNEL, duty.channel, language)
    )
    yield 2, f"{capital(told)}{'：' if is_zh else ': '}{duty.limit_zh if is_zh else duty.limit_en}"
    tiers = "/".join(duty.tiers) or _ANY_TIER.of(language)
    article = duty.article.zh if is_zh else duty.article.en
    known = _known_by(duty.confidence, language)
    yield 4, joined([_WHEN[duty.when].of(language), tiers, article, *known, duty.key], language)


def thresholds_as_data(policy: CrossBorderPolicy) -> dict[str, object]:
    """The thresholds in force for data that leaves the country."""
    rows = thresholds_in_force(policy)
    return {"thresholds": msgspec.to_builtins(rows), "warning_percent": policy.warning_percent}


def show_thresholds(policy: CrossBorderPolicy, language: Language) -> None:
    """The same on the terminal."""
    print_lines(_thresholds(policy, language))


def _thresholds(policy: CrossBorderPolicy, language: Language) -> Iterator[Line]:
    yield 0, _THRESHOLDS.of(language).format(percent=policy.warning_percent)
    for row in thresholds_in_force(policy):
        name, owed = read(THRESHOLD, row.key, language), read(OWED, row.owed, language)
        bound = f"> {row.bound:,}" if row.is_exclusive else f"{row.bound:,}"
        article = row.article.zh if language == "zh" else row.article.en
        joint = "：" if language == "zh" else ": "
        yield 2, f"{capital(name)}{joint}{bound}"
        yield 4, joined([owed, article, *_known_by(row.confidence, language), row.key], language)


def _known_by(confidence: Confidence, language: Language) -> list[str]:
    """How the text is known, where it was not read in full."""
    return [] if confidence == "full_text" else [CONFIDENCE[confidence].of(language)]


def _readings(policy: SeverityPolicy, language: Language) -> Iterator[Line]:
    yield 0, _READINGS.of(language)
    for reading in READINGS:
        value = chosen(policy.choices, reading)
        joint = "：" if language == "zh" else ": "
        yield 2, f"{capital(reading.gap.of(language))}{joint}{reading.words[value].of(language)}"
        yield 4, reading.name + ": " + (value or '""')


def joined(parts: Sequence[str], language: Language) -> str:
    """The parts as one remark."""
    return ("；" if language == "zh" else "; ").join(parts)
