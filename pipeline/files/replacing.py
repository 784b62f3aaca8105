"""Files that are replaced as a whole: a reader finds the old content or the new, never a part."""

from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` aside and move it into place; a pipe or device is written to as it is.

    Raises OSError: then the old content stands, and nothing is left beside it.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
