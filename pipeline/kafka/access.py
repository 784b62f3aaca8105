"""Where Kafka is and as whom we come: one definition for the worker and every command."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.kafka.faults import AccessFault
from pipeline.kafka.secrets import SecretFault, secret_of

MECHANISM = "SCRAM-SHA-512"
PASSWORD_VARIABLE = "FENGHUO_KAFKA_PASSWORD"  # noqa: S105 - the name, not a password
_PROTOCOLS: dict[tuple[bool, bool], str] = {
    (False, False): "PLAINTEXT",
    (False, True): "SSL",
    (True, False): "SASL_PLAINTEXT",
    (True, True): "SASL_SSL",
}
"""By whether there is a user, and a CA."""


@dataclass(frozen=True)
class KafkaAccess:
    """Brokers (`host:port,…`), a user of SASL/SCRAM-SHA-512 if any, a CA file for TLS if any.

    Raises AccessFault where these cannot be used together.
    """

    bootstrap: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None

    def __post_init__(self) -> None:
        self.addresses()
        if bool(self.user) != bool(self.password):
            lacking = "FENGHUO_KAFKA_USER" if self.password else PASSWORD_VARIABLE
            raise AccessFault(
                "a Kafka user and its password belong together", f"{lacking} is missing: set it"
            )
        self.ssl_context()

    @property
    def who(self) -> str:
        """The user, in words."""
        return f"user {self.user!r}" if self.user else "a caller without a user"

    @property
    def protocol(self) -> str:
        """Kafka's `security.protocol`."""
        return _PROTOCOLS[bool(self.user), self.ca is not None]

    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of each broker named; raises AccessFault for what is no address."""
        return [_address(each.strip()) for each in self.bootstrap.split(",")]

    def servers(self) -> list[str]:
        """The addresses as clients take them."""
        return [
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            for host, port in self.addresses()
        ]

    def ssl_context(self) -> ssl.SSLContext | None:
        """What a broker's certificate is checked with; None without TLS."""
        if self.ca is None:
            return None
        try:
            return ssl.create_default_context(cafile=str(self.ca))
        except (OSError, ssl.SSLError) as fault:
            raise AccessFault(
                f"{self.ca}: no CA certificate: {fault.strerror or fault}",
                "name a PEM file (--kafka-ca, FENGHUO_KAFKA_CA)",
            ) from fault

    def security(self) -> dict[str, Any]:
        """The settings that kafka-python and aiokafka share."""
        options: dict[str, Any] = {"security_protocol": self.protocol}
        if self.ca is not None:
            options["ssl_context"] = self.ssl_context()
        if self.user:
            options["sasl_mechanism"] = MECHANISM
            options["sasl_plain_username"] = self.user
            options["sasl_plain_password"] = self.password
        return options


def password_of(environment: Mapping[str, str] = os.environ) -> str:
    """The password: from the environment or a file, as a command line can be read by others.

    Raises AccessFault where it cannot be had.
    """
    try:
        return secret_of(PASSWORD_VARIABLE, environment) or ""
    except SecretFault as fault:
        raise AccessFault(str(fault), "see docs/operations.md, Settings") from fault


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if host.strip("[]") and port.isdecimal() and 0 < int(port) < 65536 and _is_one(host):
        return host.strip("[]"), int(port)
    raise AccessFault(f"no Kafka at {text}: not an address", "write host:port, …")


def _is_one(host: str) -> bool:
    """An IPv6 address stands in brackets, so that its colons are not taken for the port's."""
    return ":" not in host or (host.startswith("[") and host.endswith("]"))
