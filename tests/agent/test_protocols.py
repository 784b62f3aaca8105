"""Each tool's protocol, spoken as that tool speaks it: every line is taken, and answered for."""

import asyncio
import gzip
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from pipeline.agent.settings import Tls
from tests.agent.inputs import Site, collecting, http_site, tcp_site, udp_site
from tests.brokers.certificates import Authority
from tests.docs.links import ROOT

EVENTS = [{"message": f"event {number}"} for number in range(5)]
LINES = [json.dumps(each).encode() for each in EVENTS]
SYSLOG = [f"<13>Nov 27 08:00:0{number} host app: event {number}".encode() for number in range(5)]


async def send(
    site: Site, path: str, body: bytes, method: str = "POST", **headers: str
) -> tuple[int, dict[str, object], "dict[str, str]"]:
    """Status, JSON and headers of the answer."""
    url = f"http://127.0.0.1:{site.port}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json(), dict(answer.headers)


HTTP_OUTPUTS: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "vector, http sink, newline_delimited": (
        "/events",
        b"\n".join(LINES),
        {"Content-Type": "application/x-ndjson"},
    ),
    "vector, http sink, json": ("/", json.dumps(EVENTS).encode(), {}),
    "vector, gzip": ("/", gzip.compress(b"\n".join(LINES)), {"Content-Encoding": "gzip"}),
    "fluent bit, http output, json": ("/fluent", json.dumps(EVENTS).encode(), {}),
    "fluent bit, http output, json_lines": ("/fluent", b"\n".join(LINES) + b"\n", {}),
    "logstash, http output, json_batch": (
        "/",
        json.dumps(EVENTS, indent=1).encode(),
        {"Content-Type": "application/json"},
    ),
    "splunk, hec": (
        "/services/collector/event",
        b"".join(json.dumps({"event": each}).encode() for each in EVENTS),
        {"Authorization": "Splunk x"},
    ),
    "splunk, hec, raw": ("/services/collector/raw?channel=1", b"\n".join(LINES), {}),
    "beats, elasticsearch output": (
        "/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status",
        b"".join(b'{"create":{"_index":"filebeat-8"}}\n' + line + b"\n" for line in LINES),
        {"Content-Type": "application/vnd.elasticsearch+json; compatible-with=8"},
    ),
    "beats 7, an index in the path": (
        "/winlogbeat/_bulk",
        gzip.compress(b"".join(b'{"index":{}}\n' + line + b"\n" for line in LINES)),
        {"Content-Encoding": "gzip"},
    ),
}


@pytest.mark.parametrize("tool", HTTP_OUTPUTS)
def test_an_http_output_is_taken(tool: str, tmp_path: Path) -> None:
    path, body, headers = HTTP_OUTPUTS[tool]

    async def run() -> tuple[int, list[bytes]]:
        async with http_site(tmp_path) as site:
            status, _, _ = await send(site, path, body, **headers)
            return status, await site.lines_when(5)

    status, lines = asyncio.run(run())
    assert status == 200
    assert [json.loads(line).get("event", json.loads(line)) for line in lines] == EVENTS


def test_beats_find_an_elasticsearch_that_they_send_to(tmp_path: Path) -> None:
    """Product, version and licence, then templates and life cycles, as at every connection."""

    async def run() -> None:
        async with http_site(tmp_path) as site:
            status, about, headers = await send(site, "/", b"", "GET")
            assert (status, headers["X-Elastic-Product"]) == (200, "Elasticsearch")
            assert str(about["version"]["number"]).startswith("8.")  # type: ignore[index]
            _, licence, _ = await send(site, "/_license", b"", "GET")
            assert licence["license"]["status"] == "active"  # type: ignore[index]
            for method, path in (
                ("GET", "/_ilm/policy/filebeat"),
                ("PUT", "/_index_template/filebeat-8.17.0"),
                ("GET", "/_cluster/health"),
            ):
                assert (await send(site, path, b"{}", method))[0] == 200

    asyncio.run(run())


def test_a_bulk_answer_names_each_item(tmp_path: Path) -> None:
    async def run() -> dict[str, object]:
        async with http_site(tmp_path) as site:
            body = b'{"create":{"_index":"i"}}\n{"a":1}\n{"delete":{"_index":"i"}}\n'
            return (await send(site, "/_bulk", body))[1]

    answer = asyncio.run(run())
    assert answer["errors"] is True
    items = answer["items"]
    assert isinstance(items, list)
    assert [each.popitem()[1]["status"] for each in items] == [201, 400]


@pytest.mark.parametrize(
    ("path", "full"), [("/events", 429), ("/_bulk", 429), ("/services/collector", 503)]
)
def test_a_full_spool_is_said_and_what_was_answered_for_stays(
    path: str, full: int, tmp_path: Path
) -> None:
    body = b'{"create":{}}\n' if path == "/_bulk" else b""
    body += json.dumps({"event": "x" * 15_000}).encode() + b"\n"

    async def run() -> None:
        async with http_site(tmp_path, limit=128_000) as site:
            answers = [(await send(site, path, body))[0] for _ in range(12)]
            taken = answers.count(200)
            assert answers == [200] * taken + [full] * (12 - taken)
            assert 4 < taken < 12
            assert len(await site.lines_when(taken)) == taken
            for batch in list(site.spool.read(site.spool.acknowledged)):
                site.spool.acknowledge(batch.after, len(batch.chunk.lines))
            while site.spool.bytes > 64_000:  # the last segment, once the writer has left it
                assert [*site.spool.read(site.spool.acknowledged)] == []
                await asyncio.sleep(0.02)
            assert (await send(site, path, body))[0] == 200

    asyncio.run(run())


BROKEN = {
    "/events": (b'[{"a":1},', 400),
    "/_bulk": (b"hello", 400),
    "/services/collector": (b'{"event":1}{"event"', 400),
    "/services/collector/raw": (b"", 400),
}


@pytest.mark.parametrize("path", BROKEN)
def test_a_broken_body_is_refused_as_a_whole_with_its_cause(path: str, tmp_path: Path) -> None:
    body, expected = BROKEN[path]

    async def run() -> None:
        async with http_site(tmp_path) as site:
            status, said, _ = await send(site, path, body)
            assert status == expected
            assert said.get("error") or said["text"] == "No data"
            assert site.lines() == []

    asyncio.run(run())


def test_a_packed_bomb_costs_its_sender_a_refusal(tmp_path: Path) -> None:
    bomb = gzip.compress(b"x" * 200_000_000)

    async def run() -> int:
        async with http_site(tmp_path) as site:
            url = f"http://127.0.0.1:{site.port}/"
            headers = {"Content-Encoding": "gzip"}
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, data=bomb, headers=headers) as answer,
            ):
                return answer.status

    assert asyncio.run(run()) in (400, 413)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer wrong", 401),
        ("Bearer s3cret", 200),
        ("Splunk s3cret", 200),
        ("Basic ZWxhc3RpYzpzM2NyZXQ=", 200),  # elastic:s3cret
        ("ApiKey aWQ6czNjcmV0", 200),  # id:s3cret
        ("Basic ====", 401),
    ],
)
def test_without_its_token_nobody_is_heard(header: str, status: int, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret\n")

    async def run() -> int:
        async with http_site(tmp_path, token) as site:
            headers = {"Authorization": header} if header else {}
            return (await send(site, "/", b"{}", **headers))[0]

    assert asyncio.run(run()) == status


def test_a_token_that_is_no_text_is_no_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret\n")

    async def run() -> bytes:
        async with http_site(tmp_path, token) as site:
            reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
            head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n"
            writer.write(head + b"Authorization: Bearer s3cret\xff\r\n\r\n")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    assert asyncio.run(run()).startswith(b"HTTP/1.1 401")


def connect_and_send(port: int, data: bytes, context: ssl.SSLContext | None = None) -> None:
    plain = socket.create_connection(("127.0.0.1", port))
    with context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain as sending:
        sending.sendall(data)


TCP_FRAMES = {
    "rsyslog, traditional": b"".join(line + b"\n" for line in SYSLOG),
    "rsyslog, octet-counted; syslog-ng, syslog()": b"".join(
        b"%d %s" % (len(line), line) for line in SYSLOG
    ),
    "the last without its end": b"\n".join(SYSLOG),
}


@pytest.mark.parametrize("framing", TCP_FRAMES)
def test_syslog_over_tcp(framing: str, tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        async with tcp_site(tmp_path) as site:
            await asyncio.to_thread(connect_and_send, site.port, TCP_FRAMES[framing])
            return await site.lines_when(5)

    assert asyncio.run(run()) == SYSLOG


def test_syslog_over_tls_with_certificates_of_both(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    ours, theirs = (authority.issue(tmp_path / name) for name in ("server.pem", "client.pem"))
    tls = Tls(certificate=ours, key=ours, client_ca=authority.certificate)
    known, unknown = (ssl.create_default_context(cafile=authority.certificate) for _ in range(2))
    known.load_cert_chain(theirs)

    async def run() -> list[bytes]:
        async with tcp_site(tmp_path, tls) as site:
            data = b"".join(b"%d %s" % (len(line), line) for line in SYSLOG)
            await asyncio.to_thread(connect_and_send, site.port, data, known)
            lines = await site.lines_when(5)
            with suppress(OSError):
                await asyncio.to_thread(connect_and_send, site.port, b"<13>evil\n", unknown)
            return lines + site.lines()[5:]

    assert asyncio.run(run()) == SYSLOG


def test_syslog_over_udp(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        async with udp_site(tmp_path) as site:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
                for line in SYSLOG:
                    sending.sendto(line + b"\n", ("127.0.0.1", site.port))
            return await site.lines_when(5)

    assert asyncio.run(run()) == SYSLOG


def test_a_full_spool_stops_the_reading_of_tcp_and_loses_nothing(tmp_path: Path) -> None:
    lines = [b"<13>%06d " % number + b"x" * 990 for number in range(400)]

    async def run() -> list[bytes]:
        async with tcp_site(tmp_path, limit=200_000) as site:
            data = b"".join(line + b"\n" for line in lines)
            sending = asyncio.create_task(asyncio.to_thread(connect_and_send, site.port, data))
            taken: list[bytes] = []
            while len(taken) < len(lines):
                await asyncio.sleep(0.05)
                assert site.spool.bytes <= 200_000 + 100
                for batch in list(site.spool.read(site.spool.acknowledged)):
                    taken += batch.chunk.lines
                    site.spool.acknowledge(batch.after, len(batch.chunk.lines))
            await sending
            return taken

    assert asyncio.run(run()) == lines


def test_identical_lines_count_within_an_input_and_not_over_requests(tmp_path: Path) -> None:
    async def run() -> list[dict[int, int]]:
        async with collecting(tmp_path) as site:
            await site.collector.put([b"a", b"a"])
            await site.collector.put([b"a"])
            for _ in range(2):  # a request, and the same sent again
                await site.collector.put([b"b", b"b"], site.collector.new_counter())
        return [each.chunk.occurrences for each in site.spool.read(site.spool.acknowledged)]

    counted = asyncio.run(run())
    assert [count for each in counted for count in each.values()] == [1, 2, 1, 1]


def test_a_line_past_the_bound_is_refused_and_counted(tmp_path: Path) -> None:
    async def run() -> tuple[list[bytes], int]:
        async with collecting(tmp_path) as site:
            await site.collector.put([b"a", b"x" * 1_000_001, b"b"])
            return await site.lines_when(2), site.refused("line_too_long")

    assert asyncio.run(run()) == ([b"a", b"b"], 1)


RSYSLOG = """\
module(load="imfile" mode="polling" pollingInterval="1")
global(workDirectory="{folder}")
template(name="line" type="string" string="%msg%\\n")
input(type="imfile" file="{folder}/app.log" tag="app:" addMetadata="off")
"""
PAGE = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
WRITTEN = PAGE.split("```rsyslog\n")[1].split("```")[0]
"""What the documentation tells its reader to write."""


@pytest.mark.parametrize("framing", ["traditional", "octet-counted"])
def test_rsyslog_itself(framing: str, tmp_path: Path) -> None:
    daemon = shutil.which("rsyslogd") or shutil.which("/usr/sbin/rsyslogd")
    if daemon is None:
        pytest.skip("no rsyslogd: install rsyslog")
    (tmp_path / "app.log").write_bytes(b"".join(b"event %d\n" % n for n in range(300)))

    async def run() -> Sequence[bytes]:
        async with tcp_site(tmp_path) as site:
            ours = WRITTEN.replace("5514", str(site.port)).replace("octet-counted", framing)
            text = RSYSLOG.format(folder=tmp_path) + ours
            (tmp_path / "rsyslog.conf").write_text(text)
            command = [daemon, "-n", "-f", f"{tmp_path}/rsyslog.conf", "-i", f"{tmp_path}/pid"]
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: ASYNC220
            try:
                return await site.lines_when(300)
            finally:
                process.terminate()
                await asyncio.to_thread(process.wait, 20)

    lines = asyncio.run(run())
    assert [line.rpartition(b"event ")[2] for line in lines] == [b"%d" % n for n in range(300)]
    assert all(line.startswith(b"<") for line in lines)


async def ended(*command: str) -> int:
    """The exit code of a tool."""
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait()


@pytest.mark.parametrize("framing", [[], ["--octet-count"]])
def test_logger_itself(framing: list[str], tmp_path: Path) -> None:
    tool = shutil.which("logger")
    if tool is None:
        pytest.skip("no logger: install util-linux or bsdutils")

    async def run() -> Sequence[bytes]:
        async with tcp_site(tmp_path) as site:
            to = ["--tcp", "--server", "127.0.0.1", "--port", str(site.port), "--rfc5424"]
            assert await ended(tool, *to, *framing, "--tag", "app", "event of logger") == 0
            return await site.lines_when(1)

    (line,) = asyncio.run(run())
    assert line.startswith(b"<13>1 ")
    assert line.endswith(b"event of logger")


def test_curl_itself(tmp_path: Path) -> None:
    tool = shutil.which("curl")
    if tool is None:
        pytest.skip("no curl: install curl")
    (tmp_path / "events.ndjson").write_bytes(b"\n".join(LINES))

    async def run() -> Sequence[bytes]:
        async with http_site(tmp_path) as site:
            url, body = f"http://127.0.0.1:{site.port}/events", f"@{tmp_path}/events.ndjson"
            assert await ended(tool, "--silent", "--fail", "--data-binary", body, url) == 0
            return await site.lines_when(5)

    assert asyncio.run(run()) == LINES
