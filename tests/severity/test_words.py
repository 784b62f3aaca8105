"""The right script everywhere: English sentences hold no Chinese, Chinese ones no English."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from pipeline.severity.facts import KINDS, WORDS_ZH
from pipeline.severity.forms.content import fill_form
from pipeline.severity.forms.fields import FORMS
from pipeline.severity.obligation_table import DUTIES
from pipeline.severity.policy import Choices, SeverityPolicy
from pipeline.severity.reasons import BODIES
from pipeline.severity.regimes import INSTRUMENTS
from pipeline.severity.regulators import ROLES
from schemas import glossary
from schemas.assessment import Assessment, Obligation
from schemas.command import Verb
from schemas.incident import Status, Verdict
from tests.severity.builders import FACTORY, command
from tests.severity.form_source import INCIDENT, PRINTED_AT, bare, source
from tests.severity.test_decisions import UNKNOWN, notice
from tests.severity.test_duties import T0, Case
from tests.words.script import badly_set

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z][A-Za-z_.]+")
PROPER = {"II", "III", "IV", "ATT", "CK", "URL", "IP", "GB", "DRILL", "APT", "DNS", "BGP", "WLAN"}
"""Names and units that Chinese text writes in Latin letters."""
STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T")


def english_words(text: str) -> list[str]:
    """Latin words of a Chinese text that are no proper names, ids or technique numbers."""
    known = PROPER | {"works", "li", "ws", "zhang", "temp", "a.exe", "bc", "VPN", "days", "disks"}
    return [word for word in LATIN.findall(text) if word.strip(".") not in known]


def check(zh: str, en: str) -> None:
    assert not badly_set(zh), zh
    assert not english_words(zh), zh
    assert not HAN.search(en), en
    assert not STAMP.search(zh + en), zh + en


def _terms() -> Iterator[tuple[str, glossary.Term]]:
    for name, table in vars(glossary).items():
        if name.isupper() and isinstance(table, dict):
            terms = table.items()
            yield from ((f"{name}.{key}", it) for key, it in terms if isinstance(it, glossary.Term))


@pytest.mark.parametrize(("name", "term"), list(_terms()))
def test_every_term_of_the_glossary_is_in_its_script(name: str, term: glossary.Term) -> None:
    check(term.zh, term.en)


def test_every_verb_status_and_verdict_has_its_term() -> None:
    for words, terms in (
        (get_args(Verb), glossary.VERB),
        (get_args(Status), glossary.STATUS),
        (get_args(Verdict), glossary.VERDICT),
    ):
        assert set(words) <= set(terms)


def test_every_duty_body_limb_and_fact_is_in_its_script() -> None:
    for duty in DUTIES:
        check(duty.limit_zh, duty.limit_en)
        check(duty.article.zh, duty.article.en)
    for zh, en in ROLES.values():
        check(zh.replace("MIIT", ""), en)
    for term in BODIES.values():
        check(term.zh, term.en)
    for instrument in INSTRUMENTS:
        check(instrument.zh, instrument.en)
        for limb in instrument.limbs:
            check(limb.zh, limb.en)
            for row in limb.rows:
                article = limb.article.of_tier(row.tier)
                check(article.zh, article.en)
    for kind in KINDS.values():
        check(kind.zh + kind.unit_zh, kind.en + kind.unit_en)
    assert {word for kind in KINDS.values() for word in kind.words} <= set(WORDS_ZH)
    for word, zh in WORDS_ZH.items():
        check(zh, word)


def _told(**changes: Any) -> list[Any]:
    """Everything that is said of a case with many turns."""
    policy = SeverityPolicy(choices=Choices(general_data_threat="limb_5"))
    rows = []
    for enterprise in (FACTORY, UNKNOWN, msgspec.structs.replace(FACTORY, field="telecom")):
        case = Case(enterprise, policy)
        case.open(tactics=("exfiltration",), **changes)
        case.say(T0, "issue_warning", warning=notice("yellow", "local_regulator"))
        case.confirm(T0)
        case.state_impact(T0, persons=20_000_000, data_class="core", outage_minutes=600,
                          illegal_content_page="home", illegal_content_minutes=400,
                          product_flaw="public_interest", suspected_crime="yes")  # fmt: skip
        case.wait(T0 + 10**12)
        for key in list(case.state.records["a" * 32].obligations):
            obligation = case.state.records["a" * 32].obligations[key]
            said = command("reported", T0 + 10**12, obligation_id=obligation.obligation_id)
            case._obey(said, T0 + 10**12)
        case.state_impact(T0 + 10**12, persons=5)
        case.say(T0 + 10**12, "fix_tier", regime="miit", tier="III", body="mechanism",
                 consent="mechanism")  # fmt: skip
        case.end(T0 + 2 * 10**12, verdict="benign")
        rows += case.rows
    return rows


@pytest.mark.parametrize("changes", [{}, {"drill": "autumn"}])
def test_every_reason_and_obligation_is_in_its_script(changes: Any) -> None:
    rows = _told(**changes)
    assert {type(row) for row in rows} >= {Assessment, Obligation}
    for row in rows:
        check(row.reason_zh, row.reason_en)
        if isinstance(row, Obligation):
            check(row.sender_zh + row.recipient_zh, row.sender_en + row.recipient_en)
            check(row.limit_zh, row.limit_en)
            check(row.article, row.article_en)
        else:
            for one in row.raises:
                check(one.text_zh, one.text_en)
            for limb in row.limbs:
                check(limb.text_zh, limb.text_en)
                check(limb.finding_zh, limb.finding_en)
                check(limb.article, limb.article_en)


@pytest.mark.parametrize("name", FORMS)
def test_every_string_of_a_form_is_in_its_script(name: Any) -> None:
    zh_incident = {**INCIDENT, "story": "主机被加密", "story_en": "hosts encrypted"}
    for of in (source(incident=zh_incident, enterprise={"name": ""}, commands=()), bare()):
        zh, en = (fill_form(name, of, language, PRINTED_AT) for language in ("zh", "en"))
        for form, is_zh in ((zh, True), (en, False)):
            texts = [form.title, *form.addressees, form.channel, form.article, form.signature]
            texts += [*form.notes, *(section.heading for section in form.sections)]
            texts += [text for line in form.lines for text in (line.label, line.value)]
            for text in texts:
                check(text, "") if is_zh else check("", text)
