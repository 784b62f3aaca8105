"""`fenghuo keys sign`, and the options of commands that sign what they write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.cli.terminal import say
from pipeline.files.signed_files import sign_place, signature_of
from schemas.ids import NAME_RULE, is_name

Command = TypeVar("Command", bound=Callable[..., Any])


def signing_options(command: Command) -> Command:
    """`--sign-key` and `--sign-key-id`, both or none; `sign_written` takes them."""
    for option in (
        click.option(
            "--sign-key-id",
            envvar="FENGHUO_SIGN_KEY_ID",
            default="",
            help="What the workers' file of signers calls it.",
        ),
        click.option(
            "--sign-key",
            envvar="FENGHUO_SIGN_KEY",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            help="Sign what is written with this private key (PEM), into FILE.sig.",
        ),
    ):
        command = option(command)
    return command


def sign_written(place: Path, key: Path | None, key_id: str) -> None:
    """Sign a file that was just written, where a key is named; or say that its signature is old."""
    if key is not None:
        _sign(place, key, key_id)
    elif signature_of(place).exists():
        say(f"{signature_of(place)} is of what {place} was: sign it again", err=True)


def require_both(key: Path | None, key_id: str) -> None:
    """Before anything is written: raises UsageError for half of the options."""
    if key is not None:
        read_private_key(key)
    if (key is not None) != is_name(key_id):
        raise click.UsageError(
            f"--sign-key and --sign-key-id belong together; the id is {NAME_RULE}"
        )


@click.command("sign")
@click.argument("places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@signing_options
def sign_command(places: Sequence[Path], sign_key: Path | None, sign_key_id: str) -> None:
    """Sign registry, policy or folders of rules, as they are now, for workers that ask for it.

    The signature stands beside each PLACE, in PLACE.sig. Workers with FENGHUO_SIGNERS take nothing
    that no key of that file has signed.
    """
    if sign_key is None:
        raise click.UsageError("name the private key: --sign-key, or FENGHUO_SIGN_KEY")
    require_both(sign_key, sign_key_id)
    for place in places:
        _sign(place, sign_key, sign_key_id)
        say(str(signature_of(place)))


def _sign(place: Path, key: Path, key_id: str) -> None:
    try:
        sign_place(place, read_private_key(key), key_id)
    except OSError as fault:
        raise click.ClickException(f"{place}: {fault.strerror}; nothing was signed") from fault


def read_private_key(file: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file; raises ClickException for anything but Ed25519."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as fault:
        raise click.ClickException(f"{file}: {fault.strerror}") from fault
    except TypeError as fault:
        problem = f"{file}: a private key with a passphrase; name one without"
        raise click.ClickException(problem) from fault
    except ValueError as fault:
        problem = f"{file}: not a private key (PEM); make one with `fenghuo keys new`"
        raise click.ClickException(problem) from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException(f"{file}: not an Ed25519 key; make one with `fenghuo keys new`")
    return key
