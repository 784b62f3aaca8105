"""`fenghuo config show`, and secrets that stand in files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.kafka.access import password_of
from pipeline.kafka.faults import AccessFault
from pipeline.kafka.secrets import SecretFault, secret_of
from pipeline.worker.settings import SettingsFault, WorkerSettings, read_settings

BROKER = {"FENGHUO_KAFKA_BOOTSTRAP": "h:1"}


def show(environment: dict[str, str], *options: str) -> tuple[int, str, str]:
    told = CliRunner().invoke(main, ["config", "show", *options], env=environment)
    return told.exit_code, told.stdout, told.stderr


def shown(environment: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Value and origin by variable."""
    _, out, _ = show(environment, "--json")
    settings = [json.loads(line) for line in out.splitlines()]
    return {each["variable"]: (each["value"], each["origin"]) for each in settings}


def test_every_setting_is_shown_with_its_origin() -> None:
    told = shown(BROKER | {"FENGHUO_GROUP": "night"})
    named = {f"FENGHUO_{name.upper()}" for name in WorkerSettings.model_fields}
    assert told.keys() == named | {"FENGHUO_CLICKHOUSE"}
    assert told["FENGHUO_GROUP"] == ("night", "environment")
    assert told["FENGHUO_HEALTH_PORT"] == ("8080", "default")
    assert told["FENGHUO_REGISTRY"] == ("(not set)", "default")


def test_no_secret_is_shown_wherever_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "clickhouse"
    file.write_text("clickhouses://worker:hush-2@store:9440?cluster=hush-3\n")
    environment = BROKER | {
        "FENGHUO_KAFKA_USER": "u",
        "FENGHUO_KAFKA_PASSWORD": "hush-1",
        "FENGHUO_CLICKHOUSE_FILE": str(file),
    }
    code, out, err = show(environment)
    assert code == 0, err
    assert "hush" not in out + err
    told = shown(environment)
    assert told["FENGHUO_KAFKA_PASSWORD"] == ("(hidden)", "environment")
    assert told["FENGHUO_CLICKHOUSE"] == ("clickhouses://worker:(hidden)@store:9440", "file")


@pytest.mark.parametrize("address", ["hush-1", "clickhouse://u:hush-1", "clickhouse://[hush-1"])
def test_an_address_that_is_none_is_not_shown_for_it_may_hold_a_password(address: str) -> None:
    assert "hush-1" not in show(BROKER | {"FENGHUO_CLICKHOUSE": address})[1]


def test_what_a_worker_would_refuse_is_named_and_the_exit_code_is_1() -> None:
    code, out, err = show({"FENGHUO_HEALT_PORT": "1"})
    assert code == 1
    assert "FENGHUO_KAFKA_BOOTSTRAP=(not set)" in out
    assert "FENGHUO_KAFKA_BOOTSTRAP: not set" in err
    assert "did you mean FENGHUO_HEALTH_PORT?" in err


def test_a_secret_is_the_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(b" pass word \r\n")
    environment = {"FENGHUO_KAFKA_PASSWORD_FILE": str(file)}
    assert password_of(environment) == " pass word "
    assert password_of({"FENGHUO_KAFKA_PASSWORD": "plain"}) == "plain"
    assert secret_of("FENGHUO_KAFKA_PASSWORD", {}) is None


def test_a_secret_that_cannot_be_had_is_a_fault_with_cause_and_remedy(tmp_path: Path) -> None:
    away = {"A_FILE": str(tmp_path / "none")}
    with pytest.raises(SecretFault, match=r"A_FILE: .*none: No such file .*; name a file"):
        secret_of("A", away)
    with pytest.raises(SecretFault, match="both set: keep one"):
        secret_of("A", away | {"A": "x"})
    (tmp_path / "none").write_bytes(b"\xff")
    with pytest.raises(SecretFault, match="no UTF-8"):
        secret_of("A", away)
    with pytest.raises(AccessFault, match="FENGHUO_KAFKA_PASSWORD_FILE"):
        password_of({"FENGHUO_KAFKA_PASSWORD_FILE": str(tmp_path)})


def test_a_worker_reads_its_password_from_a_file_or_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    monkeypatch.setenv("FENGHUO_KAFKA_PASSWORD_FILE", str(file))
    given = {"kafka_bootstrap": "h:1", "kafka_user": "u"}
    with pytest.raises(SettingsFault, match="No such file"):
        read_settings(**given)
    file.write_text("secret\n")
    assert read_settings(**given).kafka().password == "secret"


def test_a_store_reads_its_address_from_a_file_or_says_why_not(tmp_path: Path) -> None:
    environment = {"FENGHUO_CLICKHOUSE_FILE": str(tmp_path / "none")}
    told = CliRunner().invoke(main, ["sql", "SELECT 1"], env=environment)
    assert told.exit_code == 1
    assert "FENGHUO_CLICKHOUSE_FILE" in told.output
    assert "name a file that holds the secret alone" in told.output
