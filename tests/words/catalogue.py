"""The Chinese catalogue, held against the source: `python -m tests.words.catalogue` rewrites both.

New texts get an empty translation (to be filled in fenghuo.po, then call it again), those that
nothing says any more go; fenghuo.mo is compiled from fenghuo.po.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from pipeline.cli.main import main
from pipeline.cli.spoken_language import DOMAIN, LOCALES
from pipeline.cli.translation import key_of
from tests.words.fault_texts import fault_templates

PO: Final = LOCALES / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO: Final = PO.with_suffix(".mo")
SPOKEN_BY_CLICK: Final = (
    "core", "decorators", "exceptions", "formatting", "parser", "termui", "types", "_termui_impl",
)  # fmt: skip
Key: TypeAlias = str | tuple[str, ...]


def commands(
    command: click.Command = main, context: click.Context | None = None
) -> Iterator[tuple[str, click.Command]]:
    """Every command with its path."""
    context = context or click.Context(command, info_name="fenghuo")
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, click.Context(found, context, info_name=name))


def help_texts() -> dict[str, str]:
    """Help of commands and options, and the path of the first that has it."""
    found: dict[str, str] = {}
    for path, command in commands():
        options = [each.help for each in command.params if isinstance(each, click.Option)]
        metavars = [command.options_metavar]
        if isinstance(command, click.Group):
            metavars.append(command.subcommand_metavar)
        for text in (command.help, *options, *metavars):
            if text:
                found.setdefault(key_of(text), path)
    return found


def click_texts() -> Iterator[Key]:
    """What click says itself, singular and plural where it counts."""
    folder = Path(click.__file__).parent
    for name in SPOKEN_BY_CLICK:
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            match node:
                case ast.Call(func=ast.Name("_"), args=[ast.Constant(str(text))]):
                    yield text
                case ast.Call(
                    func=ast.Name("ngettext"),
                    args=[ast.Constant(str(one)), ast.Constant(str(more)), *_],
                ):
                    yield one, more
    yield "required"  # in a table of its own


def expected() -> Catalog:
    """Everything that is said, without translations."""
    catalogue = Catalog(project="fenghuo")
    for text, path in sorted(help_texts().items(), key=lambda item: item[1]):
        catalogue.add(text, auto_comments=[path])
    for key in click_texts():
        catalogue.add(key, auto_comments=["click"])
    for text, place in fault_templates().items():
        catalogue.add(text, context="fault", auto_comments=[place.partition(":")[0]])
    return catalogue


def kept() -> Catalog:
    """The catalogue as it is in the repository."""
    return read_po(io.BytesIO(PO.read_bytes()), locale="zh")


def compiled(catalogue: Catalog) -> bytes:
    """The form that gettext reads."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def rewrite() -> int:
    """Bring both files to what is said; how many texts have no translation yet."""
    catalogue = kept()
    catalogue.update(expected(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=100, omit_header=False, sort_output=False)
    PO.write_bytes(written.getvalue())
    MO.write_bytes(compiled(kept()))
    return len(untranslated(kept()))


def untranslated(catalogue: Catalog) -> list[object]:
    """Texts without a translation."""
    return [each.id for each in catalogue if each.id and not all(strings(each.string))]


def strings(string: object) -> tuple[str, ...]:
    """A translation as one text, or several where it counts."""
    return tuple(string) if isinstance(string, list | tuple) else (str(string or ""),)


if __name__ == "__main__":
    print(f"{PO}: {rewrite()} texts without a translation")
