"""A store with incidents of two enterprises, and calls of `fenghuo` on it."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pipeline.cli.main import main
from tests.engine.builders import RULES, shadow_copies

HOUR_S = 3600
REGISTRY = """
{"enterprise_id":"E1","name":"示例钢铁","province":"330000","sector":"steel","field":"industrial"}
{"enterprise_id":"E2","name":"Example Telecom","province":"440000","sector":"telecom","field":"telecom"}
"""  # noqa: E501


class Site:
    """One store: hosts ws-1 and ws-2 of E1 and sw-9 of E2 have an incident each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.rules, self.registry = folder / "rules", folder / "registry.ndjson"
        self.rules.mkdir()
        (self.rules / "rules.yml").write_text(RULES)
        self.registry.write_text(REGISTRY.strip() + "\n", encoding="utf-8")
        self.take("E1", shadow_copies(0, "ws-1"), shadow_copies(9 * HOUR_S, "ws-2"))
        self.take("E2", shadow_copies(HOUR_S, "sw-9"))

    def take(self, enterprise: str, *events: bytes) -> None:
        """These events of an enterprise go through `fenghuo run`."""
        file = self.folder / "events.ndjson"
        file.write_bytes(b"\n".join(events) + b"\n")
        made = ("--rules", self.rules, "--registry", self.registry, "--enterprise", enterprise)
        assert self.call("run", *made, file).exit_code == 0

    def call(self, *words: str | Path, stdin: str | None = None) -> Result:
        """One command on the store."""
        arguments = [str(each) for each in (*words, "--store", self.store)]
        return CliRunner().invoke(main, arguments, input=stdin)

    def incidents(self, *chosen: str) -> list[dict[str, Any]]:
        """What the list has, as it is for scripts."""
        listed = self.call("incidents", "list", "--json", *chosen)
        assert listed.exit_code == 0, listed.output
        return [json.loads(line) for line in listed.stdout.splitlines()]

    def hosts(self, *chosen: str) -> list[str]:
        """The hosts of the incidents in the list, in its order."""
        return [_host(each) for each in self.incidents(*chosen)]

    def id_of(self, host: str) -> str:
        """The id of this host's incident."""
        (found,) = [each for each in self.incidents("--all") if _host(each) == host]
        return str(found["incident_id"])


def _host(incident: dict[str, Any]) -> str:
    return next(host for host in ("ws-1", "ws-2", "sw-9") if host in str(incident["story_en"]))
