"""What Grafana is to hold, as values: folders, data source, contact point, dashboards, alerts."""

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

import msgspec

from dashboards.grafana.alerts import alert_rules
from dashboards.grafana.clickhouse import PLUGIN, SOURCE_NAME, SOURCE_UID
from dashboards.grafana.rendering import render
from dashboards.grafana.settings import GrafanaSettings
from dashboards.words import Language, Text

Kind: TypeAlias = Literal["folder", "datasource", "contact-point", "dashboard", "alert-rule"]

FOLDERS: Final = Text("烽火", "Fenghuo")
ALERT_FOLDER: Final = "fenghuo-alerts"
CONTACT_POINT: Final = "fenghuo-duty"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in Grafana: what it is to look like, and what only a write may carry."""

    kind: Kind
    uid: str
    title: str
    body: dict[str, Any]
    folder: str = ""
    secrets: dict[str, Any] = {}
    """Sent, never read back: Grafana does not show them."""


ROUTES_RULES: Final = (10, 4)
"""The Grafana in which an alert rule can name its contact point itself."""


def resources(settings: GrafanaSettings, version: tuple[int, int] | None) -> Iterator[Resource]:
    """Everything, in the order in which it can be made, for a Grafana of that version.

    None is a Grafana that hides its version: it is taken for a new one.
    """
    for language in ("zh", "en"):
        yield _folder(folder_uid(language), FOLDERS.of(language))
    yield _folder(ALERT_FOLDER, "烽火告警 / Fenghuo alerts")
    yield _datasource(settings)
    yield from _contact_points(settings)
    for language, dashboards in render(settings.map_layer).items():
        for dashboard in dashboards:
            yield Resource(
                kind="dashboard",
                uid=dashboard["uid"],
                title=dashboard["title"],
                body=dashboard,
                folder=folder_uid(language),
            )
    has_receiver = bool(settings.alert_webhook or settings.alert_email)
    is_routed = has_receiver and (version is None or version >= ROUTES_RULES)
    receiver = CONTACT_POINT if is_routed else ""
    for rule in alert_rules(ALERT_FOLDER, receiver, settings.url, settings.drill_alerts):
        yield Resource(kind="alert-rule", uid=rule["uid"], title=rule["title"], body=rule)


def folder_uid(language: Language) -> str:
    """The folder of one language's dashboards."""
    return f"fenghuo-{language}"


def _folder(uid: str, title: str) -> Resource:
    return Resource(kind="folder", uid=uid, title=title, body={"uid": uid, "title": title})


def _datasource(settings: GrafanaSettings) -> Resource:
    """The ClickHouse data source (src/types/config.ts), native protocol.

    Plugin 3 knows the host as `server`.
    """
    return Resource(
        kind="datasource",
        uid=SOURCE_UID,
        title=SOURCE_NAME,
        body={
            "uid": SOURCE_UID,
            "name": SOURCE_NAME,
            "type": PLUGIN,
            "access": "proxy",
            "jsonData": {
                "host": settings.clickhouse_host,
                "server": settings.clickhouse_host,
                "port": settings.clickhouse_port,
                "protocol": "native",
                "secure": settings.clickhouse_secure,
                "username": settings.clickhouse_user,
                "defaultDatabase": settings.clickhouse_database,
            },
        },
        secrets={"secureJsonData": {"password": settings.clickhouse_password.get_secret_value()}},
    )


def _contact_points(settings: GrafanaSettings) -> Iterator[Resource]:
    """Ways to the people on duty: of one name, so that an alert takes them all."""
    if settings.alert_webhook:
        yield _contact_point(CONTACT_POINT, "webhook", {"url": settings.alert_webhook})
    if settings.alert_email:
        addresses = {"addresses": settings.alert_email, "singleEmail": False}
        yield _contact_point(f"{CONTACT_POINT}-email", "email", addresses)


def _contact_point(uid: str, kind: str, settings: dict[str, object]) -> Resource:
    return Resource(
        kind="contact-point",
        uid=uid,
        title=CONTACT_POINT,
        body={"uid": uid, "name": CONTACT_POINT, "type": kind, "settings": settings},
    )
