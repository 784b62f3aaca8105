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
import os
import re
from functools import cache, cached_property
from typing import Final

import click

from pipeline.cli.spoken_language import DOMAIN, LANGUAGE, LOCALES
from pipeline.cli.wide_help import WideContext

PLACES: Final = 4
"""How many names of places may stand before a fault: file, line, field."""
LONGEST: Final = 4_000
"""Characters of a fault; a longer one is a text of somebody else's."""
FAULT: Final = "fault\x04"
"""How a catalogue's keys begin that have the context `fault` (gettext's separator)."""


def command_in_language(command: click.Command) -> click.Command:
    """The command as it reads in the language spoken, with all that are in it.

    Each takes `--lang`, which LazyGroup has heard already: it may stand anywhere on the line.
    """
    spoken = copy.copy(command)
    spoken.context_class = WideContext
    spoken._help_option = None  # click keeps the one it made, in the language it was made in
    spoken.params = [_parameter(each) for each in command.params]
    if not any("--lang" in each.opts for each in command.params):
        spoken.params.append(_parameter(LANGUAGE))
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
    return fault_in(os.environ.get("LANGUAGE", ""), message)


def fault_in(language: str, message: str) -> str:
    """The same in a language that is named: of what a command shows by its own `--lang`."""
    catalogue = _catalogue(language)
    if not isinstance(catalogue, Catalogue):
        return message
    whole = catalogue.fault(message)
    return whole if whole != message else "\n".join(map(catalogue.fault, message.split("\n")))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of one language, its templates compiled once."""
    return gettext.translation(DOMAIN, LOCALES, [language], class_=Catalogue, fallback=True)


class Catalogue(gettext.GNUTranslations):
    """A catalogue that finds a fault by its template, and those that a fault quotes."""

    _catalog: dict[str | tuple[str, int], str]
    """What the base class reads: text by key."""

    def fault(self, message: str) -> str:
        """The message translated; of several templates the one that has most words of it."""
        if len(message) > LONGEST:
            return message
        said = self._sentence(message)
        return said if said != message else self._joined(message)

    def _sentence(self, message: str) -> str:
        """The message as one sentence of the catalogue."""
        if said := self._catalog.get(FAULT + message):
            return said
        for template in self._templates:
            if named := template.named_in(message):
                return template.said.format(*map(self.fault, named))
        return message

    def _joined(self, message: str) -> str:
        """A fault and its remedy, or a place and its fault; others' words as they are."""
        parts = message.split("; ")
        told = [*map(self.fault, parts)] if len(parts) > 1 else parts
        if told != parts:
            return "；".join(told)
        parts = message.split(": ")
        for place in range(1, min(len(parts), PLACES + 1)):
            rest = ": ".join(parts[place:])
            if (said := self._sentence(rest)) != rest:
                return "：".join([*parts[:place], said])
        return message

    @cached_property
    def _templates(self) -> list["_Template"]:
        keys = [key for key in self._catalog if isinstance(key, str) and key.startswith(FAULT)]
        templates = [key for key in keys if "{}" in key]
        templates.sort(key=lambda key: len(key.replace("{}", "")), reverse=True)
        return [_Template(key.removeprefix(FAULT), self._catalog[key]) for key in templates]


class _Template:
    """A fault's sentence with `{}` for what it names, and how it reads in the catalogue."""

    def __init__(self, text: str, said: str) -> None:
        self.said = said
        self._pieces = text.split("{}")
        # Of several faults, a line each, every line is found by itself: a sentence of one line
        # never spans them.
        spanning = re.DOTALL if "\n" in text else 0
        self._pattern = re.compile("(.*?)".join(map(re.escape, self._pieces)), spanning)

    def named_in(self, message: str) -> list[str]:
        """What the message names, if it is this sentence; else nothing."""
        if not message.endswith(self._pieces[-1]) or not all(p in message for p in self._pieces):
            return []  # most are told apart so, and a pattern of many gaps is slow on a long text
        found = self._pattern.fullmatch(message)
        return [*found.groups()] if found else []


def _parameter(parameter: click.Parameter) -> click.Parameter:
    """An option with its help, an argument as it is."""
    spoken = copy.copy(parameter)
    if isinstance(spoken, click.Option) and spoken.help:
        spoken.help = gettext.gettext(key_of(spoken.help))
    return spoken


def _first_sentence(said: str) -> str:
    return said.split("\n\n", maxsplit=1)[0].partition("。")[0]
