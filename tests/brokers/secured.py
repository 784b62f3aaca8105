"""A Kafka broker that lets nobody in unknown: SCRAM users, access rights, with TLS and without."""

from pathlib import Path
from typing import Any

from tests.brokers.certificates import Authority
from tests.brokers.kafka import NODE, KafkaBroker, free_port

ADMIN, PASSWORD = "admin", "admin-secret"

_LISTENERS = """\
listeners=SASL_PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{tls},\\
  CONTROLLER://127.0.0.1:{controller}
advertised.listeners=SASL_PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{tls}
inter.broker.listener.name=SASL_PLAINTEXT
listener.security.protocol.map=CONTROLLER:SASL_PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,\\
  SASL_SSL:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location={server}
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="{admin}" password="{password}";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="controller" password="ctl-secret" user_controller="ctl-secret";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin};User:controller
allow.everyone.if.no.acl.found=false
early.start.listeners=CONTROLLER
"""


class SecuredKafka(KafkaBroker):
    """`address` wants SASL/SCRAM, `tls_address` the same over TLS under `authority`."""

    format_options = (
        "--standalone",
        "--add-scram",
        f"SCRAM-SHA-512=[name={ADMIN},password={PASSWORD}]",
    )

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._tls = free_port()
        self.tls_address = f"127.0.0.1:{self._tls}"
        self.authority = Authority(folder, "authority")
        self._server = self.authority.issue(folder / "server.pem")

    def properties(self, controller: int) -> str:
        """The node's, and what secures it."""
        return (NODE + _LISTENERS).format(
            port=self.port,
            tls=self._tls,
            controller=controller,
            folder=self.folder,
            server=self._server,
            admin=ADMIN,
            password=PASSWORD,
        )

    def admin_options(self) -> dict[str, Any]:
        """As the user that was made when the folder was formatted."""
        return {
            "bootstrap_servers": self.address,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": ADMIN,
            "sasl_plain_password": PASSWORD,
        }
