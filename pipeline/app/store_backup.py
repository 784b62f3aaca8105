"""A backup of an embedded store: one archive, also while a worker writes it (shell).

The states that the folder keeps are taken before the tables: so what they have told is among the
rows, and what came since is told once more, the same.
"""

import tarfile
from io import BytesIO
from pathlib import Path

from pipeline.app.embedded_states import STATES_FILE
from sinks.linked_copy import linked_copy


def back_up_store(store: Path, file: Path) -> None:
    """Write the tar archive, replacing what was there as a whole; investigations are left out.

    Raises SinkUnavailable where the store cannot be copied, and OSError.
    """
    states = store / STATES_FILE
    kept = states.read_bytes() if states.exists() else None
    aside = file.with_name(f"{file.name}.new")
    try:
        with linked_copy(store) as copy, tarfile.open(aside, "w") as archive:
            if kept is not None:
                entry = tarfile.TarInfo(STATES_FILE)
                entry.size = len(kept)
                archive.addfile(entry, BytesIO(kept))
            archive.add(copy, ".")
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
