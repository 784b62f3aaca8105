"""Duties beside the two plans: the public internet's plan of 2017, and statutes without tiers."""

from typing import Any

from pipeline.severity.articles import Article, numeral
from pipeline.severity.duty import MAJOR, Duty
from pipeline.severity.limbs import among, from_, or_graver
from schemas.assessment import TIERS


def _internet_plan(section: str) -> Article:
    return Article(
        f"《公共互联网网络安全突发事件应急预案》（2017年）第{section}节",
        f"Public Internet Plan 2017 §{section}",
    )


_PIPL = Article("《个人信息保护法》第五十七条", "Personal Information Protection Law Art. 57")
_PERSONS = (from_("persons", 1),)
_CRIME = (among("suspected_crime", "yes"),)


def _phone(key: str, recipient: str) -> Duty:
    return Duty(
        key=key,
        law="public_internet",
        tiers=TIERS,
        sender="operator",
        recipient=recipient,
        channel="phone",
        limit_zh="立即通过电话等方式报告",
        limit_en="at once, by phone or the like",
        article=_internet_plan("4.1"),
        confidence="excerpt",
        at_once=True,
    )


def _statute(key: str, recipient: str, article: Article, **rest: Any) -> Duty:
    return Duty(
        **{
            "key": key,
            "law": "statute",
            "sender": "operator",
            "recipient": recipient,
            "channel": "report",
            "article": article,
            **rest,
        }
    )


def _data_rules(article: int) -> Article:
    return Article(
        f"《网络数据安全管理条例》第{numeral(article)}条",
        f"Network Data Security Regulations Art. {article}",
    )


_LEAK_ZH = (
    "立即（发生或者可能发生个人信息泄露、篡改、丢失；告知种类、原因和可能的危害，"
    "补救措施和个人可采取的减损措施，联系方式）"
)
_LEAK_EN = (
    "at once, also when a leak may occur (kinds, cause and possible harm; remedies "
    "taken and open to persons; contact)"
)
_LEAK: dict[str, Any] = {
    "when": "either",
    "needs": _PERSONS,
    "at_once": True,
    "confidence": "excerpt",
    "limit_zh": _LEAK_ZH,
    "limit_en": _LEAK_EN,
}

INTERNET_DUTIES = (
    _phone("internet-phone-office", "miit_emergency_office"),
    _phone("internet-phone-administration", "communications_administration"),
    # Only press reports of this sentence were read: to whom risks of III and IV go is in none.
    Duty(
        key="internet-risk",
        law="public_internet",
        when="risk",
        tiers=MAJOR,
        sender="operator",
        recipient="miit_emergency_office",
        channel="report",
        limit_zh="认为可能发生特别重大或重大突发事件的，立即报告",
        limit_en="at once, where a major or particularly major incident may occur",
        article=_internet_plan("4.2"),
        confidence="secondary",
        at_once=True,
    ),
)
STATUTE_DUTIES = (
    _statute("pipl-authority", "personal_information_authority", _PIPL, **_LEAK),
    # Art. 57(2) lets the handler judge that its measures avert the harm: a fact that no row here
    # states, so the duty stands and says when it need not be done.
    _statute(
        "pipl-persons",
        "persons_concerned",
        _PIPL,
        channel="notice",
        **{
            **_LEAK,
            "limit_zh": f"{_LEAK_ZH}；措施能够有效避免危害的，可以不通知个人，主管部门要求的除外",
            "limit_en": f"{_LEAK_EN}; persons need not be told where measures avert the harm, "
            "unless the authority asks for it",
        },
    ),
    _statute(
        "network-data-flaw",
        "competent_authority",
        _data_rules(10),
        when="either",
        needs=(among("product_flaw", "public_interest"),),
        limit_zh="24小时内（产品、服务的缺陷、漏洞涉及危害国家安全、公共利益的）",
        limit_en="within 24 hours (a flaw that touches national security or public interest)",
        limit_minutes=24 * 60,
    ),
    _statute(
        "network-data-persons",
        "persons_concerned",
        _data_rules(11),
        channel="notice",
        needs=_PERSONS,
        limit_zh="及时（对个人、组织合法权益造成危害的；法律、行政法规规定可以不通知的除外）",
        limit_en="timely (where rights of persons or organisations are harmed, "
        "unless a law lets it be)",
    ),
    _statute(
        "network-data-crime-police",
        "police",
        _data_rules(11),
        needs=_CRIME,
        limit_zh="发现涉嫌违法犯罪线索的，按照规定报案并配合侦查",
        limit_en="clues of a crime: report them as the rules provide, and assist",
        confidence="secondary",  # no text of the article was at hand
    ),
    _statute(
        "network-data-crime-state-security",
        "state_security",
        _data_rules(11),
        needs=_CRIME,
        limit_zh="发现涉嫌违法犯罪线索的，按照规定报案并配合侦查",
        limit_en="clues of a crime: report them as the rules provide, and assist",
        confidence="secondary",  # no text of the article was at hand
    ),
    _statute(
        "vulnerability-platform",
        "vulnerability_platform",
        Article(
            "《网络产品安全漏洞管理规定》第七条",
            "Network Product Vulnerability Rules 2021 Art. 7",
        ),
        when="either",
        needs=(or_graver("product_flaw", "flaw"),),
        confidence="secondary",
        limit_zh="2日内（网络产品提供者发现或获知所提供产品存在漏洞）",
        limit_en="within 2 days (a provider learns of a flaw of its own product)",
        limit_days=2,
    ),
)
