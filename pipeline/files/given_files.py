"""What a caller names, as files that can be read more than once: folders, pipes (shell)."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import ENOENT
from pathlib import Path
from tempfile import TemporaryDirectory

NOTE_SUFFIX = ".fenghuo-sent"
"""Of our own notes beside the files."""
STDIN = Path("/dev/stdin")


def files_of(places: Iterable[Path]) -> Iterator[Path]:
    """The places, `-` as standard input, and each folder as the files in it and below, by name.

    What is hidden, and our own notes, are not of a folder; a folder without a file comes itself.
    """
    for place in places:
        if not place.is_dir():
            yield STDIN if str(place) == "-" else place
            continue
        found = sorted(each for each in place.rglob("*") if _is_content(each, place))
        yield from found or [place]


def is_lasting(file: Path) -> bool:
    """Whether it is a file under a name of its own, so that a note beside it finds it again."""
    return file.is_file() and not str(file).startswith(("/dev/", "/proc/"))


def _is_content(file: Path, folder: Path) -> bool:
    names = file.relative_to(folder).parts
    is_hidden = any(name.startswith(".") for name in names)
    return file.is_file() and not is_hidden and file.suffix != NOTE_SUFFIX


@contextmanager
def as_file(place: Path) -> Iterator[Path]:
    """A regular file as it is; of anything else, such as a pipe, a copy of all that it holds.

    So an archive can be read from a pipe too, and what is piped again is known again. Raises
    OSError.
    """
    if place.is_dir():
        raise FileNotFoundError(ENOENT, "no file in this folder", str(place))
    if place.is_file():
        yield place
        return
    with TemporaryDirectory(prefix="fenghuo-") as folder:
        copy = Path(folder) / place.name
        with place.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield copy
