"""Bringing Grafana to what `resources` says: plan first, then apply. Shell.

Rule 1. Nothing is written that Grafana already has: a second push changes nothing.
Rule 2. Things are found by uid. Numeric ids of data sources are off in Grafana 13.
Rule 3. Grafana may add to what it was given (versions, defaults): a thing is as it should be
        when it holds all that we say of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.building import TAG
from dashboards.grafana.resources import Kind, Resource
from dashboards.grafana.settings import GrafanaSettings

Action: TypeAlias = Literal["create", "update", "unchanged", "delete"]
EDITABLE: Final = {"X-Disable-Provenance": "true"}
"""Lets people edit alert rules in Grafana's pages too."""
_VOLATILE: Final = frozenset({"id", "version", "schemaVersion", "iteration"})
"""What Grafana sets itself in a dashboard; it raises schemaVersion when it loads an older one."""
_PREFIX: Final = "fenghuo-"


class PushFailed(Exception):
    """Grafana could not be reached or refused something: names it, the cause and the remedy."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing and what is to be done about it; `paths` are the places that differ."""

    action: Action
    kind: Kind
    uid: str
    title: str
    paths: tuple[str, ...] = ()
    resource: Resource | None = None


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where a kind lives in the API: paths with `{uid}`, and how it is read and written."""

    read: str
    create: str
    update: str = ""
    """Where it differs from `create`; a dashboard is created and updated in one place."""
    delete: str = ""
    unwrap: Callable[[Any, str], Any] = lambda answer, uid: answer
    wrap: Callable[[Resource], dict[str, Any]] = lambda resource: {
        **resource.body,
        **resource.secrets,
    }
    headers: Mapping[str, str] = {}


def _wrap_dashboard(resource: Resource) -> dict[str, Any]:
    return {
        "dashboard": {**resource.body, "id": None},
        "folderUid": resource.folder,
        "overwrite": True,
        "message": "fenghuo dashboards push",
    }


def _in_list(answer: Any, uid: str) -> Any:
    return next((item for item in answer if item.get("uid") == uid), None)


DOORS: Final[Mapping[Kind, Door]] = {
    "folder": Door(
        read="/folders/{uid}",
        create="/folders",
        update="/folders/{uid}",
        wrap=lambda resource: {**resource.body, "overwrite": True},
    ),
    "datasource": Door(
        read="/datasources/uid/{uid}", create="/datasources", update="/datasources/uid/{uid}"
    ),
    "contact-point": Door(
        read="/v1/provisioning/contact-points",
        create="/v1/provisioning/contact-points",
        update="/v1/provisioning/contact-points/{uid}",
        unwrap=_in_list,
        headers=EDITABLE,
    ),
    "dashboard": Door(
        read="/dashboards/uid/{uid}",
        create="/dashboards/db",
        delete="/dashboards/uid/{uid}",
        unwrap=lambda answer, uid: answer["dashboard"],
        wrap=_wrap_dashboard,
    ),
    "alert-rule": Door(
        read="/v1/provisioning/alert-rules/{uid}",
        create="/v1/provisioning/alert-rules",
        update="/v1/provisioning/alert-rules/{uid}",
        delete="/v1/provisioning/alert-rules/{uid}",
        headers=EDITABLE,
    ),
}


def connect(settings: GrafanaSettings) -> GrafanaFace:
    """A client for the Grafana of the settings; it is not called yet."""
    parts = urlsplit(settings.url)
    prefix = parts.path.strip("/")
    return GrafanaFace(
        auth=settings.token.get_secret_value(),
        host=parts.hostname,
        port=parts.port,
        protocol=parts.scheme,
        url_path_prefix=f"{prefix}/" if prefix else "",
        timeout=settings.timeout_s,
    )


def plan(face: GrafanaFace, wanted: Iterable[Resource], prune: bool) -> list[Change]:
    """What would have to be done; nothing is written. Raises PushFailed."""
    wanted = list(wanted)
    changes = [_compare(face, resource) for resource in wanted]
    return changes + (list(_superfluous(face, wanted)) if prune else [])


def apply(face: GrafanaFace, changes: Sequence[Change]) -> None:
    """Does what `plan` said, in its order. Raises PushFailed at the first refusal."""
    for change in changes:
        door = DOORS[change.kind]
        headers = dict(door.headers)
        if change.action == "delete":
            _call(face, "DELETE", door.delete.format(uid=change.uid), None, headers)
        elif change.resource is not None and change.action != "unchanged":
            is_update = change.action == "update" and door.update
            path = door.update.format(uid=change.uid) if is_update else door.create
            verb = "PUT" if is_update else "POST"
            _call(face, verb, path, door.wrap(change.resource), headers)


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Places where `found` lacks something of `wanted`; what it has beyond that is no matter."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            if path or key not in _VOLATILE:
                yield from differences(value, found.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (ours, theirs) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(ours, theirs, f"{path}[{index}]")
    elif wanted != found:
        yield path


def _compare(face: GrafanaFace, resource: Resource) -> Change:
    found = _read(face, resource.kind, resource.uid)
    paths = () if found is None else tuple(differences(resource.body, found))
    action: Action = "create" if found is None else "update" if paths else "unchanged"
    return Change(
        action=action,
        kind=resource.kind,
        uid=resource.uid,
        title=resource.title,
        paths=paths,
        resource=resource,
    )


def _read(face: GrafanaFace, kind: Kind, uid: str) -> Any:
    """What Grafana holds, or None."""
    door = DOORS[kind]
    answer = _call(face, "GET", door.read.format(uid=uid), None, {})
    return None if answer is None else door.unwrap(answer, uid)


def _superfluous(face: GrafanaFace, wanted: Sequence[Resource]) -> Iterator[Change]:
    """Dashboards and alert rules of ours, by uid and tag, that are no longer wanted."""
    kept = {resource.uid for resource in wanted}
    found: list[tuple[Kind, str]] = [
        ("dashboard", f"/search?type=dash-db&limit=5000&tag={TAG}"),
        ("alert-rule", "/v1/provisioning/alert-rules"),
    ]
    for kind, path in found:
        for item in _call(face, "GET", path, None, {}) or []:
            if item["uid"].startswith(_PREFIX) and item["uid"] not in kept:
                yield Change(action="delete", kind=kind, uid=item["uid"], title=item["title"])


def _call(face: GrafanaFace, verb: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    """Grafana's answer; None where there is no such thing, or for an empty answer."""
    try:
        return getattr(face.api, verb)(path, json=body, headers=headers)
    except requests.exceptions.JSONDecodeError:
        return None  # 204: grafana-api decodes an answer that has no body
    except GrafanaClientError as fault:
        if fault.status_code == 404 and verb == "GET":
            return None
        raise PushFailed(f"{verb} {path}: {fault.message}; {_remedy(fault.status_code)}") from fault
    except GrafanaException as fault:
        raise PushFailed(f"{verb} {path}: {fault.message}; see Grafana's log") from fault
    except requests.exceptions.RequestException as fault:
        raise PushFailed(
            f"{verb} {path}: {fault}; is FENGHUO_GRAFANA_URL right, and Grafana up?"
        ) from fault


def _remedy(status: int) -> str:
    return {
        401: "set FENGHUO_GRAFANA_TOKEN to a token of a service account",
        403: "give the service account the role Admin",
        412: "it was changed or provisioned elsewhere; remove the provisioned copy",
    }.get(status, "see Grafana's log")
