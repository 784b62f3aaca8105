"""Notices: each told, retried or given up, none lost, none twice; to real local receivers."""

import base64
import fcntl
import hashlib
import hmac
import json
import tempfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.notices.content import WECOM_BYTES, Notice, body_of, heading
from pipeline.notices.figures import Figures
from pipeline.notices.outbox import GIVE_UP_S, GREATEST_PAUSE_S, Outbox
from pipeline.notices.receivers import NotTold, tell
from pipeline.notices.settings import Channel, NoticesFault, read_channels
from tests.cli.site import HOUR_S, Site
from tests.cross_border.builders import export
from tests.engine.builders import shadow_copies
from tests.notices.receivers import hook, mail_server

EVIL = "host [click](http://evil.example) <@all>\r\nBcc: x@evil.example **now**"


def notice(number: int = 0, title: str = "主机被加密", **changes: object) -> Notice:
    made = Notice(
        notice_id=f"n{number}",
        subject="opened",
        incident_id="a" * 32,
        enterprise_id="E1",
        enterprise="示例钢铁",
        province="330000",
        tier="II",
        titles={"zh": title, "en": title},
        details={"zh": "依据", "en": "because"},
    )
    return msgspec.structs.replace(made, **changes)


def channel(kind: str = "webhook", url: str = "http://127.0.0.1:1/", **changes: object) -> Channel:
    return msgspec.convert({"name": "c", "kind": kind, "url": url, **changes}, Channel)


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
def test_what_attackers_write_is_no_markup_and_calls_nobody(kind: str) -> None:
    told = msgspec.json.encode(body_of(channel(kind), notice(title=EVIL))).decode()
    assert "](http" not in told
    assert "<@" not in told
    assert "新事件" in told
    long = body_of(channel("wecom"), notice(title="文" * 5_000))["markdown"]["content"]
    assert len(long.encode()) <= WECOM_BYTES


def test_a_heading_is_one_line() -> None:
    assert "\n" not in heading(notice(title=EVIL), "en")
    assert heading(notice(), "zh") == "[新事件] 重大（Ⅱ级） 主机被加密"


def test_a_webhook_gets_it_signed_and_a_busy_one_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    with hook() as receiver:
        receiver.answers = [(503, b""), (200, b"")]
        to = msgspec.structs.replace(channel(url=receiver.url), secret_file=tmp_path / "key")
        with pytest.raises(NotTold, match="HTTP 503") as fault:
            tell(to, notice())
        assert not fault.value.for_good
        tell(to, notice())
        _, headers, body = receiver.came[-1]
    digest = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert headers["X-Fenghuo-Signature"] == f"sha256={digest}"
    assert json.loads(body)["tier"] == "II"


def test_what_a_webhook_refuses_is_refused_for_good() -> None:
    with hook() as receiver:
        receiver.answers = [(400, b"no")]
        with pytest.raises(NotTold, match="HTTP 400") as fault:
            tell(channel(url=receiver.url), notice())
    assert fault.value.for_good


def test_what_is_told_what_fails_and_what_waits_is_counted(tmp_path: Path) -> None:
    channels = (channel(name="soc"), channel(name="duty"))
    outbox, figures = Outbox(tmp_path, 0.0), Figures(channels)
    outbox.put((*channels, channel(name="gone")), [notice(1), notice(2)], 60.0)

    def taken_by_one(to: Channel, _: Notice) -> None:
        if to.name == "duty":
            raise NotTold("HTTP 503")

    outbox.deliver(channels, figures.counting(taken_by_one), lambda: 61.0)
    figures.see(outbox)
    port = figures.serve("127.0.0.1", 0)
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        said = answer.read().decode()
    for line in (
        'fenghuo_notices_told_total{channel="soc"} 2.0',
        'fenghuo_notices_failed_total{channel="soc"} 0.0',
        'fenghuo_notices_failed_total{channel="duty"} 1.0',
        'fenghuo_notices_waiting{channel="duty"} 2.0',
        'fenghuo_notices_waiting{channel="gone"} 2.0',
        "fenghuo_notices_given_up 0.0",
        "fenghuo_notices_looked_timestamp_seconds 60.0",
    ):
        assert f"{line}\n" in said


def test_dingtalk_gets_its_signature_and_its_own_refusals_are_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("SEC1")
    with hook() as receiver:
        receiver.answers = [(200, b'{"errcode":310000,"errmsg":"sign not match"}'),
                            (200, b'{"errcode":0,"errmsg":"ok"}')]  # fmt: skip
        to = msgspec.structs.replace(
            channel("dingtalk", receiver.url), secret_file=tmp_path / "key"
        )
        with pytest.raises(NotTold, match="errcode 310000: sign not match"):
            tell(to, notice())
        tell(to, notice())
        path, _, body = receiver.came[-1]
    query = parse_qs(urlsplit(path).query)
    said = f"{query['timestamp'][0]}\nSEC1".encode()
    digest = base64.b64encode(hmac.new(b"SEC1", said, hashlib.sha256).digest()).decode()
    assert (query["sign"], query["token"]) == ([digest], ["a"])
    assert json.loads(body)["msgtype"] == "markdown"


def test_mail_arrives_and_a_refused_recipient_is_refused_for_good() -> None:
    with mail_server() as server:
        to = channel("mail", "", smtp=server.address, security="none", sender="f@example.cn",
                     to=["soc@example.cn"])  # fmt: skip
        tell(to, notice(title=EVIL))
        read = message_from_bytes(server.came[0], policy=policy.default)
        assert "Bcc" not in read
        assert "示例钢铁" in read.get_content()
        server.refuses = True
        with pytest.raises(NotTold) as fault:
            tell(to, notice())
    assert fault.value.for_good


def test_a_receiver_that_is_not_there_is_asked_again() -> None:
    with pytest.raises(NotTold, match="refused") as fault:
        tell(channel(), notice())
    assert not fault.value.for_good


OUTCOMES = st.lists(st.sampled_from(["taken", "away", "refused"]), max_size=30)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5), max_size=12), OUTCOMES, OUTCOMES, st.lists(st.integers(0, 900)))
def test_laws_nothing_is_lost_twice_or_out_of_order(
    numbers: list[int], first: list[str], second: list[str], pauses: list[int]
) -> None:
    channels = [msgspec.structs.replace(channel(), name=name) for name in ("one", "two")]
    outcomes = {"one": first, "two": second}
    told: dict[str, list[str]] = {"one": [], "two": []}

    def receive(to: Channel, what: Notice) -> None:
        outcome = outcomes[to.name].pop(0) if outcomes[to.name] else "taken"
        if outcome != "taken":
            raise NotTold(outcome, for_good=outcome == "refused")
        told[to.name].append(what.notice_id)

    with tempfile.TemporaryDirectory() as folder:
        now_s = 1_000.0
        for place, number in enumerate(numbers):
            box = Outbox(Path(folder), now_s)  # a restart before each
            box.put(channels, [notice(number)], now_s)
            now_s += pauses[place] if place < len(pauses) else 1
            box.deliver(channels, receive, lambda at=now_s: at)  # type: ignore[misc]
        for _ in range(40):
            now_s += GREATEST_PAUSE_S
            box = Outbox(Path(folder), now_s)
            box.deliver(channels, receive, lambda at=now_s: at)  # type: ignore[misc]
        lost = Path(folder, "given-up.ndjson")
        given_up = [json.loads(line) for line in lost.read_bytes().splitlines()] if lost.exists() \
            else []  # fmt: skip
        assert box.waiting == 0
        assert box.given_up == len(given_up)
    for each in channels:
        gone = [row["notice"]["notice_id"] for row in given_up if row["channel"] == each.name]
        wanted = list(dict.fromkeys(f"n{number}" for number in numbers))
        assert sorted(told[each.name] + gone) == sorted(wanted)
        assert told[each.name] == [name for name in wanted if name in told[each.name]]


def test_after_a_day_it_is_given_up_and_the_others_did_not_wait(tmp_path: Path) -> None:
    away, there = (msgspec.structs.replace(channel(), name=name) for name in ("away", "there"))
    told: list[str] = []

    def receive(to: Channel, what: Notice) -> None:
        if to.name == "away":
            raise NotTold("no route")
        told.append(what.notice_id)

    box = Outbox(tmp_path, 0.0)
    assert box.put([away, there], [notice(1)], 0.0) == 2
    box.deliver([away, there], receive, lambda: 0.0)
    assert (told, box.waiting) == (["n1"], 1)
    assert "given up: no route" in box.deliver([away], receive, lambda: GIVE_UP_S + 1.0)[0]
    assert json.loads((tmp_path / "given-up.ndjson").read_text())["why"] == "no route"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("channels: []", "no channel"),
        ("channels: [{name: a, kind: fax}]", "Invalid enum value 'fax'"),
        ("channels: [{name: a, kind: webhook, url: 'file:///etc/passwd'}]", "begins with https://"),
        ("channels: [{name: a, kind: mail}]", "mail needs `smtp`"),
        ("channels: [{name: a, kind: wecom, url: 'https://x', tell: [late]}]", "unknown field"),
    ],
)
def test_channels_that_cannot_be_used_say_why(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "channels.yaml"
    file.write_text(text)
    with pytest.raises(NoticesFault, match=fault):
        read_channels(file)


def test_from_the_store_to_the_hook_each_once(tmp_path: Path) -> None:
    site, file = Site(tmp_path), tmp_path / "channels.yaml"
    with hook() as receiver:
        (tmp_path / "key").write_text("k")
        file.write_text(
            f"channels: [{{name: soc, kind: webhook, url: '{receiver.url}', tier: IV, "
            f"secret_file: '{tmp_path / 'key'}'}}, {{name: other, kind: wecom, "
            f"url: '{receiver.url}', provinces: ['440000'], language: en}}]"
        )

        def notify(*words: str) -> Result:
            state = ("--state", str(tmp_path / "notices"), "--store", str(site.store))
            return CliRunner().invoke(main, ["notify", "--channels", str(file), *state, *words])

        tested = notify("--test").stderr.splitlines()
        assert tested[0] == "soc: told"
        assert tested[1].startswith("other: ")
        assert "no answer of wecom" in tested[1]
        assert "X-Fenghuo-Signature" in receiver.came[0][1]
        assert notify("--once").exit_code == 0
        with (tmp_path / "notices" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert "another `fenghuo notify` uses it" in notify("--once").stderr
        site.take("E1", shadow_copies(40 * HOUR_S, "ws-5"))
        assert notify("--once").exit_code == 0
        assert notify("--once").exit_code == 0
        told = [json.loads(body) for _, _, body in receiver.came[2:]]
        assert [each["subject"] for each in told if "ws-5" in each["title"]].count("opened") == 1
        assert len({each["notice_id"] for each in told}) == len(told)
        assert not any("ws-1" in each["title"] and each["subject"] == "opened" for each in told)
        receiver.answers = [(503, b"")]
        site.take("E1", shadow_copies(80 * HOUR_S, "ws-6"))
        waiting = notify("--once")
        assert waiting.exit_code == 1
        assert "HTTP 503; again in 1 s" in waiting.stderr
        receiver.answers = [(200, b"")]
        assert notify("--once").exit_code == 0
        assert any("ws-6" in body.decode() for _, _, body in receiver.came)


def test_duties_of_exports_are_told_with_enterprise_province_and_article(tmp_path: Path) -> None:
    site, file = Site(tmp_path), tmp_path / "channels.yaml"
    with hook() as receiver:
        file.write_text(
            f"channels: [{{name: soc, kind: webhook, url: '{receiver.url}', tier: II, "
            "tells: [due_soon]}, "
            f"{{name: other, kind: webhook, url: '{receiver.url}', provinces: ['440000']}}]"
        )

        def told() -> list[dict[str, Any]]:
            receiver.came.clear()
            state = ("--state", str(tmp_path / "notices"), "--store", str(site.store))
            once = CliRunner().invoke(main, ["notify", "--channels", str(file), *state, "--once"])
            assert once.exit_code == 0, once.output
            bodies = [json.loads(body) for _, _, body in receiver.came]
            return [each for each in bodies if not each["incident_id"]]

        told()
        site.take("E1", export(120_000, of_set="crm"))
        (notice,) = [each for each in told() if "标准合同" in each["title"]]
        assert (notice["subject"], notice["province"], notice["tier"]) == ("due_soon", "330000", "")
        for fact in (
            "[报送即将到期] 订立个人信息出境标准合同或者通过个人信息保护认证",
            "单位: 示例钢铁",
            "省份: 浙江",
            "浙江省互联网信息办公室：",
            "120,000",
            "依据条款: 《促进和规范数据跨境流动规定》第八条",
        ):
            assert fact in f"{notice['title']}\n{notice['text']}"
        assert told() == []
        filed = ("--reason", "备案号 2026-118", "--analyst", "li")
        listed = site.call("exports", "duties", "--json").stdout.splitlines()
        ids = [json.loads(line)["obligation_id"] for line in listed]
        assert site.call("exports", "fulfil", *ids, *filed).exit_code == 0
        assert told() == []
        site.take("E1", export(7, of_set="suppliers"))
        assert [each["title"] for each in told()] == [notice["title"]], "it is due once more"
