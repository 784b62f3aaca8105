"""One attempt to tell one receiver; the fault says whether another one may help (shell)."""

import hashlib
import hmac
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

import msgspec

from pipeline.notices.content import Notice, body_of, heading, lines, signed_url
from pipeline.notices.settings import Channel, NoticesFault, secret

TIMEOUT_S = 10.0
PASSING = (408, 425, 429)
"""HTTP statuses below 500 after which the same request may succeed (RFC 9110, 6585, 8470)."""
ANSWER_BYTES = 65_536


class NotTold(Exception):
    """It was not taken. `for_good`: the same again would not be either."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


def tell(channel: Channel, notice: Notice) -> None:
    """Raises NotTold."""
    try:
        if channel.kind == "mail":
            _mail(channel, notice)
        else:
            _post(channel, notice)
    except NoticesFault as fault:
        raise NotTold(str(fault)) from fault
    except smtplib.SMTPResponseException as fault:
        said = f"{channel.smtp}: {fault.smtp_code} {fault.smtp_error!r}"
        raise NotTold(said, for_good=fault.smtp_code >= 500) from fault
    except smtplib.SMTPRecipientsRefused as fault:
        raise NotTold(f"{channel.smtp}: {fault}", for_good=True) from fault
    except (OSError, smtplib.SMTPException) as fault:  # urllib's and ssl's faults are OSError
        raise NotTold(f"{channel.url or channel.smtp}: {fault}") from fault


def _post(channel: Channel, notice: Notice) -> None:
    key = secret(channel.secret_file)
    data = msgspec.json.encode(body_of(channel, notice))
    headers = {"Content-Type": "application/json", "X-Fenghuo-Notice": notice.notice_id}
    url = channel.url
    if channel.kind == "dingtalk":
        url = signed_url(url, key, time.time_ns() // 1_000_000)
    elif channel.kind == "webhook" and key:
        digest = hmac.new(key.encode(), data, hashlib.sha256).hexdigest()
        headers["X-Fenghuo-Signature"] = f"sha256={digest}"
    request = urllib.request.Request(url, data, headers)  # noqa: S310  # checked: http(s) alone
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            said = answer.read(ANSWER_BYTES)
    except urllib.error.HTTPError as fault:
        with fault:
            refused = 400 <= fault.code < 500 and fault.code not in PASSING
            raise NotTold(f"{channel.url}: HTTP {fault.code}", for_good=refused) from fault
    if channel.kind in ("dingtalk", "wecom"):
        _check_answer(channel, said)


class _Answer(msgspec.Struct):
    errcode: int
    errmsg: str = ""


def _check_answer(channel: Channel, said: bytes) -> None:
    """Both answer 200 to what they refuse, and say so in the body."""
    try:
        answer = msgspec.json.decode(said, type=_Answer)
    except ValueError as fault:
        raise NotTold(f"{channel.url}: no answer of {channel.kind}: {said[:100]!r}") from fault
    if answer.errcode:
        raise NotTold(f"{channel.url}: errcode {answer.errcode}: {answer.errmsg}")


def _mail(channel: Channel, notice: Notice) -> None:
    message = EmailMessage()
    message["Subject"] = heading(notice, channel.language)
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Message-ID"] = f"<{notice.notice_id}.{channel.name}@fenghuo>"
    message.set_content("\n".join(lines(notice, channel.language)))
    host, _, port = channel.smtp.rpartition(":")
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, int(port), timeout=TIMEOUT_S, context=context)
        if channel.security == "tls"
        else smtplib.SMTP(host, int(port), timeout=TIMEOUT_S)
    ) as server:
        if channel.security == "starttls":
            server.starttls(context=context)
        if channel.user:
            server.login(channel.user, secret(channel.password_file))
        server.send_message(message)
