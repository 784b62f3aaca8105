"""Bringing Grafana to what `resources` says: plan first, then apply. Shell.

Rule 1. Nothing is written that Grafana already has: a second push changes nothing.
Rule 2. Things are found by uid, and only things of ours (by uid, and by tag) are deleted.
Rule 3. Grafana may add to what it was given (versions, defaults) and leave out what is empty: a
        thing is as it should be when it holds all that we say of it.
Rule 4. What Grafana reads from files it does not let anyone change: where such a thing differs
        the push ends before anything is written.
Rule 5. Who made an alert rule or a contact point stays who it was: a change under another
        provenance is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final, Literal, TypeAlias

import msgspec
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.api_client import PushFailed, call
from dashboards.grafana.api_routes import DOORS
from dashboards.grafana.building import TAG
from dashboards.grafana.resources import Kind, Resource

Action: TypeAlias = Literal["create", "update", "unchanged", "delete", "locked"]
EDITABLE: Final = {"X-Disable-Provenance": "true"}
"""Lets people edit what is made so in Grafana's pages too."""
_VOLATILE: Final = frozenset({"id", "version", "schemaVersion", "iteration"})
"""What Grafana sets itself in a dashboard; it raises schemaVersion when it saves an older one."""
_PREFIX: Final = "fenghuo-"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing and what is to be done about it; `paths` are the places that differ."""

    action: Action
    kind: Kind
    uid: str
    title: str
    paths: tuple[str, ...] = ()
    resource: Resource | None = None
    provenance: str = ""
    """Who made it, as Grafana remembers: "" (its pages), "api" or "file"."""


def plan(face: GrafanaFace, wanted: Iterable[Resource], prune: bool) -> list[Change]:
    """What would have to be done; nothing is written. Raises PushFailed."""
    wanted = list(wanted)
    read = cache(partial(call, face, "GET"))  # a list is asked for once
    changes = [_compare(read, resource) for resource in wanted]
    return changes + (list(_superfluous(face, wanted)) if prune else [])


def apply(face: GrafanaFace, changes: Sequence[Change]) -> None:
    """Does what `plan` said, in its order. Raises PushFailed at the first refusal, and before
    anything is written when something is locked."""
    if locked := [change.uid for change in changes if change.action == "locked"]:
        raise PushFailed(
            f"{', '.join(locked)}: Grafana reads them from files; change them there, or remove"
            " the provisioning; nothing was written"
        )
    for change in changes:
        _apply(face, change)


def _apply(face: GrafanaFace, change: Change) -> None:
    door = DOORS[change.kind]
    if change.action == "delete":
        call(face, "DELETE", door.delete.format(uid=change.uid))
    elif change.resource is not None and change.action in ("create", "update"):
        is_put = change.action == "update" and bool(door.update)
        path = door.update.format(uid=change.uid) if is_put else door.create
        headers = EDITABLE if door.has_provenance and not change.provenance else {}
        call(face, "PUT" if is_put else "POST", path, door.wrap(change.resource), headers)


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Places where `found` lacks something of `wanted`; what it has beyond that is no matter."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            if path or key not in _VOLATILE:
                yield from differences(value, found.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (ours, theirs) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(ours, theirs, f"{path}[{index}]")
    elif wanted != found and (wanted or found is not None):
        yield path


def _compare(read: Callable[[str], Any], resource: Resource) -> Change:
    found = _find(read, resource.kind, resource.uid)
    held = found if isinstance(found, Mapping) else {}
    wanted = DOORS[resource.kind].holds(resource)
    paths = () if found is None else tuple(differences(wanted, found))
    return Change(
        action=_action(found, paths),
        kind=resource.kind,
        uid=resource.uid,
        title=resource.title,
        paths=paths,
        resource=resource,
        provenance=str(held.get("provenance") or ""),
    )


def _action(found: Any, paths: tuple[str, ...]) -> Action:
    if found is None:
        return "create"
    if not paths:
        return "unchanged"
    return "locked" if found.get("readOnly") or found.get("provenance") == "file" else "update"


def _find(read: Callable[[str], Any], kind: Kind, uid: str) -> Any:
    """What Grafana holds, or None."""
    door = DOORS[kind]
    answer = read(door.read.format(uid=uid))
    return None if answer is None else door.unwrap(answer, uid)


def _superfluous(face: GrafanaFace, wanted: Sequence[Resource]) -> Iterator[Change]:
    """Dashboards and alert rules of ours, by uid and tag, that are no longer wanted."""
    kept = {resource.uid for resource in wanted}
    found: list[tuple[Kind, str]] = [
        ("dashboard", f"/search?type=dash-db&limit=5000&tag={TAG}"),
        ("alert-rule", "/v1/provisioning/alert-rules"),
    ]
    for kind, path in found:
        for item in call(face, "GET", path) or []:
            if item["uid"].startswith(_PREFIX) and item["uid"] not in kept:
                action: Action = "locked" if item.get("provenance") == "file" else "delete"
                yield Change(action=action, kind=kind, uid=item["uid"], title=item["title"])
