"""`fenghuo access`: who may do what on the broker, and their SCRAM logins (shell).

Called as the broker's administrator. Granting again changes nothing; `pipeline/kafka/rights.py`
has the table of roles.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from pipeline.cli.engines import load_registry
from pipeline.cli.kafka_options import (
    KafkaOptions,
    group_option,
    kafka_options,
    prefix_option,
)
from pipeline.cli.options import FILE
from pipeline.cli.terminal import say
from pipeline.cli.topics import topics_made
from pipeline.kafka.clients import open_admin
from pipeline.kafka.rights import Right, Role, rights_of
from pipeline.kafka.topics import plan_receipts

ITERATIONS = 8_192
"""Of SCRAM-SHA-512: twice what Kafka takes at least."""
BROKERS_OWN = -1
"""Replication as the broker has it by default."""
AT_ONCE = 1_000
"""Users in one request."""


@click.group("access")
def access_group() -> None:
    """Rights and logins of Kafka users."""


_users = click.argument("users", nargs=-1)
_role = click.option("--role", type=click.Choice(get_args(Role)), required=True)


@access_group.command("grant")
@_users
@_role
@click.option(
    "--registry",
    type=FILE,
    default=None,
    help="Every enterprise of this file is a user, by its id.",
)
@click.option("--login", is_flag=True, help="Give each a new password, printed as JSON lines.")
@kafka_options()
@prefix_option
@group_option
def grant_command(
    users: tuple[str, ...],
    role: Role,
    registry: Path | None,
    login: bool,
    kafka: KafkaOptions,
    prefix: str,
    group: str,
) -> None:
    """Let USERS do what their role needs, and nothing else.

    A user of the role `enterprise` is called by the enterprise's id, and reads its receipts alone:
    their topic is made where it is missing.
    """
    everybody = _everybody(users, registry)
    rights = {user: rights_of(role, prefix, group, user) for user in everybody}
    access = kafka.access()
    if role == "enterprise":
        topics_made(access, plan_receipts(prefix, everybody), BROKERS_OWN)
    admin = open_admin(access)
    try:
        for some in _portions(everybody):
            _grant(admin, {user: rights[user] for user in some})
            if login:
                _give_passwords(admin, some)
    finally:
        admin.close()
    said = ", ".join(map(str, rights[everybody[0]]))
    others = f" (of {everybody[0]})" if len(everybody) > 1 and role == "enterprise" else ""
    say(f"{len(everybody)} users: {said}{others}", err=True)


@access_group.command("revoke")
@_users
@_role
@click.option("--login", is_flag=True, help="Delete their logins too.")
@kafka_options()
@prefix_option
@group_option
def revoke_command(
    users: tuple[str, ...], role: Role, login: bool, kafka: KafkaOptions, prefix: str, group: str
) -> None:
    """Take a role's rights from USERS; open connections lose them at once."""
    everybody = _everybody(users, None)
    admin = open_admin(kafka.access())
    try:
        for some in _portions(everybody):
            _revoke(admin, {user: rights_of(role, prefix, group, user) for user in some})
            if login:
                _delete_logins(admin, some)
    finally:
        admin.close()
    say(f"{len(everybody)} users are no {role} any more", err=True)


def _everybody(users: tuple[str, ...], registry: Path | None) -> list[str]:
    """The users named, and the registry's; a ClickException for a name that Kafka cannot have."""
    enterprises = () if registry is None else load_registry(registry)
    everybody = list(dict.fromkeys([*users, *enterprises]))
    if not everybody:
        raise click.UsageError("name users, or a --registry")
    for user in everybody:
        if not user.strip() or user == "*":
            raise click.BadParameter(f"{user!r} is no user's name", param_hint="USERS")
    return everybody


def _portions(users: list[str]) -> Iterator[list[str]]:
    remaining = iter(users)
    while some := list(islice(remaining, AT_ONCE)):
        yield some


def _grant(admin: Any, rights: Mapping[str, Sequence[Right]]) -> None:
    from kafka.admin import ACL

    _raise_first(admin.create_acls(_allowing(ACL, rights))["failed"])


def _revoke(admin: Any, rights: Mapping[str, Sequence[Right]]) -> None:
    from kafka.admin import ACLFilter

    answers = admin.delete_acls(_allowing(ACLFilter, rights))
    _raise_first(error for _, _, error in answers)


def _allowing(make: Callable[..., Any], rights: Mapping[str, Sequence[Right]]) -> list[Any]:
    """For each user and right, the rule that allows it, or the filter that finds that rule."""
    from kafka.admin import ACLOperation, ACLPermissionType

    return [
        make(
            principal=f"User:{user}",
            host="*",
            operation=ACLOperation[right.operation],
            permission_type=ACLPermissionType.ALLOW,
            resource_pattern=_pattern(right),
        )
        for user, theirs in rights.items()
        for right in theirs
    ]


def _pattern(right: Right) -> Any:
    from kafka.admin import ACLResourcePatternType, ResourcePattern, ResourceType

    matches = ACLResourcePatternType.PREFIXED if right.is_prefix else ACLResourcePatternType.LITERAL
    return ResourcePattern(ResourceType[right.resource.upper()], right.name, matches)


def _raise_first(errors: Iterable[type[Exception]]) -> None:
    """Kafka answers each change by an error class, NoError among them."""
    from kafka.errors import NoError

    for error in errors:
        if error is not NoError:
            raise error()


def _give_passwords(admin: Any, users: Iterable[str]) -> None:
    from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

    passwords = {user: secrets.token_urlsafe(24) for user in users}
    _alter_logins(
        admin,
        [
            UserScramCredentialUpsertion(
                user, ScramMechanism.SCRAM_SHA_512, password, iterations=ITERATIONS
            )
            for user, password in passwords.items()
        ],
    )
    for user, password in passwords.items():
        click.echo(msgspec.json.encode({"user": user, "password": password}).decode())


def _delete_logins(admin: Any, users: Iterable[str]) -> None:
    from kafka.admin import ScramMechanism, UserScramCredentialDeletion

    _alter_logins(
        admin, [UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512) for user in users]
    )


def _alter_logins(admin: Any, alterations: list[Any]) -> None:
    refused = {
        user: problem
        for user, problem in admin.alter_user_scram_credentials(alterations).items()
        if problem
    }
    if refused:
        said = "; ".join(f"{user}: {problem}" for user, problem in refused.items())
        raise click.ClickException(f"no login was changed for {said}")
