"""A stand-in for Grafana: a real HTTP server that keeps what it is given, as Grafana would.

It knows the paths that `dashboards push` uses, answers 404 for what it does not hold, sets ids
and versions, never shows secrets, and answers 204 without a body when an alert rule goes.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN = "glsa_stub"
COLLECTIONS = {
    "folders": "folder",
    "datasources": "datasource",
    "v1/provisioning/contact-points": "contact-point",
    "v1/provisioning/alert-rules": "alert-rule",
}


class StubGrafana:
    """What the stand-in holds, by (kind, uid), and the writes that it saw."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.writes: list[str] = []
        self.url = ""

    def answer(self, verb: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of one request."""
        if verb != "GET":
            self.writes.append(f"{verb} {path}")
        for pattern, act in _ROUTES:
            if found := re.fullmatch(pattern, path):
                return act(self, verb, found, body)
        return 404, {"message": "no such path"}

    def dashboards(self, verb: str, found: re.Match[str], body: Any) -> tuple[int, Any]:
        """POST /dashboards/db: create or overwrite."""
        dashboard = body["dashboard"]
        known = ("dashboard", dashboard["uid"]) in self.held
        self.held["dashboard", dashboard["uid"]] = {
            **dashboard,
            "id": len(self.held) + 1,
            "version": 2 if known else 1,
            "schemaVersion": 42,
            "folderUid": body["folderUid"],
        }
        return 200, {"uid": dashboard["uid"], "status": "success"}

    def dashboard(self, verb: str, found: re.Match[str], body: Any) -> tuple[int, Any]:
        """GET or DELETE /dashboards/uid/{uid}."""
        key = ("dashboard", found[1])
        if key not in self.held:
            return 404, {"message": "Dashboard not found"}
        if verb == "DELETE":
            return 200, {"title": self.held.pop(key)["title"]}
        return 200, {"dashboard": self.held[key], "meta": {"folderUid": ""}}

    def search(self, verb: str, found: re.Match[str], body: Any) -> tuple[int, Any]:
        """GET /search: every dashboard."""
        return 200, [
            {"uid": uid, "title": thing["title"]}
            for (kind, uid), thing in self.held.items()
            if kind == "dashboard"
        ]

    def collection(self, verb: str, found: re.Match[str], body: Any) -> tuple[int, Any]:
        """GET a list, or POST a new thing."""
        kind = COLLECTIONS[found[1]]
        if verb == "GET":
            return 200, [thing for (of, _), thing in self.held.items() if of == kind]
        if (kind, body["uid"]) in self.held:
            return 409, {"message": "exists"}
        self._keep(kind, body)
        return 200, body

    def thing(self, verb: str, found: re.Match[str], body: Any) -> tuple[int, Any]:
        """GET, PUT or DELETE one thing by uid."""
        kind, uid = COLLECTIONS[found[1]], found[2]
        if (kind, uid) not in self.held:
            return 404, {"message": "not found"}
        if verb == "PUT":
            self._keep(kind, {**body, "uid": uid})
        if verb == "DELETE":
            del self.held[kind, uid]
            return 204, None
        return 200, self.held[kind, uid]

    def _keep(self, kind: str, body: dict[str, Any]) -> None:
        shown = {key: value for key, value in body.items() if key != "secureJsonData"}
        self.held[kind, body["uid"]] = {**shown, "id": len(self.held) + 1}


_ROUTES: tuple[tuple[str, Callable[..., tuple[int, Any]]], ...] = (
    (r"/dashboards/db", StubGrafana.dashboards),
    (r"/dashboards/uid/([\w-]+)", StubGrafana.dashboard),
    (r"/search\?.*", StubGrafana.search),
    (r"/(folders|datasources|v1/provisioning/[\w-]+)", StubGrafana.collection),
    (r"/(datasources)/uid/([\w-]+)", StubGrafana.thing),
    (r"/(folders|v1/provisioning/[\w-]+)/([\w-]+)", StubGrafana.thing),
)


@contextmanager
def running(grafana: StubGrafana) -> Iterator[StubGrafana]:
    """The stand-in, listening under a sub-path on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = 401, {"message": "invalid API key"}
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                path = self.path.removeprefix("/grafana/api")
                status, answer = grafana.answer(self.command, path, body)
            self.send_response(status)
            payload = b"" if answer is None else json.dumps(answer).encode()
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # http.server calls them so

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    grafana.url = f"http://127.0.0.1:{server.server_port}/grafana"
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
