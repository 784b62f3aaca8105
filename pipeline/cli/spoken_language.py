"""The language that a person reads: what `--lang` says, else FENGHUO_LANG, else the locale (shell).

It is made known as gettext knows languages, by LANGUAGE: click's own texts follow it as well.
"""

import gettext
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import click

from schemas.language import LANGUAGES, Language

DOMAIN: Final = "fenghuo"
LOCALES: Final = Path(__file__).with_name("locale")
NAMED_BY: Final = ("FENGHUO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Variables, the first that is set decides: ours, then as POSIX orders them."""


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Chinese where a locale of Chinese is named; English in every other, C among them."""
    named = [value for option, value in pairwise(arguments) if option == "--lang"]
    named += [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    for variable in NAMED_BY:
        named += [environment[variable]] if environment.get(variable) else []
    return "zh" if named and named[0].lower().startswith("zh") else "en"


def speak(language: Language) -> None:
    """Say everything from now on in this language."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, LOCALES)
    gettext.textdomain(DOMAIN)


def spoken_language() -> Language:
    """The language of this call; for a command that is called without the others, the locale's."""
    context = click.get_current_context(silent=True)
    told: Language | None = context.meta.get(DOMAIN) if context else None
    return told or language_of((), os.environ)


LANGUAGE: Final = click.Option(
    ["--lang"],
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help="Language of help, faults and tables. Default: FENGHUO_LANG, else the locale's.",
)
"""Of every command that has no `--lang` of its own."""

lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=spoken_language,
    help="Language of what is shown. Default: FENGHUO_LANG, else the locale's.",
)
