"""`python -m tests.scenarios [--accept]`: hold the pages against the engine, or write them."""

import sys
from pathlib import Path

from tests.scenarios.running import outcome_of, recordings
from tests.scenarios.telling import tell

PAGES = Path(__file__).parent / "otrf"


def page_of(recording: str) -> Path:
    """Where the accepted page of a recording is."""
    return PAGES / f"{recording}.md"


def main(arguments: list[str]) -> int:
    """Name each page that differs; with --accept, write it. 1 if a difference is left."""
    is_accepting = "--accept" in arguments
    changed = 0
    for recording in recordings():
        told, page = tell(recording, outcome_of(recording)), page_of(recording)
        if not page.exists() or page.read_text(encoding="utf-8") != told:
            changed += 1
            print(f"{recording}: {'written' if is_accepting else 'differs'}")
            if is_accepting:
                page.write_text(told, encoding="utf-8")
    return 1 if changed and not is_accepting else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
