"""The worker's settings: from the environment (`FENGHUO_…`), checked all at once at the start."""

import os
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.app.registry_reload import confirmation_of
from pipeline.app.traces import check_destination
from pipeline.files.signed_files import signature_places
from pipeline.kafka.access import KafkaAccess, password_of
from pipeline.kafka.faults import AccessFault
from pipeline.worker.environment import unknown_variables
from schemas.topics import DEFAULT_PREFIX


class SettingsFault(ValueError):
    """Settings that cannot be used: every fault on a line of its own, with the variable's name."""


class WorkerSettings(BaseSettings):
    """What a worker must know. Times in seconds, sizes in bytes, lists separated by `:`."""

    model_config = SettingsConfigDict(env_prefix="FENGHUO_", extra="ignore", frozen=True)

    kafka_bootstrap: str = Field(min_length=1, description="Kafka brokers, separated by commas")
    group: str = Field("fenghuo", min_length=1, description="consumer group, and table prefix")
    topic_prefix: str = Field(DEFAULT_PREFIX, min_length=1, description="prefix of all topics")
    kafka_user: str = Field("", description="SASL/SCRAM-SHA-512 user; empty: no SASL")
    kafka_password: SecretStr = Field(SecretStr(""), description="its password")
    kafka_ca: Path | None = Field(None, description="CA certificate; sets TLS")

    store: Path | None = Field(None, description="folder of an embedded store; none: ClickHouse")
    database: str = Field("fenghuo", min_length=1, description="database in either")
    rules: Annotated[tuple[Path, ...], NoDecode] = Field((), description="folders of rules")
    registry: Path | None = Field(None, description="registry of enterprises")
    policy: Path | None = Field(None, description="policy file; none: the defaults")
    signers: Path | None = Field(
        None, description="public keys, one of which must have signed registry, policy and rules"
    )

    health_host: str = Field("127.0.0.1", description="where health and metrics listen")
    health_port: int = Field(8080, ge=0, le=65535, description="0 takes a free port")

    traces: str = Field(
        "", description="where traces go: a collector of OTLP (http://host:4318), or a file"
    )

    processes: int = Field(
        1, ge=0, description="workers of this command; auto: one a core, at most one a partition"
    )

    session_timeout_s: float = Field(6.0, gt=0, description="a silent worker is given up after")
    heartbeat_s: float = Field(1.0, gt=0, description="the group is told so often")
    rebalance_timeout_s: float = Field(60.0, gt=0, description="a step must end well inside it")
    step_records: int = Field(200, ge=1, description="records a step takes at most")
    engine_attempts: int = Field(3, ge=1, description="then a record is dead-lettered")
    rules_poll_s: float = Field(10.0, gt=0, description="how often changed rules are looked for")
    revival_s: float = Field(20.0, gt=0, description="each log's end and id are looked at so often")
    timers_s: float = Field(60.0, gt=0, description="each state's timers are looked at so often")

    @field_validator("rules", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value

    @field_validator("processes", mode="before")
    @classmethod
    def _count(cls, value: object) -> object:
        if isinstance(value, str) and value != "auto" and not value.isdecimal():
            raise ValueError("a number of processes, or auto")
        return 0 if value == "auto" else value

    @field_validator("traces")
    @classmethod
    def _reach(cls, value: str) -> str:
        if value:
            check_destination(value)
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.heartbeat_s * 3 > self.session_timeout_s:
            raise ValueError("heartbeat_s: at most a third of session_timeout_s")
        if self.store is not None and self.processes != 1:
            raise ValueError("processes: an embedded store has one worker; name none, or 1 process")
        missing = [str(path) for path in self._paths() if not path.exists()]
        if missing:
            raise ValueError(f"no such file or folder: {', '.join(missing)}")
        files = (self.registry, self.policy, self.kafka_ca, self.signers)
        odd = [str(path) for path in files if path is not None and not path.is_file()]
        if odd:  # a pipe would be waited for, for ever
            raise ValueError(f"no regular file: {', '.join(odd)}")
        try:
            self.kafka()
        except AccessFault as fault:
            raise ValueError(str(fault)) from fault
        return self

    def kafka(self) -> KafkaAccess:
        """How Kafka is reached."""
        password = self.kafka_password.get_secret_value()
        return KafkaAccess(self.kafka_bootstrap, self.kafka_user, password, self.kafka_ca)

    def engine_files(self) -> tuple[Path, ...]:
        """What the engine is made of: rules, registry, policy, those that are named."""
        return (*self.rules, *(path for path in (self.registry, self.policy) if path is not None))

    def watched_files(self) -> tuple[Path, ...]:
        """Where a change may mean another engine: its files, the registry's confirmation, and
        who signed what."""
        files = self.engine_files()
        confirmed = () if self.registry is None else (confirmation_of(self.registry),)
        if self.signers is None:
            return (*files, *confirmed)
        signed = (*(each for file in files for each in signature_places(file)), self.signers)
        return (*files, *confirmed, *signed)

    def _paths(self) -> tuple[Path, ...]:
        others = (path for path in (self.kafka_ca, self.signers) if path is not None)
        return (*self.engine_files(), *others)


def read_settings(**given: object) -> WorkerSettings:
    """From the environment, `given` first; raises SettingsFault with all faults, variables of
    ours that nothing reads among them."""
    unknown = [*unknown_variables(os.environ, WorkerSettings.model_fields)]
    chosen: dict[str, Any] = {name: each for name, each in given.items() if each is not None}
    try:
        chosen.setdefault("kafka_password", password_of())
    except AccessFault as fault:
        unknown.insert(0, str(fault))
    try:
        settings = WorkerSettings(**chosen)
    except ValidationError as faults:
        raise SettingsFault("\n".join([*map(_say, faults.errors()), *unknown])) from None
    if unknown:
        raise SettingsFault("\n".join(unknown))
    return settings


def _say(fault: object) -> str:
    assert isinstance(fault, dict)
    place = "".join(f"FENGHUO_{str(part).upper()}: " for part in fault["loc"][:1])
    is_missing = fault["type"] == "missing"
    cause = "not set" if is_missing else str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}{cause}"
