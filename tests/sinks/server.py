"""A ClickHouse server of this test run: a folder, a free port, and the right to kill it."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

BINARY = "clickhouse-server"

_CONFIG = """<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>{port}</tcp_port>
  <timezone>UTC</timezone>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <mark_cache_size>67108864</mark_cache_size>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
</yandex>
"""
_USERS = """<yandex>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <users><default>
    <password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </default></users>
  <quotas><default></default></quotas>
</yandex>
"""


def binary() -> str | None:
    """Where the server's program is; Debian puts it into a folder that few have on their path."""
    return shutil.which(BINARY) or shutil.which(BINARY, path="/usr/sbin:/usr/local/sbin")


def require_server() -> None:
    """Skips the test without a server; fails it where one is required."""
    if binary() is None:
        reason = "no clickhouse-server: install Debian's package of that name"
        if os.environ.get("FENGHUO_REQUIRE_CLICKHOUSE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


class ServerProcess:
    """One server; `start` after `kill` comes back on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("data", "tmp"):
            (folder / name).mkdir()
        place = escape(str(folder))
        (folder / "config.xml").write_text(_CONFIG.format(port=self.port, folder=place))
        (folder / "users.xml").write_text(_USERS)

    @property
    def address(self) -> str:
        """For `ClickHouseSink`."""
        return f"clickhouse://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers; fails with the end of its log when it does not."""
        log = self._folder / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [binary() or BINARY, f"--config-file={self._folder}/config.xml"],
                stdout=output,
                stderr=output,
                cwd=self._folder,
            )
        deadline = time.monotonic() + 60
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: it finishes nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
