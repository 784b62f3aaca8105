"""Help and faults in the language spoken, by one catalogue: locale/zh/LC_MESSAGES/fenghuo.po.

Rule 1. A text is written in English where it belongs, and is its own key: a catalogue that lacks
        it shows it in English, and nothing is lost.
Rule 2. Help is translated when a command is loaded, in a copy: the command itself stays.
Rule 3. A fault is an English sentence until it reaches a person; layers below know no language.
        The catalogue has its template (context `fault`), `{}` for each thing that it names.
"""

import copy
import gettext
import inspect
import re
from functools import cached_property
from typing import Final

import click

from pipeline.cli.spoken_language import DOMAIN, LOCALES
from pipeline.cli.wide_help import WideContext

FAULT: Final = "fault\x04"
"""How a catalogue's keys begin that have the context `fault` (gettext's separator)."""


def command_in_language(command: click.Command) -> click.Command:
    """The command as it reads in the language spoken, with all that are in it."""
    spoken = copy.copy(command)
    spoken.context_class = WideContext
    spoken._help_option = None  # click keeps the one it made, in the language it was made in
    spoken.params = [_parameter(each) for each in command.params]
    spoken.options_metavar = gettext.gettext(command.options_metavar or "") or None
    if command.help and (said := gettext.gettext(key_of(command.help))) != key_of(command.help):
        spoken.help, spoken.short_help = said, _first_sentence(said)
    if isinstance(spoken, click.Group):
        spoken.subcommand_metavar = gettext.gettext(spoken.subcommand_metavar)
        spoken.commands = {
            name: command_in_language(each) for name, each in spoken.commands.items()
        }
    return spoken


def key_of(text: str) -> str:
    """A help text as it is found in the catalogue, however its source is broken into lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def fault_in_language(message: str) -> str:
    """A fault in the language spoken, whole or line by line; what nobody translated as it is."""
    catalogue = gettext.translation(DOMAIN, LOCALES, class_=Catalogue, fallback=True)
    if not isinstance(catalogue, Catalogue):
        return message
    whole = catalogue.fault(message)
    return whole if whole != message else "\n".join(map(catalogue.fault, message.split("\n")))


class Catalogue(gettext.GNUTranslations):
    """A catalogue that finds a fault by its template, and those that a fault quotes."""

    _catalog: dict[str | tuple[str, int], str]
    """What the base class reads: text by key."""

    def fault(self, message: str) -> str:
        """The message translated; of several templates the one that has most words of it."""
        if said := self._catalog.get(FAULT + message):
            return said
        for pattern, said in self._templates:
            if found := pattern.fullmatch(message):
                parts = [*map(self.fault, found.groups())]
                if _has_words(pattern) or parts != [*found.groups()]:
                    return said.format(*parts)
        return message

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        keys = [key for key in self._catalog if isinstance(key, str) and key.startswith(FAULT)]
        templates = [key for key in keys if "{}" in key]
        templates.sort(key=lambda key: len(key.replace("{}", "")), reverse=True)
        return [(_pattern(key.removeprefix(FAULT)), self._catalog[key]) for key in templates]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, template.split("{}"))), re.DOTALL)


def _has_words(pattern: re.Pattern[str]) -> bool:
    """A template without words only joins faults: one of them must be known."""
    return any(each.isalpha() for each in pattern.pattern)


def _parameter(parameter: click.Parameter) -> click.Parameter:
    """An option with its help, an argument as it is."""
    spoken = copy.copy(parameter)
    if isinstance(spoken, click.Option) and spoken.help:
        spoken.help = gettext.gettext(key_of(spoken.help))
    return spoken


def _first_sentence(said: str) -> str:
    return said.split("\n\n", maxsplit=1)[0].partition("。")[0]
