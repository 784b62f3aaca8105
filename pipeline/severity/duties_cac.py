"""Duties of the CAC incident reporting measures of 2025: read in excerpts and fragments.

Art. 4 is read in its order: critical infrastructure first, whatever else the operator is.
"""

from typing import Any, NamedTuple

from pipeline.severity.articles import Article, cac_measures
from pipeline.severity.duty import MAJOR, REPORTABLE, Duty
from pipeline.severity.limbs import Condition, among


class _Chain(NamedTuple):
    """One kind of operator: whom it tells, within what, and who passes the report on."""

    key: str
    needs: tuple[Condition, ...]
    recipients: tuple[tuple[str, str], ...]
    hours: int
    words_zh: str
    onwards: tuple[tuple[str, str], ...]
    onward_minutes: int
    otherwise: str = ""


_CII, _NO_CII = among("critical_infrastructure", "yes"), among("critical_infrastructure", "no")
_CHAINS = (
    _Chain(
        "cii",
        (_CII,),
        (("protection", "protection_department"), ("police", "police")),
        1,
        "第一时间",
        (("up", "national_cac"), ("up-mps", "mps")),
        30,
        "cac-other",
    ),
    _Chain(
        "organ",
        (_NO_CII, among("central_organ", "yes")),
        (("", "own_cyberspace_body"),),
        2,
        "及时",
        (("up", "national_cac"),),
        60,
        "cac-other",
    ),
    _Chain(
        "other",
        (_NO_CII, among("central_organ", "no")),
        (("", "provincial_cac"),),
        4,
        "及时",
        (("up", "national_cac"), ("peers", "peer_departments")),
        60,
    ),
)


def _duty(key: str, sender: str, recipient: str, article: Article, **rest: Any) -> Duty:
    return Duty(
        **{
            "key": key,
            "law": "cac",
            "tiers": REPORTABLE,
            "sender": sender,
            "recipient": recipient,
            "channel": "report",
            "article": article,
            "confidence": "excerpt",
            **rest,
        }
    )


def _name(chain: _Chain, part: str) -> str:
    return "-".join(word for word in ("cac", chain.key, part) if word)


def _first(chain: _Chain, part: str, recipient: str) -> Duty:
    return _duty(
        _name(chain, part),
        "operator",
        recipient,
        cac_measures(4),
        needs=chain.needs,
        limit_zh=f"发现或获知后{chain.words_zh}，最迟不超过{chain.hours}小时",
        limit_en=f"within {chain.hours} h of discovering or learning of it",
        limit_minutes=chain.hours * 60,
        form="cac-first",
        states_tier=True,
        otherwise=chain.otherwise,
    )


def _onward(chain: _Chain, part: str, recipient: str) -> Duty:
    after_part, sender = chain.recipients[0]
    minutes = chain.onward_minutes
    return _duty(
        _name(chain, part),
        sender,
        recipient,
        cac_measures(4),
        tiers=MAJOR,
        needs=chain.needs,
        start="receipt",
        after=_name(chain, after_part),
        limit_zh=f"收到报告后第一时间，最迟不超过{minutes}分钟",
        limit_en=f"within {minutes} minutes of receiving the report",
        limit_minutes=minutes,
        otherwise=chain.otherwise,
    )


_SAME_CHANNEL: tuple[tuple[str, Article, dict[str, Any]], ...] = (
    (
        "further",
        cac_measures(4),
        {
            "follows": "rise",
            "form": "cac-further",
            "states_tier": True,
            "at_once": True,
            "limit_zh": "级别高于已报告的级别，及时续报",
            "limit_en": "the tier is above the one reported: report again, timely",
            "confidence": "fragment",
        },
    ),
    (
        "developments",
        cac_measures(4),
        {
            "follows": "report",
            "form": "cac-further",
            "limit_zh": "出现新的重要情况或调查取得阶段性进展的，及时续报",
            "limit_en": "new developments: further report, timely",
            "confidence": "fragment",
        },
    ),
    (
        "correction",
        cac_measures(7),
        {
            "tiers": (),
            "follows": "fall",
            "form": "cac-further",
            "states_tier": True,
            "limit_zh": "级别低于已报告的级别，及时更正（不得谎报）",
            "limit_en": "the tier is below the one reported: correct it, timely",
            "confidence": "background",
        },
    ),
    (
        "closing",
        cac_measures(8),
        {
            "start": "handling_ended",
            "form": "cac-closing",
            "limit_zh": "处置工作结束后30日内，按原渠道",
            "limit_en": "within 30 days of the end of handling, through the same channel",
            "limit_days": 30,
        },
    ),
)
"""What goes to each addressee of the first report afterwards, by the same channel."""


def _later(chain: _Chain, part: str, recipient: str) -> tuple[Duty, ...]:
    suffix = "police" if part == "police" else ""
    return tuple(
        _duty(
            "-".join(word for word in ("cac", chain.key, name, suffix) if word),
            "operator",
            recipient,
            article,
            needs=chain.needs,
            otherwise=chain.otherwise,
            **rest,
        )
        for name, article, rest in _SAME_CHANNEL
    )


_CRIME = _duty(
    "cac-crime",
    "operator",
    "police",
    cac_measures(4),
    tiers=(),
    needs=(among("suspected_crime", "yes"),),
    # 及时, and no figure: the hour of Art. 4 is of incidents that involve critical infrastructure.
    limit_zh="涉嫌违法犯罪的，及时向公安机关报案",
    limit_en="suspected crime: report it to the police, timely",
)

CAC_DUTIES: tuple[Duty, ...] = (
    *(_first(chain, *to) for chain in _CHAINS for to in chain.recipients),
    *(_onward(chain, *to) for chain in _CHAINS for to in chain.onwards),
    *(duty for chain in _CHAINS for to in chain.recipients for duty in _later(chain, *to)),
    _CRIME,
)
