"""A stand-in for Grafana: a real HTTP server that answers as Grafana's API does, refusals too.

It knows the paths that `dashboards push` uses, and what Grafana is strict about there: titles
and names are unique, a thing's folder must be there, what is read from files cannot be changed,
provenance stays, optimistic locks hold unless `overwrite` is said, empty values and secrets are
left out of answers, and answers to deletions may have no body.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_stub"
COLLECTIONS = {
    "folders": "folder",
    "datasources": "datasource",
    "v1/provisioning/contact-points": "contact-point",
    "v1/provisioning/alert-rules": "alert-rule",
}
PROVISIONED = ("contact-point", "alert-rule")
NAME_OF = {"folder": "title", "datasource": "name"}
Answer: TypeAlias = tuple[int, Any]


class StubGrafana:
    """What the stand-in holds, by (kind, uid), and the writes that it saw."""

    def __init__(self, version: str = "13.0.1") -> None:
        self.version = version
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.writes: list[str] = []
        self.reads: list[str] = []
        self.page: str = ""
        """Served for everything, as a log-in page in front of Grafana would be."""
        self.url = ""

    @property
    def release(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:2])

    def answer(self, verb: str, path: str, body: Any, headers: Any) -> Answer:
        """Status and body of one request."""
        if verb == "GET":
            self.reads.append(path)
        else:
            self.writes.append(f"{verb} {path}")
        for pattern, act in _ROUTES:
            if found := re.fullmatch(pattern, path):
                return act(self, verb, found, body, headers)
        return 404, {"message": "no such path"}

    def health(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """GET /health."""
        return 200, {"database": "ok", "version": self.version}

    def dashboards(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """POST /dashboards/db: create or overwrite."""
        dashboard, folder = body["dashboard"], body.get("folderUid", "")
        key = ("dashboard", dashboard["uid"])
        if dashboard.get("id") is not None:
            return 404, {"message": "Dashboard not found", "status": "not-found"}
        if folder and ("folder", folder) not in self.held:
            return 400, {"message": "folder not found"}
        if self.held.get(key, {}).get("readOnly"):
            return 400, {"message": "Cannot save provisioned dashboard"}
        if key in self.held and not body.get("overwrite"):
            return 412, {"message": "changed by someone else", "status": "version-mismatch"}
        if self._same_title(dashboard, folder):
            return 412, {"message": "same name in the folder", "status": "name-exists"}
        self.held[key] = {
            **dashboard,
            "id": len(self.held) + 1,
            "version": self.held.get(key, {}).get("version", 0) + 1,
            "folderUid": folder,
        }
        return 200, {"uid": dashboard["uid"], "status": "success"}

    def _same_title(self, dashboard: dict[str, Any], folder: str) -> bool:
        """Until Grafana 11 a title is unique in its folder."""
        return self.release < (11, 0) and any(
            kind == "dashboard"
            and uid != dashboard["uid"]
            and (thing["title"], thing["folderUid"]) == (dashboard["title"], folder)
            for (kind, uid), thing in self.held.items()
        )

    def dashboard(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """GET or DELETE /dashboards/uid/{uid}."""
        key = ("dashboard", found[1])
        if key not in self.held:
            return 404, {"message": "Dashboard not found"}
        held = self.held[key]
        if verb == "DELETE" and held.get("readOnly"):
            return 400, {"message": "provisioned dashboard cannot be deleted"}
        if verb == "DELETE":
            return 200, {"title": self.held.pop(key)["title"]}
        meta = {"folderUid": held["folderUid"], "provisioned": bool(held.get("readOnly"))}
        shown = {name: held[name] for name in held if name not in ("folderUid", "readOnly")}
        return 200, {"dashboard": shown, "meta": meta}

    def search(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """GET /search: dashboards of a tag."""
        asked = parse_qs(urlsplit(found[0]).query)
        if asked["type"] != ["dash-db"] or int(asked["limit"][0]) > 5000:
            return 422, {"message": "limit is greater than 5000"}
        return 200, [
            {"uid": uid, "title": thing["title"]}
            for (kind, uid), thing in self.held.items()
            if kind == "dashboard" and asked["tag"][0] in thing.get("tags", ())
        ]

    def collection(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """GET a list, or POST a new thing."""
        kind = COLLECTIONS[found[1]]
        if verb == "GET":
            return 200, [self._shown(kind, uid) for of, uid in self.held if of == kind]
        if refusal := self._refusal(kind, body, body["uid"]):
            return refusal
        if (kind, body["uid"]) in self.held:
            return 409, {"message": "exists"}
        self._keep(kind, body["uid"], body, self._provenance(kind, headers))
        status = {"contact-point": 202, "alert-rule": 201}.get(kind, 200)
        return status, self._shown(kind, body["uid"])

    def thing(self, verb: str, found: re.Match[str], body: Any, headers: Any) -> Answer:
        """GET, PUT or DELETE one thing by uid."""
        kind, uid = COLLECTIONS[found[1]], found[2]
        if (kind, uid) not in self.held:
            is_unforeseen = kind == "alert-rule" and verb == "GET" and self.release < (9, 5)
            if is_unforeseen:
                return 500, {"message": "could not find alert rule"}
            return 404, {"message": "not found"}
        if verb == "DELETE":
            del self.held[kind, uid]
            return 204, None
        if verb == "PUT":
            return self._replace(kind, uid, body, headers)
        if kind == "contact-point":
            return 404, {"message": "no such path"}
        return 200, self._shown(kind, uid)

    def _replace(self, kind: str, uid: str, body: Any, headers: Any) -> Answer:
        held = self.held[kind, uid]
        if held.get("readOnly"):
            return 403, {"message": "Cannot update read-only data source"}
        if kind == "folder" and not body.get("overwrite") and "version" not in body:
            return 412, {"message": "The folder has been changed", "status": "version-mismatch"}
        said = "" if "X-Disable-Provenance" in headers else "api"
        if kind in PROVISIONED and said != held.get("provenance", ""):
            return 409, {"message": f"cannot change provenance from {held.get('provenance')!r}"}
        if refusal := self._refusal(kind, body, uid):
            return refusal
        self._keep(kind, uid, body, held.get("provenance", ""))
        return (202 if kind == "contact-point" else 200), self._shown(kind, uid)

    def _refusal(self, kind: str, body: Any, uid: str) -> Answer | None:
        name = NAME_OF.get(kind, "")
        taken = {
            thing.get(name)
            for (of, other), thing in self.held.items()
            if of == kind and other != uid
        }
        if name and body[name] in taken:
            return 409, {"message": f"a {kind} with the same {name} already exists"}
        if kind == "alert-rule" and ("folder", body["folderUID"]) not in self.held:
            return 400, {"message": "folder does not exist"}
        routing = body.get("notification_settings")
        points = [thing["name"] for (of, _), thing in self.held.items() if of == "contact-point"]
        if routing and self.release >= (10, 4) and routing["receiver"] not in points:
            return 400, {"message": "receiver does not exist"}
        return None

    def _provenance(self, kind: str, headers: Any) -> str:
        """Before 9.5 the header says nothing for contact points."""
        is_heard = "X-Disable-Provenance" in headers and (
            kind == "alert-rule" or self.release >= (9, 5)
        )
        return "" if is_heard or kind not in PROVISIONED else "api"

    def _keep(self, kind: str, uid: str, body: dict[str, Any], provenance: str) -> None:
        kept = {key: value for key, value in body.items() if key != "secureJsonData"}
        if self.release < (10, 4):
            kept.pop("notification_settings", None)
        self.held[kind, uid] = {**kept, "uid": uid, "provenance": provenance}

    def _shown(self, kind: str, uid: str) -> dict[str, Any]:
        """As Grafana answers: what is empty is left out, as Go's `omitempty` does."""
        held = self.held[kind, uid]
        return {"id": 7, "updated": "now"} | {key: held[key] for key in held if held[key]}


_ROUTES: tuple[tuple[str, Callable[..., Answer]], ...] = (
    (r"/health", StubGrafana.health),
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
                status, answer = grafana.answer(self.command, path, body, self.headers)
            payload = b"" if answer is None else json.dumps(answer).encode()
            if grafana.page:
                status, payload = 200, grafana.page.encode()
            self.send_response(status)
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
