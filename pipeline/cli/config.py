"""`fenghuo config`: which settings are in force, and where each comes from."""

import os
import sys
from urllib.parse import urlsplit

import click
import msgspec
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pipeline.app.stores import ADDRESS_VARIABLE, DEFAULT_ADDRESS
from pipeline.cli.options import json_option
from pipeline.cli.terminal import say
from pipeline.kafka.secrets import SUFFIX, SecretFault, secret_of
from pipeline.worker.environment import PREFIX
from pipeline.worker.settings import SettingsFault, WorkerSettings, read_settings

HIDDEN = "(hidden)"
UNSET = "(not set)"


class Setting(msgspec.Struct, frozen=True):
    """One setting as it is shown: `origin` is environment, file or default."""

    variable: str
    value: str
    origin: str
    meaning: str


@click.group(name="config")
def config_group() -> None:
    """The settings in force."""


@config_group.command("show")
@json_option("One JSON object a setting on stdout.")
def show_command(as_json: bool) -> None:
    """Every setting of a worker here, its value and where it comes from; secrets are hidden.

    Exit 1 where a worker would refuse them: every fault is named, as the worker would.
    """
    for setting in settings_here():
        if as_json:
            click.echo(msgspec.json.encode(setting))
        else:
            click.echo(f"{setting.variable}={setting.value}  # {setting.origin}: {setting.meaning}")
    try:
        read_settings()
    except SettingsFault as faults:
        say(str(faults), err=True)
        sys.exit(1)


def settings_here() -> list[Setting]:
    """Those of the worker, then the store's address; values are what the environment says."""
    worker = [_setting(name, field) for name, field in WorkerSettings.model_fields.items()]
    address = Setting(
        ADDRESS_VARIABLE, _address(), _origin(ADDRESS_VARIABLE), "ClickHouse's address"
    )
    return [*worker, address]


def _setting(name: str, field: FieldInfo) -> Setting:
    variable = f"{PREFIX}{name.upper()}"
    origin = _origin(variable)
    given = os.environ.get(variable, "")
    if isinstance(field.get_default(), SecretStr):
        value = HIDDEN if given or origin == "file" else UNSET
    else:
        value = given if origin == "environment" else _default(field)
    return Setting(variable, value, origin, field.description or "")


def _default(field: FieldInfo) -> str:
    default = None if field.is_required() else field.get_default()
    return UNSET if default in (None, (), "") else str(default)


def _origin(variable: str) -> str:
    if os.environ.get(variable + SUFFIX):
        return "file"
    return "environment" if variable in os.environ else "default"


def _address() -> str:
    """Without its password; what is no address is not shown at all, as it may hold one."""
    try:
        address = urlsplit(secret_of(ADDRESS_VARIABLE) or DEFAULT_ADDRESS)
        port = f":{address.port}" if address.port else ""
    except SecretFault as fault:
        return f"({fault})"
    except ValueError:
        return HIDDEN
    if not address.scheme or not address.hostname:
        return HIDDEN
    user = f"{address.username}:{HIDDEN}@" if address.password else ""
    return f"{address.scheme}://{user}{address.hostname}{port}{address.path}"
