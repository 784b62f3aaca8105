"""`fenghuo keys`: the Ed25519 keys with which enterprises and registrars sign."""

import os
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from pipeline.cli.engines import refusals
from pipeline.cli.signing import require_both, sign_command, sign_written, signing_options
from pipeline.files.registry_file import read_registry_file
from pipeline.files.replacing import replace_file
from pipeline.files.signed_files import check_of_environment
from schemas.moments import datetime_of, format_moment, moment_of, parse_moment
from schemas.registry import Enterprise, PublishingKey


@click.group("keys")
def keys_group() -> None:
    """Keys: of what is published, and of registry, policy and rules."""


@keys_group.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_command(file: Path) -> None:
    """Make a private key in FILE (PEM, readable by you alone); print its public key.

    An existing FILE is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as fault:
        raise click.ClickException(f"{file} exists; name another file, or remove it") from fault
    except OSError as fault:
        raise click.ClickException(
            f"{file}: {fault.strerror}; name a place that you may write"
        ) from fault
    with os.fdopen(descriptor, "wb") as target:
        target.write(pem)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    click.echo(b64encode(public).decode())


@keys_group.command("register")
@click.argument("registry", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enterprise", "enterprise_id", required=True, help="Whose key it is.")
@click.option("--key-id", required=True, help="What batches will call it.")
@click.option("--public-key", required=True, help="As `fenghuo keys new` printed it.")
@click.option("--from", "valid_from", default="1970-01-01T00:00:00Z", help="RFC 3339.")
@click.option("--until", "valid_until", default=None, help="RFC 3339; open without it.")
@signing_options
def register_command(
    registry: Path,
    enterprise_id: str,
    key_id: str,
    public_key: str,
    valid_from: str,
    valid_until: str | None,
    sign_key: Path | None,
    sign_key_id: str,
) -> None:
    """Enter a public key into the REGISTRY file; an older key stays valid beside it."""
    require_both(sign_key, sign_key_id)
    enterprises = _sound(registry)
    enterprise = _of(enterprises, enterprise_id, registry)
    if any(key.key_id == key_id for key in enterprise.keys):
        raise click.ClickException(f"{enterprise_id} has a key {key_id!r}; choose another id")
    key = _publishing_key(key_id, public_key, valid_from, valid_until)
    _keep(registry, enterprises, enterprise, (*enterprise.keys, key))
    sign_written(registry, sign_key, sign_key_id)


@keys_group.command("end")
@click.argument("registry", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enterprise", "enterprise_id", required=True, help="Whose key it is.")
@click.option("--key-id", required=True, help="Which of its keys.")
@click.option("--at", "ends_at", default=None, help="RFC 3339; now without it.")
@signing_options
def end_command(
    registry: Path,
    enterprise_id: str,
    key_id: str,
    ends_at: str | None,
    sign_key: Path | None,
    sign_key_id: str,
) -> None:
    """Let a key sign nothing more from a moment on; what was received before stays valid."""
    require_both(sign_key, sign_key_id)
    enterprises = _sound(registry)
    enterprise = _of(enterprises, enterprise_id, registry)
    key = next((each for each in enterprise.keys if each.key_id == key_id), None)
    if key is None:
        known = ", ".join(each.key_id for each in enterprise.keys) or "none"
        raise click.ClickException(f"{enterprise_id} has no key {key_id!r}; it has: {known}")
    at = datetime.now(UTC).replace(microsecond=0) if ends_at is None else _time(ends_at)
    if at <= key.valid_from:
        raise click.BadParameter("--at is not after the key's beginning: it would never be valid")
    ended = msgspec.structs.replace(key, valid_until=at)
    keys = tuple(ended if each is key else each for each in enterprise.keys)
    _keep(registry, enterprises, enterprise, keys)
    sign_written(registry, sign_key, sign_key_id)
    end = moment_of(at)
    left = ", ".join(each.key_id for each in keys if each.is_valid_at(end)) or "no key"
    click.echo(f"{key_id} ends at {format_moment(end)}; valid then: {left}")


def _sound(registry: Path) -> dict[str, Enterprise]:
    """The rows of a registry file without a fault."""
    with refusals():
        parsed = read_registry_file(registry, check_of_environment())
    if parsed.faults:
        raise click.ClickException(f"{parsed.faults[0]} (mend it first)")
    return parsed.enterprises


def _of(enterprises: dict[str, Enterprise], enterprise_id: str, registry: Path) -> Enterprise:
    enterprise = enterprises.get(enterprise_id)
    if enterprise is None:
        raise click.ClickException(f"{registry}: no enterprise {enterprise_id!r}")
    return enterprise


def _keep(
    registry: Path,
    enterprises: dict[str, Enterprise],
    enterprise: Enterprise,
    keys: tuple[PublishingKey, ...],
) -> None:
    """Write the registry anew, with these keys of the enterprise."""
    enterprises[enterprise.enterprise_id] = msgspec.structs.replace(enterprise, keys=keys)
    rows = [msgspec.json.encode(row) for row in enterprises.values()]
    replace_file(registry, b"\n".join(rows) + b"\n")


def _publishing_key(
    key_id: str, public_key: str, valid_from: str, valid_until: str | None
) -> PublishingKey:
    try:
        is_key = len(b64decode(public_key, validate=True)) == 32
    except ValueError:
        is_key = False
    if not is_key:
        raise click.BadParameter(
            f"{public_key!r} is no public key; paste what `fenghuo keys new` printed"
        )
    begin, until = _time(valid_from), None if valid_until is None else _time(valid_until)
    if until is not None and until <= begin:
        raise click.BadParameter("--until is not after --from: the key would never be valid")
    return PublishingKey(key_id, public_key, begin, until)


def _time(text: str) -> datetime:
    try:
        return datetime_of(parse_moment(text))
    except ValueError as fault:
        raise click.BadParameter(f"{text!r} is not RFC 3339: 2026-01-31T08:00:00Z") from fault


keys_group.add_command(sign_command)
