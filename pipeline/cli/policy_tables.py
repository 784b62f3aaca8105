"""Policies and answers as tables that a person reads."""

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.thresholds import thresholds_in_force
from pipeline.severity.limbs import bound_text
from pipeline.severity.obligation_table import DUTIES
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import INSTRUMENTS, REGIMES, limbs_in_force, severity_policy_id
from pipeline.severity.regulators import ROLES
from schemas.assessment import TIER_EN, TIER_ZH
from schemas.glossary import read
from schemas.glossary_cross_border import OWED, THRESHOLD


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


def show_policy(policy: SeverityPolicy, regimes: Sequence[str]) -> None:
    """Limbs, duties and choices on the terminal."""
    console = Console()
    console.print(f"policy {severity_policy_id(policy)}")
    for instrument in INSTRUMENTS:
        if instrument.regime in regimes:
            console.print(_limb_table(policy, instrument))
    console.print(_duty_table(regimes))
    choices = Table("choice", "reading", title="Gaps in the law, and the reading chosen")
    for name, value in msgspec.structs.asdict(policy.choices).items():
        choices.add_row(name, str(value) or "(left open)")
    console.print(choices)


def _limb_table(policy: SeverityPolicy, instrument: Any) -> Table:
    table = Table("limb", "tier", "bound", "article", "", title=f"{instrument.zh} {instrument.en}")
    for limb in limbs_in_force(policy, instrument.regime, "", instrument.since):
        for row in limb.rows:
            bound = " + ".join(bound_text(test, "zh") for test in row.tests)
            marks = (row.confidence, row.choice, row.note)
            article = limb.article.of_tier(row.tier).zh
            marked = " ".join(mark for mark in marks if mark)
            table.add_row(f"{limb.key} {limb.zh}", row.tier, bound, article, marked)
    return table


def _duty_table(regimes: Sequence[str]) -> Table:
    table = Table("duty", "when", "tiers", "from", "to", "limit", "article", title="Duties")
    for duty in DUTIES:
        if duty.law in regimes:
            names = [ROLES.get(role, (role, role))[0] for role in (duty.sender, duty.recipient)]
            tiers = "/".join(duty.tiers) or "any"
            table.add_row(duty.key, duty.when, tiers, *names, duty.limit_zh, duty.article.zh)
    return table


def thresholds_as_data(policy: CrossBorderPolicy) -> dict[str, Any]:
    """The thresholds in force for data that leaves the country."""
    rows = thresholds_in_force(policy)
    return {"thresholds": msgspec.to_builtins(rows), "warning_percent": policy.warning_percent}


def show_thresholds(policy: CrossBorderPolicy) -> None:
    """The same on the terminal."""
    title = f"Data that leaves the country (warned of at {policy.warning_percent} per cent)"
    table = Table("threshold", "", "bound", "then", "article", "known", title=title)
    for row in thresholds_in_force(policy):
        name, owed = read(THRESHOLD, row.key, "zh"), read(OWED, row.owed, "zh")
        bound = f"> {row.bound:,}" if row.is_exclusive else f"{row.bound:,}"
        table.add_row(row.key, name, bound, owed, row.article.zh, row.confidence)
    Console().print(table)


def show_answer(answer: dict[str, Any]) -> None:
    """The tiers, their reasons, what would raise them, and the duties."""
    console = Console()
    for regime in REGIMES:
        _show_regime(console, regime, answer[regime])
    table = Table("from", "to", "channel", "due (Shanghai)", "limit", "article", title="Duties")
    for one in answer["obligations"]:
        due = (one["due_at_local"] or "-")[:19].replace("T", " ")
        limit = one["limit"].partition(" (")[0]
        cells = (one["from_zh"], one["to_zh"], one["channel"], due, limit, one["article"])
        table.add_row(*cells)
    console.print(table if answer["obligations"] else "No duty to tell anybody.")
    for one in answer["thresholds"]:
        console.print(f"{one['threshold']}: {one['reason_zh']} / {one['reason']}", markup=False)
        if one["owed"]:
            console.print(f"  {one['owed_zh']} / {one['owed']} [{one['article']}]", markup=False)


def _show_regime(console: Console, regime: str, result: dict[str, Any]) -> None:
    tier = result["tier"]
    level = result.get("colour") or result.get("response_level") or "-"
    named = f"{tier} {TIER_ZH[tier]} ({TIER_EN[tier]})" if tier else "no limb is met"
    console.print(f"[bold]{regime}[/bold]: {named}; {level}. {result['note']}")
    for limb in result["limbs"]:
        if limb["outcome"] == "met":
            mark = " (unconfirmed)" if limb["unconfirmed"] else ""
            console.print(
                f"  {limb['tier']}: {limb['text_zh']} {limb['value']} [{limb['bound']}] "
                f"{limb['article']}{mark}",
                markup=False,
            )
    unknown = sorted({limb["limb"] for limb in result["limbs"] if limb["outcome"] == "unknown"})
    console.print(f"  unknown: {', '.join(unknown) or '-'}")
    for one in result["raises"]:
        console.print(f"  would raise: {one['text_zh']} / {one['text_en']}", markup=False)
