"""A secured broker as its users meet it: by the commands, each with its own name and password."""

import json
from pathlib import Path

import msgspec
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from schemas.registry import Enterprise
from tests.brokers.certificates import Authority
from tests.brokers.secured import ADMIN, PASSWORD, SecuredKafka

PARTITIONS = 1
ENTERPRISE = Enterprise(
    enterprise_id="enterprise", name="n", province="110000", sector="", field="industrial"
)


class Site:
    """Users by name, and their passwords; a key, a registry and a recording to publish."""

    admin = (ADMIN, PASSWORD)

    def __init__(self, broker: SecuredKafka, folder: Path) -> None:
        self.broker = broker
        self.folder = folder
        self.passwords = dict([self.admin])
        self.stranger = Authority(folder, "stranger")
        self.key = folder / "key.pem"
        self.registry = folder / "registry.ndjson"
        self.registry.write_bytes(msgspec.json.encode(ENTERPRISE) + b"\n")
        public = self.call("", "keys", "new", self.key).stdout.strip()
        registered = self.call(
            "", "keys", "register", self.registry, "--enterprise", "enterprise", "--key-id", "k",
            "--public-key", public,
        )  # fmt: skip
        assert registered.exit_code == 0, registered.output

    def settings(self, user: str, *, tls: bool = True) -> dict[str, str]:
        """The environment in which this user calls; no user: none of it."""
        if not user:
            return {}
        address = self.broker.tls_address if tls else self.broker.address
        settings = {
            "FENGHUO_KAFKA_BOOTSTRAP": address,
            "FENGHUO_KAFKA_USER": user,
            "FENGHUO_KAFKA_PASSWORD": self.passwords[user],
        }
        return settings | (
            {"FENGHUO_KAFKA_CA": str(self.broker.authority.certificate)} if tls else {}
        )

    def call(self, user: str, *arguments: object, **changed: str) -> Result:
        """A command as this user, over TLS; a traceback fails the test. `changed` by variable."""
        settings = {**self.settings(user), **changed}
        result = CliRunner().invoke(main, [str(each) for each in arguments], env=settings)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    def grant(self, user: str, role: str, *options: str) -> None:
        """As the administrator; the new password is kept."""
        granted = self.call(ADMIN, "access", "grant", user, "--role", role, "--login", *options)
        assert granted.exit_code == 0, granted.output
        self.passwords[user] = json.loads(granted.stdout)["password"]

    def publish(self, user: str, recording: Path, *options: str, **changed: str) -> Result:
        """`fenghuo publish`, without waiting for receipts: no worker runs beside most of these."""
        return self.call(
            user, "publish", "--enterprise", "enterprise", "--format", "json", "--key-id", "k",
            "--key", self.key, "--wait-s", "0", *options, recording, **changed,
        )  # fmt: skip

    def recording(self, name: str, events: int) -> Path:
        """A file of so many events."""
        place = self.folder / name
        lines = [
            json.dumps({"@timestamp": f"2026-03-02T10:00:{each % 60:02}Z", "n": each, "in": name})
            for each in range(events)
        ]
        place.write_text("\n".join(lines))
        return place
