"""Where each kind of thing lives in Grafana's API, and how it is read and written there: a table.

Numeric ids of data sources are off in Grafana 13: things are found by uid. Alert rules are looked
for in their list: Grafana 9.4 answers 500 where it is asked for one that it has not.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from dashboards.grafana.resources import Kind, Resource


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Paths of one kind, with `{uid}`, and the shapes of what is read and written there."""

    read: str
    create: str
    update: str = ""
    """Where it differs from `create`; a dashboard is created and updated in one place."""
    delete: str = ""
    unwrap: Callable[[Any, str], Any] = lambda answer, uid: answer
    holds: Callable[[Resource], dict[str, Any]] = lambda resource: resource.body
    """What an unwrapped answer is to hold."""
    wrap: Callable[[Resource], dict[str, Any]] = lambda resource: {
        **resource.body,
        **resource.secrets,
    }
    has_provenance: bool = False
    """Whether Grafana remembers who made it, and lets no other change it."""


def _in_list(answer: Any, uid: str) -> Any:
    return next((item for item in answer if item.get("uid") == uid), None)


def _unwrap_dashboard(answer: Any, uid: str) -> dict[str, Any]:
    meta = answer.get("meta", {})
    place = {"folderUid": meta.get("folderUid", ""), "readOnly": meta.get("provisioned", False)}
    return {**answer["dashboard"], **place}


def _wrap_dashboard(resource: Resource) -> dict[str, Any]:
    return {
        "dashboard": {**resource.body, "id": None},
        "folderUid": resource.folder,
        "overwrite": True,
        "message": "fenghuo dashboards push",
    }


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
        has_provenance=True,
    ),
    "dashboard": Door(
        read="/dashboards/uid/{uid}",
        create="/dashboards/db",
        delete="/dashboards/uid/{uid}",
        unwrap=_unwrap_dashboard,
        holds=lambda resource: {**resource.body, "folderUid": resource.folder},
        wrap=_wrap_dashboard,
    ),
    "alert-rule": Door(
        read="/v1/provisioning/alert-rules",
        create="/v1/provisioning/alert-rules",
        update="/v1/provisioning/alert-rules/{uid}",
        delete="/v1/provisioning/alert-rules/{uid}",
        unwrap=_in_list,
        has_provenance=True,
    ),
}
