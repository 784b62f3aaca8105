"""What is told: notices from rows of the store, and how each kind of receiver wants them. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

import msgspec

from pipeline.notices.settings import Channel, Subject
from schemas.glossary import INCIDENT, NOTICE, TIER, read
from schemas.ids import content_id
from schemas.language import Language
from schemas.moments import Moment, parse_moment
from schemas.provinces import PROVINCES

WECOM_BYTES = 4_096
"""WeCom's limit of a markdown message."""
Row = Mapping[str, object]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell; its id follows from what it says, so nothing is told twice."""

    notice_id: str
    subject: Subject
    incident_id: str
    enterprise_id: str
    enterprise: str
    province: str
    tier: str
    """The gravest by which any regime stands, or ""."""
    titles: dict[str, str]
    details: dict[str, str]
    """By language."""
    articles: dict[str, str] = {}
    """Of a duty: instrument and article, by language."""


def notices_of(
    incidents: Iterable[Row], obligations: Iterable[Row], begun: Moment
) -> Iterator[Notice]:
    """An incident opened since `begun`, it stands by another tier, a duty is due soon or late."""
    for incident in incidents:
        if parse_moment(str(incident["opened_at"])) >= begun:
            yield _notice("opened", incident, ())
        if incident["gravest_tier"]:
            yield _notice("tier", incident, (str(incident["gravest_tier"]),))
    for duty in obligations:
        state = str(duty["state"])
        if state in ("due_soon", "late"):
            subject: Subject = "late" if state == "late" else "due_soon"
            yield _notice_of_duty(subject, duty)


def is_told(channel: Channel, notice: Notice) -> bool:
    """Whether this receiver wants it. A duty of no incident has no tier that could be too low."""
    return (
        notice.subject in channel.tells
        and (notice.tier in channel.tiers or not notice.incident_id)
        and (not channel.provinces or notice.province in channel.provinces)
    )


def heading(notice: Notice, language: Language) -> str:
    """One line, without what could command whoever shows it."""
    what = NOTICE[notice.subject].of(language)
    tier = read(TIER, notice.tier, language) if notice.tier else ""
    return _line(" ".join(filter(None, (f"[{what}]", tier, notice.titles[language]))))


def lines(notice: Notice, language: Language) -> list[str]:
    """What else is said, a line each."""
    place = PROVINCES.get(notice.province)
    named = {
        INCIDENT["enterprise"]: notice.enterprise or notice.enterprise_id,
        INCIDENT["province"]: (place.en if language == "en" else place.zh) if place else "",
        INCIDENT["reason"]: notice.details[language],
        INCIDENT["article"]: notice.articles.get(language, ""),
        INCIDENT["id"]: notice.incident_id,
    }
    return [f"{term.of(language)}: {_line(value)}" for term, value in named.items() if value]


def body_of(channel: Channel, notice: Notice) -> dict[str, Any]:
    """The JSON that the channel's hook takes."""
    language = channel.language
    title, told = heading(notice, language), lines(notice, language)
    if channel.kind == "webhook":
        return {**msgspec.to_builtins(notice), "title": title, "text": "\n".join(told)}
    safe = [_unmarked(each) for each in (title, *told)]
    if channel.kind == "dingtalk":
        text = "\n\n".join((f"#### {safe[0]}", *safe[1:]))
        return {"msgtype": "markdown", "markdown": {"title": safe[0][:100], "text": text}}
    content = "\n".join((f"**{safe[0]}**", *safe[1:]))
    kept = content.encode()[:WECOM_BYTES].decode("utf-8", "ignore")
    return {"msgtype": "markdown", "markdown": {"content": kept}}


def signed_url(url: str, secret: str, now_ms: int) -> str:
    """DingTalk's signature (自定义机器人安全设置): HMAC-SHA256 of `timestamp\\nsecret`."""
    if not secret:
        return url
    digest = hmac.new(secret.encode(), f"{now_ms}\n{secret}".encode(), hashlib.sha256).digest()
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}timestamp={now_ms}&sign={quote_plus(base64.b64encode(digest))}"


def _notice(subject: Subject, row: Row, parts: Sequence[str]) -> Notice:
    incident_id = str(row["incident_id"])
    return Notice(
        notice_id=content_id("notice", subject, incident_id, *parts),
        subject=subject,
        incident_id=incident_id,
        enterprise_id=str(row["enterprise_id"]),
        enterprise=str(row["enterprise"] or ""),
        province=str(row["province"]),
        tier=str(row["gravest_tier"]),
        titles=_both(row, "title"),
        details=_both(row, "miit_reason"),
    )


def _notice_of_duty(subject: Subject, duty: Row) -> Notice:
    """To whom what is owed by when. Of no incident: why, and anew when it is due once more."""
    recipients, limits = _both(duty, "recipient"), _both(duty, "limit_text")
    parts, said, alone = [str(duty["obligation_id"])], limits, dict[str, str]()
    if not duty["incident_id"]:
        parts, said = [*parts, str(duty["revision"])], _both(duty, "reason")
        alone = {"title": limits["zh"], "title_en": limits["en"], "gravest_tier": ""}
    return msgspec.structs.replace(
        _notice(subject, {"miit_reason": "", "miit_reason_en": "", **duty, **alone}, parts),
        details={
            "zh": f"{recipients['zh']}：{said['zh']}",
            "en": f"{recipients['en']}: {said['en']}",
        },
        articles=_both(duty, "article"),
    )


def _both(row: Row, name: str) -> dict[str, str]:
    return {"zh": str(row[name]), "en": str(row[f"{name}_en"])}


def _line(text: str) -> str:
    """Without control characters: a subject of mail is one line."""
    return "".join(each if each.isprintable() else " " for each in text)


_MARKS = str.maketrans({
    "[": "［", "]": "］", "(": "（", ")": "）", "<": "＜", ">": "＞", "*": "＊", "_": "＿",
    "`": "'", "#": "＃", "!": "！", "@": "＠", "|": "｜", "~": "～",
})  # fmt: skip


def _unmarked(text: str) -> str:
    """Nothing in it is markdown, or calls somebody: what attackers write is in titles."""
    return text.translate(_MARKS)
