"""One call of Grafana's API through grafana-api, and what each of its refusals means. Shell."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.settings import GrafanaSettings

OLDEST: Final = (9, 4)
"""Major and minor version of the oldest Grafana that draws the dashboards."""
_REMEDIES: Final[Mapping[int, str]] = {
    400: "where it says provisioned, it is read from a file: change it there, or do not push it",
    401: "set FENGHUO_GRAFANA_TOKEN to a token of a service account",
    403: "give the service account the role Admin; what is read-only is read from a file",
    404: "is this Grafana 9.4 or later, with Grafana's own alerting switched on?",
    409: "something of that name is there under another uid, or someone else made it: rename or"
    " delete it in Grafana",
    412: "something of that title is there under another uid: rename or delete it in Grafana",
}


class PushFailed(Exception):
    """Grafana could not be reached or refused something: names it, the cause and the remedy."""


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


def version_of(face: GrafanaFace) -> tuple[int, int] | None:
    """Grafana's (major, minor); None where it hides them. Raises PushFailed when it is too old."""
    said = str((call(face, "GET", "/health") or {}).get("version", ""))
    numbers = said.split(".")[:2]
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
        return None
    version = int(numbers[0]), int(numbers[1])
    if version < OLDEST:
        raise PushFailed(f"Grafana {said} is too old: the dashboards need 9.4 or later")
    return version


def call(
    face: GrafanaFace, verb: str, path: str, body: Any = None, headers: Mapping[str, str] = {}
) -> Any:
    """Grafana's answer; None for what there is none of (GET), and after a deletion.

    Raises PushFailed for every refusal, and for an answer that is not Grafana's.
    """
    try:
        return getattr(face.api, verb)(path, json=body, headers=dict(headers))
    except GrafanaClientError as fault:
        if fault.status_code == 404 and verb == "GET":
            return None
        remedy = _REMEDIES.get(fault.status_code, "see Grafana's log")
        raise PushFailed(f"{verb} {path}: {fault.message}; {remedy}") from fault
    except GrafanaException as fault:
        raise PushFailed(f"{verb} {path}: {fault.message}; see Grafana's log") from fault
    except (requests.exceptions.JSONDecodeError, TypeError) as fault:
        if verb == "DELETE":
            return None  # 204: grafana-api decodes an answer that has no body
        raise PushFailed(
            f"{verb} {path}: the answer is not Grafana's; is FENGHUO_GRAFANA_URL Grafana's own"
            " address, and not a page to log in to?"
        ) from fault
    except requests.exceptions.RequestException as fault:
        raise PushFailed(
            f"{verb} {path}: {fault}; is FENGHUO_GRAFANA_URL right, and Grafana up?"
        ) from fault
