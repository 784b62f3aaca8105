"""Every fault of a settings file is named with its place, all at once."""

from pathlib import Path

import pytest

from pipeline.agent.settings import AgentSettings, SettingsFault, read_agent_settings

GOOD = """
enterprise: E00001
key: publish.pem
key_id: "2026"
folder: spool
kafka: {bootstrap: "127.0.0.1:9092"}
inputs:
  - {kind: syslog_udp, listen: "127.0.0.1:5514"}
  - {kind: files, paths: [logs/*.log], format: web_access, time_zone: Asia/Shanghai}
"""


def read(folder: Path, text: str) -> AgentSettings:
    (folder / "publish.pem").touch()
    (folder / "agent.yaml").write_text(text)
    return read_agent_settings(folder / "agent.yaml")


def test_paths_are_of_the_files_folder(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD)
    assert settings.folder == tmp_path / "spool"
    assert settings.key == tmp_path / "publish.pem"
    assert settings.inputs[1].paths == (tmp_path / "logs/*.log",)  # type: ignore[union-attr]


FAULTS = {
    "kind: syslog_udp": ("kind: syslog", "inputs[0]", "'syslog'"),
    "127.0.0.1:5514": ("5514", "inputs[0].listen", "write host:port"),
    "format: web_access": ("format: apache", "inputs[1].format", "'apache'"),
    "Asia/Shanghai": ("Beijing", "inputs[1].time_zone", "'Beijing'"),
    "paths:": ("path:", "inputs[1].path", "no such setting"),
    "publish.pem": ("other.pem", "key", "no such file"),
    "enterprise: E00001": ("enterprise: a b", "enterprise", "letters, digits"),
    '"127.0.0.1:9092"': ("nowhere", "kafka", "host:port"),
    "folder: spool": ("folder: spool\nspool_bytes: 1", "spool_bytes", "64000000"),
    "kind: files": ("name: syslog_udp, kind: files", "inputs", "give each a name"),
    "key_id:": ("keyid:", "key_id", "not set"),
}


@pytest.mark.parametrize("good", FAULTS)
def test_a_fault_names_its_place(good: str, tmp_path: Path) -> None:
    bad, place, words = FAULTS[good]
    with pytest.raises(SettingsFault) as fault:
        read(tmp_path, GOOD.replace(good, bad))
    assert any(place in line and words in line for line in str(fault.value).splitlines())


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("127.0.0.1:5514", "x").replace("web_access", "x").replace("key_id", "kid")
    with pytest.raises(SettingsFault) as fault:
        read(tmp_path, text)
    assert len(str(fault.value).splitlines()) >= 4


@pytest.mark.parametrize("text", ["", "[]", "a: [", "\0"])
def test_what_is_no_settings_file_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"agent\.yaml"):
        read(tmp_path, text)


@pytest.mark.parametrize("address", ["0.0.0.0:8080", "10.0.0.1:8080", "[::]:8080"])
def test_http_beyond_loopback_needs_proof_of_the_sender(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="token_file"):
        read(tmp_path, GOOD + f'  - {{kind: http, listen: "{address}"}}\n')
    (tmp_path / "token").write_text("s3cret")
    read(tmp_path, GOOD + f'  - {{kind: http, listen: "{address}", token_file: token}}\n')
