"""HTTP: JSON lines and arrays, Elasticsearch's bulk, Splunk's collector, on one port (shell).

A request is answered with success when its lines are on the disk, not before. With a full spool
the answer is 429 (503 to Splunk's senders, as theirs is): the sender keeps its events and comes
again. An identical line of another request is the same event: a request may be sent again.

    POST /  /events  …                      JSON lines, an array, text
    GET /   POST /_bulk  /<index>/_bulk     Filebeat, Winlogbeat, and what else speaks to
                                            Elasticsearch; its setup requests are answered
    POST /services/collector[/event|/raw]   Splunk HEC
"""

import asyncio
import hmac
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import msgspec
from aiohttp import web

from pipeline.agent.bodies import (
    BodyFault,
    BulkItem,
    bulk_items,
    documents_of_body,
    lines_of_body,
)
from pipeline.agent.collecting import Collector
from pipeline.agent.settings import Http
from pipeline.agent.spool import SpoolFull
from pipeline.agent.syslog_inputs import server_context

BODY_BYTES = 16_000_000
"""Unpacked."""
AT_ONCE = 8
"""Bodies that are read and written at the same time; further requests wait."""
REQUEST_S = 60.0
"""For a body to come and to be written."""
VERSION = "8.17.0"
"""Beats refuse to send to an Elasticsearch that is older than they are: said to be this one."""

_ABOUT = {
    "name": "fenghuo-agent",
    "cluster_name": "fenghuo",
    "cluster_uuid": "fenghuo-agent",
    "version": {
        "number": VERSION,
        "build_flavor": "default",
        "build_type": "docker",
        "lucene_version": "9.12.0",
        "minimum_wire_compatibility_version": "7.17.0",
        "minimum_index_compatibility_version": "7.0.0",
    },
    "tagline": "You Know, for Search",
}
_LICENSE = {"license": {"status": "active", "uid": "fenghuo-agent", "type": "basic"}}
_PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
"""Elastic's clients send to nothing that does not say so."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEC_BUSY = {"text": "Server is busy", "code": 9}
HEC_NO_DATA = {"text": "No data", "code": 5}
HEC_SUCCESS = {"text": "Success", "code": 0}


class HttpInput:
    """The routes of one HTTP input."""

    def __init__(self, settings: Http, collector: Collector) -> None:
        self._collector = collector
        file = settings.token_file
        self._token = file.read_text(encoding="utf-8").strip() if file is not None else ""
        self._room = asyncio.Semaphore(AT_ONCE)

    def application(self) -> web.Application:
        """What answers."""
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[self._guard])
        bulk, collect, raw = self._bulk, self._collect, self._collect_raw
        app.add_routes(
            [
                *[web.route(method, path, bulk) for method in ("POST", "PUT")
                  for path in ("/_bulk", "/{index}/_bulk")],
                *[web.post(f"/services/collector{end}", collect)
                  for end in ("", "/event", "/event/1.0")],
                *[web.post(f"/services/collector{end}", raw) for end in ("/raw", "/raw/1.0")],
                web.get("/services/collector/health", _healthy),
                web.get("/services/collector/health/1.0", _healthy),
                web.get("/", _about),
                web.get("/_license", _license),
                web.get("/_xpack", _license),
                web.route("*", r"/{setup:_.*}", _set_up),
                web.post("/{path:.*}", self._take),
            ]
        )  # fmt: skip
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Answer) -> web.StreamResponse:
        """Who has no token is told so before a byte of the body is read."""
        is_splunk = request.path.startswith("/services/collector")
        given = presented_token(request.headers.get("Authorization", ""))
        # A header is bytes: those that are no UTF-8 are no token either, and no fault of ours. The
        # comparison takes as long wherever the two differ: its time tells nothing of the token.
        octets = given.encode("utf-8", "surrogateescape")
        if self._token and not hmac.compare_digest(octets, self._token.encode()):
            self._count(401)
            missing = {"text": "Invalid token" if given else "Token is required"}
            code = {"code": 4 if given else 2}
            headers = {"WWW-Authenticate": 'Basic realm="fenghuo"'}
            return web.json_response(missing | code, status=401, headers=headers)
        try:
            async with self._room, asyncio.timeout(REQUEST_S):
                return await handler(request)
        except TimeoutError:
            self._count(408)
            return web.json_response({"error": "the body did not come in time"}, status=408)
        except BodyFault as fault:
            self._count(400)
            problem = {"text": "Invalid data format", "code": 6,
                       "invalid-event-number": fault.index} if is_splunk else {}  # fmt: skip
            return web.json_response(problem | {"error": str(fault), "status": 400}, status=400)
        except (SpoolFull, OSError):
            status = 503 if is_splunk else 429
            self._count(status)
            body = HEC_BUSY if is_splunk else {"error": "the spool is full", "status": 429}
            return web.json_response(body, status=status, headers={"Retry-After": "5"} | _PRODUCT)
        except web.HTTPException as fault:
            self._count(fault.status)
            raise

    async def _take(self, request: web.Request) -> web.Response:
        lines = lines_of_body(await request.read())
        await self._put(lines)
        return web.json_response({"taken": len(lines)})

    async def _bulk(self, request: web.Request) -> web.Response:
        items = bulk_items(await request.read())
        await self._put([item.line for item in items if item.line])
        answers = [_bulk_answer(item) for item in items]
        errors = any(not item.line for item in items)
        body = {"took": 0, "errors": errors, "items": answers}
        written = msgspec.json.encode(body).decode()
        return web.json_response(text=written, headers=_PRODUCT)

    async def _collect(self, request: web.Request) -> web.Response:
        return await self._taken_by_collector(documents_of_body(await request.read()))

    async def _collect_raw(self, request: web.Request) -> web.Response:
        return await self._taken_by_collector(lines_of_body(await request.read()))

    async def _taken_by_collector(self, lines: list[bytes]) -> web.Response:
        if not lines:
            self._count(400)
            return web.json_response(HEC_NO_DATA, status=400)
        await self._put(lines)
        return web.json_response(HEC_SUCCESS)

    async def _put(self, lines: list[bytes]) -> None:
        await self._collector.put(lines, self._collector.new_counter())

    def _count(self, status: int) -> None:
        self._collector.metrics.add(
            "requests_refused", input=self._collector.name, status=str(status)
        )


async def listen_http(
    settings: Http, collector: Collector, stack: AsyncExitStack
) -> tuple[str, int]:
    """Answer requests until the stack is closed; raises OSError."""
    return await serve_application(HttpInput(settings, collector).application(), settings, stack)


async def serve_application(
    app: web.Application, settings: Http, stack: AsyncExitStack
) -> tuple[str, int]:
    """The application on the listener's address, until the stack is closed."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = settings.address
    await web.TCPSite(runner, host, port, ssl_context=server_context(settings.tls)).start()
    bound: tuple[str, int] = runner.addresses[0][:2]
    return bound


def presented_token(header: str) -> str:
    """The token of `Bearer`, `Splunk`, `ApiKey` (its second half) or `Basic` (the password)."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() in ("basic", "apikey"):
        try:
            return b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return value.strip()


def _bulk_answer(item: BulkItem) -> dict[str, object]:
    if item.line:
        return {item.action: {"_index": item.index, "_id": "", "status": 201, "result": "created"}}
    error = {"type": "illegal_argument_exception", "reason": "only create and index are taken"}
    return {item.action: {"_index": item.index, "_id": "", "status": 400, "error": error}}


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"text": "HEC is healthy", "code": 17})


async def _about(_request: web.Request) -> web.Response:
    return web.json_response(_ABOUT, headers=_PRODUCT)


async def _license(_request: web.Request) -> web.Response:
    return web.json_response(_LICENSE, headers=_PRODUCT)


async def _set_up(_request: web.Request) -> web.Response:
    """Templates, pipelines and life cycles of indices: there is nothing here to set up."""
    return web.json_response({"acknowledged": True}, headers=_PRODUCT)
