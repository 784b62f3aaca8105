"""Campaigns as a person reads them on a terminal: no enterprise is named (shell)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import click
import msgspec
from rich.console import Console

from dashboards.words import (
    CAMPAIGN_STATUS,
    INDICATOR,
    LEVEL,
    PROVINCE,
    REGIME_SHORT,
    SCENARIO,
    Language,
    Text,
    translate,
)
from pipeline.cli.terminal import cell, texts_of
from schemas.campaign import Growth, Spread
from schemas.moments import SHANGHAI
from sinks.contract import Answer, Store
from sinks.ddl import literal

STANDING = "drill = '' AND status != 'withdrawn'"
EVERY = "1"

_CAMPAIGNS = """
SELECT * FROM campaigns WHERE {chosen}
ORDER BY status = 'withdrawn', status = 'over', enterprise_count DESC, last_time DESC, campaign_id
"""
_STYLES = {"active": "bold white on purple4", "over": "reverse", "withdrawn": "dim reverse"}
_NONE = Text("没有跨企业活动。", "No campaigns.")
_COUNTS = Text(
    "{enterprises} 家企业，{incidents} 起事件，{provinces}",
    "{enterprises} enterprises, {incidents} incidents: {provinces}",
)
_TIMES = Text("{first} 首见于{place}，最近 {last}", "first {first} in {place}, last {last}")
_GROWTH = Text("每日新增企业：{days}", "enterprises new each day: {days}")
_COMBINED = Text(
    "危害合计（估计上限，不产生义务）：{tiers}",
    "harm taken together (an estimated upper bound, no duty): {tiers}",
)
_EVICTED = Text(
    "另有 {count} 条超出上限未计入，数字为下限。",
    "{count} sights beyond the quota are left out: the counts are lower bounds.",
)


def read_campaigns(sink: Store, chosen: str = STANDING) -> list[Answer]:
    """Current campaigns: active ones first, those at the most enterprises on top."""
    return sink.query(_CAMPAIGNS.format(chosen=chosen))


def find_campaign(sink: Store, prefix: str) -> Answer:
    """The one campaign whose id begins so; a ClickException for none or several."""
    found = sink.query(
        f"SELECT * FROM campaigns WHERE startsWith(campaign_id, {literal(prefix)}) LIMIT 2"
    )
    if len(found) == 1:
        return found[0]
    problem = "no campaign" if not found else "several campaigns"
    raise click.ClickException(f"{problem} {prefix}…; see `fenghuo campaigns list --all`")


def print_campaigns(console: Console, campaigns: Sequence[Answer], lang: Language) -> None:
    """Indicator, where and how many, since when, how it grows, what it comes to together."""
    if not campaigns:
        console.print(_NONE.of(lang))
    for campaign in campaigns:
        for line in _lines(campaign, lang):
            console.print(line, soft_wrap=False)
        console.print()


def _lines(campaign: Answer, lang: Language) -> list[str]:
    if campaign["status"] == "withdrawn":
        return [f"{_title(campaign, lang)} · {_short_id(campaign)}"]
    scenarios = [translate(SCENARIO, each, lang) for each in texts_of(campaign["scenarios"])]
    level = translate(LEVEL, str(campaign["level"]), lang)
    told = (_joined(scenarios, lang), level, _times(campaign, lang), _short_id(campaign))
    return [
        _title(campaign, lang),
        f"  {_counts(campaign, lang)}",
        f"  {' · '.join(told)}",
        f"  {_GROWTH.of(lang).format(days=_days(campaign, lang))}",
        *_remarks(campaign, lang),
    ]


def _title(campaign: Answer, lang: Language) -> str:
    status = str(campaign["status"])
    kind = translate(INDICATOR, str(campaign["kind"]), lang)
    drill = f" · {cell(campaign['drill'])}" if campaign["drill"] else ""
    return (
        f"[{_STYLES[status]}] {translate(CAMPAIGN_STATUS, status, lang)} [/] "
        f"{cell(kind)} [bold]{cell(campaign['indicator'])}[/]{drill}"
    )


def _short_id(campaign: Answer) -> str:
    return f"[dim]{str(campaign['campaign_id'])[:12]}[/]"


def _remarks(campaign: Answer, lang: Language) -> Iterator[str]:
    """What there is to say of harm and of what was left out."""
    tiers = [
        f"{translate(REGIME_SHORT, regime, lang)} {campaign[f'combined_{regime}_tier']}"
        for regime in ("miit", "cac")
        if campaign[f"combined_{regime}_tier"]
    ]
    if tiers:
        yield f"  {_COMBINED.of(lang).format(tiers=_joined(tiers, lang))}"
    if int(str(campaign["evicted"])):
        yield f"  {_EVICTED.of(lang).format(count=campaign['evicted'])}"


def _counts(campaign: Answer, lang: Language) -> str:
    spread = msgspec.json.decode(str(campaign["spread"]), type=list[Spread])
    provinces = [f"{translate(PROVINCE, one.province, lang)} {one.enterprises}" for one in spread]
    return _COUNTS.of(lang).format(
        enterprises=campaign["enterprise_count"],
        incidents=campaign["incident_count"],
        provinces=_joined(provinces, lang),
    )


def _times(campaign: Answer, lang: Language) -> str:
    return _TIMES.of(lang).format(
        first=_local(campaign["first_time"]),
        place=translate(PROVINCE, str(campaign["first_province"]), lang),
        last=_local(campaign["last_time"]),
    )


def _days(campaign: Answer, lang: Language) -> str:
    growth = msgspec.json.decode(str(campaign["growth"]), type=list[Growth])
    return _joined([f"{each.day} +{each.new} = {each.total}" for each in growth], lang)


def _local(moment: object) -> str:
    return datetime.fromisoformat(str(moment)).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _joined(texts: Sequence[str], lang: Language) -> str:
    return "、".join(texts) if lang == "zh" else ", ".join(texts)
