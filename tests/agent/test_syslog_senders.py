"""rsyslog and syslog-ng themselves, as the publishing guide configures them, against a real agent.

The agent is killed with -9 while they log; what was logged while it was away comes from their
queues. Kafka is away, so that all that the agent took stands in its spool.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.agent.segments import Manner
from pipeline.agent.spool import Spool
from pipeline.intake.lines import read_lines
from tests.agent.inputs import LIMIT
from tests.agent.test_killed import AgentProcess, registered
from tests.agent.test_protocols import PAGE
from tests.brokers.certificates import Authority
from tests.brokers.kafka import free_port

AGENT = """
enterprise: E1
key: publish.pem
key_id: k1
folder: spool
batch_seconds: 0.1
kafka: {{{{bootstrap: "{{bootstrap}}"}}}}
status: 127.0.0.1:{{status}}
inputs:
  - {{{{kind: http, listen: "127.0.0.1:{{http}}"}}}}
  - {{{{kind: syslog_tcp, name: syslog, listen: "127.0.0.1:{port}", {more}}}}}
"""
TLS = "tls: {{certificate: agent.pem, key: agent.pem, client_ca: authority.pem}}"
RSYSLOG = """
global(workDirectory="{folder}")
module(load="imuxsock" SysSock.Use="off")
{globals}
input(type="imuxsock" Socket="{folder}/log" ruleset="all")
ruleset(name="all") {{
{action}
}}
"""
SYSLOG_NG = """
@version: 3.35
source s_src {{ unix-dgram("{folder}/log"); }};
{destination}
"""
WAITS_S = 60.0


def needs(command: str) -> pytest.MarkDecorator:
    reason = f"{command} is not installed (Debian has packages that exclude each other)"
    return pytest.mark.skipif(shutil.which(command) is None, reason=reason)


def written(section: str, number: int = 0) -> str:
    """A block of configuration of the publishing guide."""
    text = PAGE.split(f"### {section}\n")[1].split("\n### ")[0]
    blocks: list[str] = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return blocks[number]


class Sending:
    """An agent with one syslog input, and a tool that sends to it what is logged here."""

    def __init__(self, folder: Path, port: int, command: list[str], kind: str, more: str) -> None:
        registered(folder)
        settings = AGENT.format(port=port, more=more)
        if kind == "syslog_udp":
            settings = settings.replace("syslog_tcp", kind)
        self.folder = folder
        self.agent = AgentProcess(folder, "127.0.0.1:1", settings)
        self._command = command
        self._logged = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        self.agent.start()
        with (self.folder / "tool.log").open("wb") as log:
            tool = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self.folder)
        try:
            self._await((self.folder / "log").exists)
            yield
        finally:
            tool.terminate()
            tool.wait(30)
            self.agent.end()

    def log(self, count: int) -> None:
        """As a program of this machine does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.connect(str(self.folder / "log"))
            for _ in range(count):
                stamp = time.strftime("%b %e %H:%M:%S")
                to.send(f"<13>{stamp} app[7]: number {self._logged}".encode())
                self._logged += 1

    def await_all(self, but: int = 0) -> None:
        """Until so many lines as were logged, but so few, are on the agent's disk."""
        self._await(lambda: self.agent.unsent()["syslog"] >= self._logged - but)

    def _await(self, condition: Callable[[], bool]) -> None:
        gives_up_s = time.monotonic() + WAITS_S
        while not condition():
            said = (self.folder / "tool.log").read_text()
            assert time.monotonic() < gives_up_s, (said, self.agent.unsent())
            time.sleep(0.1)

    def assert_all_came(self, but: int = 0) -> None:
        """Each at least once (a queue sends again what was not acknowledged), and each readable."""
        self.agent.end(signal.SIGTERM)
        spool = Spool(self.folder / "spool" / "syslog", Manner("E1", "auto"), LIMIT)
        lines = [line for each in spool.read(spool.acknowledged) for line in each.chunk.lines]
        spool.close()
        found = read_lines("auto", lines)
        assert not [each.fault for each in found if each.fault]
        told = [json.dumps(each.fields) for each in found]
        numbers = {int(number) for each in told for number in re.findall(r"number (\d+)", each)}
        assert numbers <= {*range(self._logged)}
        assert len(numbers) >= self._logged - but


def rsyslog(
    folder: Path, block: str, port: int, kind: str = "syslog_tcp", more: str = ""
) -> Sending:
    at = block.index("action(")
    text = RSYSLOG.format(folder=folder, globals=block[:at], action=block[at:])
    (folder / "rsyslog.conf").write_text(text)
    command = ["rsyslogd", "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/rsyslog.pid"]
    return Sending(folder, port, command, kind, more)


def of_tcp(folder: Path) -> Sending:
    port = free_port()
    return rsyslog(folder, written("rsyslog").replace("5514", str(port)), port)


def of_tls(folder: Path) -> Sending:
    port, authority = free_port(), Authority(folder, "authority")
    for name in ("agent.pem", "sender.pem"):
        authority.issue(folder / name)
    block = written("rsyslog", 1).replace("6514", str(port)).replace("agent.example", "127.0.0.1")
    for name, file in (("ca.pem", "authority.pem"), ("sender.key", "sender.pem")):
        block = block.replace(f'"{name}"', f'"{folder / file}"')
    block = block.replace('"sender.pem"', f'"{folder / "sender.pem"}"')
    return rsyslog(folder, block, port, more=TLS)


def of_syslog_ng(folder: Path) -> Sending:
    port = free_port()
    destination = written("syslog-ng").replace("5514", str(port))
    destination = destination.replace("reliable(yes)", f'reliable(yes) dir("{folder}")')
    (folder / "ng.conf").write_text(SYSLOG_NG.format(folder=folder, destination=destination))
    places = {"f": "ng.conf", "R": "ng.persist", "p": "ng.pid", "c": "ng.ctl"}
    words = [word for flag, name in places.items() for word in (f"-{flag}", str(folder / name))]
    return Sending(folder, port, ["syslog-ng", "-F", "--no-caps", *words], "syslog_tcp", "")


@pytest.mark.parametrize(
    ("sending_of", "lost"),
    [
        pytest.param(of_tcp, 0, marks=needs("rsyslogd"), id="rsyslog, TCP"),
        # Over TLS what lies in the buffers of the connection that broke is nobody's any more: 1 to
        # 4 messages in the runs that were seen.
        pytest.param(of_tls, 20, marks=needs("rsyslogd"), id="rsyslog, TLS"),
        pytest.param(of_syslog_ng, 0, marks=needs("syslog-ng"), id="syslog-ng, TCP"),
    ],
)
def test_what_is_logged_while_the_agent_is_killed_comes_from_the_sender_s_queue(
    sending_of: Callable[[Path], Sending], lost: int, tmp_path: Path
) -> None:
    sending = sending_of(tmp_path)
    with sending.running():
        sending.log(200)
        sending.await_all()
        sending.agent.end(signal.SIGKILL)
        sending.log(200)
        sending.agent.start()
        sending.log(200)
        sending.await_all(but=lost)
        sending.assert_all_came(but=lost)


@needs("rsyslogd")
@pytest.mark.parametrize(
    "template",
    ["RSYSLOG_TraditionalForwardFormat", "RSYSLOG_SyslogProtocol23Format"],
    ids=["RFC 3164", "RFC 5424"],
)
def test_what_rsyslog_sends_in_datagrams_is_read(template: str, tmp_path: Path) -> None:
    port = free_port()
    target = f'target="127.0.0.1" port="{port}" protocol="udp"'
    action = f'action(type="omfwd" {target} template="{template}")'
    sending = rsyslog(tmp_path, action, port, kind="syslog_udp", more='time_zone: "+00:00"')
    with sending.running():
        sending.log(50)
        sending.await_all()
        sending.assert_all_came()
