"""Whom to tell what: the file of channels, every fault with its remedy."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from schemas.assessment import TIERS, Tier
from schemas.language import Language

Kind: TypeAlias = Literal["webhook", "dingtalk", "wecom", "mail"]
Subject: TypeAlias = Literal["opened", "tier", "due_soon", "late"]
SUBJECTS: tuple[Subject, ...] = ("opened", "tier", "due_soon", "late")


class NoticesFault(ValueError):
    """A file of channels that cannot be used: place, cause and remedy."""


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One receiver. `tells` are the subjects, `tier` the least grave tier that is told.

    `url` belongs to the hooks, `secret_file` holds what signs them (DingTalk's 加签, a webhook's
    HMAC). `smtp` is host:port; `security` of mail is starttls, tls, or none within a machine.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    kind: Kind
    language: Language = "zh"
    tells: tuple[Subject, ...] = SUBJECTS
    tier: Tier | Literal[""] = ""
    provinces: tuple[str, ...] = ()
    url: str = ""
    secret_file: Path | None = None
    smtp: str = ""
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: Path | None = None
    sender: str = ""
    to: tuple[str, ...] = ()

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers that are told; "" (none yet) among them where no least tier is named."""
        return TIERS[: TIERS.index(self.tier) + 1] if self.tier else (*TIERS, "")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    channels: tuple[Channel, ...]


def read_channels(file: Path) -> tuple[Channel, ...]:
    """The channels of a YAML or JSON file; raises NoticesFault."""
    try:
        channels = msgspec.yaml.decode(file.read_bytes(), type=_File, dec_hook=_decoded).channels
    except OSError as fault:
        raise NoticesFault(f"{file}: {fault.strerror}; name a file of channels") from fault
    except ValueError as fault:  # msgspec's faults are of this kind
        raise NoticesFault(f"{file}: {fault}; see docs/operations.md, Notices") from fault
    faults = [f"{file}: channel {each.name}: {problem}" for each in channels
              for problem in _problems(each)]  # fmt: skip
    if len({each.name for each in channels}) < len(channels):
        faults.append(f"{file}: two channels have one name; rename one")
    if faults or not channels:
        raise NoticesFault("\n".join(faults) or f"{file}: no channel; add one to `channels`")
    return channels


def secret(path: Path | None) -> str:
    """What a file holds, without the line end; "" where none is named. Raises NoticesFault."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise NoticesFault(f"{path}: {fault}; name a file that holds the secret alone") from fault


def _problems(channel: Channel) -> list[str]:
    if channel.kind == "mail":
        needs = {"smtp": channel.smtp, "sender": channel.sender, "to": channel.to}
        return [f"mail needs `{name}`" for name, value in needs.items() if not value]
    if not channel.url.startswith(("https://", "http://")):
        return [f"`url` is {channel.url!r}; give one that begins with https:// or http://"]
    return []


def _decoded(of: type, value: Any) -> Any:
    if of is Path or Path in getattr(of, "__args__", ()):
        return Path(value)
    raise NotImplementedError
