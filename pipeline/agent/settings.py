"""The agent's settings: one YAML file, checked as a whole; every fault with its place.

Relative paths are of the settings file's folder. The password of Kafka's user comes from the
environment (`FENGHUO_KAFKA_PASSWORD`), as everywhere.
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipeline.agent.framing import Framing
from pipeline.intake.formats.table import AUTO, FORMAT_NAMES
from pipeline.kafka.access import KafkaAccess, password_of
from pipeline.kafka.faults import AccessFault
from schemas.ids import NAME_RULE, is_name
from schemas.time_zones import is_zone
from schemas.topics import DEFAULT_PREFIX

LEAST_SPOOL_BYTES = 64_000_000
"""Eight segments, each larger than the largest batch by far."""


class SettingsFault(ValueError):
    """Settings that cannot be used: every fault on a line of its own, with its place."""


def _beside(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


def _file(path: Path, info: ValidationInfo) -> Path:
    found = _beside(path, info)
    if not found.is_file():
        raise ValueError(f"no such file: {found}")
    return found


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"no name: {NAME_RULE}")
    return text


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and port.isdecimal() and 0 <= int(port) < 65536):
        raise ValueError("no address: write host:port, as 127.0.0.1:5514 or [::]:5514")
    return host, int(port)


OurPath: TypeAlias = Annotated[Path, AfterValidator(_beside)]
ExistingFile: TypeAlias = Annotated[Path, AfterValidator(_file)]
Name: TypeAlias = Annotated[str, AfterValidator(_name)]
Listen: TypeAlias = Annotated[str, AfterValidator(lambda text: _address(text) and text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tls(_Part):
    """A listener's certificate; with `client_ca`, senders must have one of that authority."""

    certificate: ExistingFile
    key: ExistingFile
    client_ca: ExistingFile | None = None


class _Input(_Part):
    name: str = Field(
        default="", pattern=r"^([A-Za-z][A-Za-z0-9_-]{0,63})?$", description="default: its kind"
    )
    format: str = AUTO
    time_zone: str = ""
    drill: str = ""

    @field_validator("format")
    @classmethod
    def _is_format(cls, value: str) -> str:
        if value not in FORMAT_NAMES:
            raise ValueError(f"no format {value!r}: one of {', '.join(sorted(FORMAT_NAMES))}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value and not is_zone(value):
            raise ValueError(f"no time zone {value!r}: write it as Asia/Shanghai or +08:00")
        return value


class _Listener(_Input):
    listen: Listen

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return _address(self.listen)


class SyslogUdp(_Listener):
    """Each datagram is a message (RFC 5426)."""

    kind: Literal["syslog_udp"]


class SyslogTcp(_Listener):
    """A stream of messages (RFC 6587), over TLS where there is a certificate (RFC 5425)."""

    kind: Literal["syslog_tcp"]
    framing: Framing = "auto"
    tls: Tls | None = None


class Http(_Listener):
    """NDJSON, arrays, Elasticsearch's bulk, Splunk's collector; `token_file` holds what senders
    must present, as a bearer, Splunk token, API key or password."""

    kind: Literal["http"]
    tls: Tls | None = None
    token_file: ExistingFile | None = None

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        is_local = self.address[0] == "localhost" or _is_loopback(self.address[0])
        if not (is_local or self.token_file or (self.tls and self.tls.client_ca)):
            raise ValueError("beyond loopback, name a token_file or tls.client_ca: else anybody "
                             "who reaches the port speaks in your enterprise's name")  # fmt: skip
        return self


class Files(_Input):
    """Files that grow; patterns as of a shell, `**` for folders."""

    kind: Literal["files"]
    paths: tuple[OurPath, ...] = Field(min_length=1)
    start: Literal["beginning", "end"] = Field(
        default="beginning",
        description="of files that are there when the agent first sees the pattern",
    )


class Stdin(_Input):
    """Standard input; where it is the only input, the agent ends when it does."""

    kind: Literal["stdin"]


Input: TypeAlias = SyslogUdp | SyslogTcp | Http | Files | Stdin


class Kafka(_Part):
    """Where batches go; the password comes from the environment."""

    bootstrap: str
    user: str = ""
    ca: ExistingFile | None = None
    topic_prefix: Name = DEFAULT_PREFIX

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        try:
            self.access()
        except AccessFault as fault:
            raise ValueError(str(fault)) from fault
        return self

    def access(self) -> KafkaAccess:
        """How Kafka is reached."""
        return KafkaAccess(self.bootstrap, self.user, password_of() if self.user else "", self.ca)


class AgentSettings(_Part):
    """What an agent must know. Sizes in bytes, times in seconds."""

    enterprise: Name
    key: ExistingFile
    key_id: Name
    kafka: Kafka
    folder: OurPath = Field(description="of the spools; on a disk that outlives the process")
    spool_bytes: int = Field(
        default=1_000_000_000, ge=LEAST_SPOOL_BYTES, description="of each input"
    )
    batch_lines: int = Field(default=200, ge=1, le=5_000)
    batch_seconds: float = Field(default=1.0, gt=0, le=60)
    status: Listen = "127.0.0.1:8090"
    inputs: tuple[Annotated[Input, Field(discriminator="kind")], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [name_of(each) for each in self.inputs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"inputs: several are called {', '.join(twice)}; give each a name")
        return self

    @property
    def status_address(self) -> tuple[str, int]:
        """Host and port of health, metrics and status."""
        return _address(self.status)


def name_of(each: Input) -> str:
    """The input's name: of its spool, and in metrics."""
    return each.name or each.kind


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_agent_settings(path: Path) -> AgentSettings:
    """The settings of a YAML file; raises SettingsFault with all faults."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{path}: {fault}") from fault
    try:
        return AgentSettings.model_validate(content, context={"folder": path.parent})
    except ValidationError as faults:
        said = [_say(each) for each in faults.errors()]
        raise SettingsFault("\n".join(f"{path}: {each}" for each in said)) from None


_CAUSES = {"missing": "not set", "extra_forbidden": "no such setting"}
"""Kinds of pydantic's faults whose own words speak of programs."""


def _say(fault: Any) -> str:
    kinds = {"syslog_udp", "syslog_tcp", "http", "files", "stdin"}
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in fault["loc"]
        if part not in kinds
    )
    cause = _CAUSES.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    return f"{place.removeprefix('.')}: {cause}" if place else cause
