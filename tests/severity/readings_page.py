"""docs/readings.md, made of the policy: `python -m tests.severity.readings_page` writes it.

So a reader sees every reading that can be chosen, in both languages, and none that cannot.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.severity.policy import Choices
from pipeline.severity.readings import READINGS, Reading, chosen

PAGE: Final = Path(__file__).parents[2] / "docs" / "readings.md"
HEAD: Final = """\
# Readings chosen where the law is open

The texts of the three regimes leave gaps ([tiers](tiers.md)). For each, the policy has a choice,
so that a site, or a province's regulator, can decide otherwise:

```yaml
severity:
  choices:
    industrial_outage: hours
    clock_start: {enterprise: confirmation}
```

`fenghuo policy show` prints the readings in force, and every assessment carries the id of the
policy that it was made under. The default is the first of each list. This page is made of the
policy itself by `python -m tests.severity.readings_page`, and a test holds it to it.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join("\n".join(["", *_section(each), ""]) for each in READINGS)


def _section(reading: Reading) -> Iterator[str]:
    default = chosen(Choices(), reading)
    yield f"## `{reading.name}`"
    yield f"**{reading.gap.zh}**: {reading.gap.en}."
    yield ""
    for value in sorted(reading.words, key=lambda value: value != default):
        words = reading.words[value]
        mark = " (default)" if value == default else ""
        yield f"- `{value or chr(34) * 2}`{mark}: {words.zh}, {words.en}"
    yield ""
    yield f"{reading.why.en}. {reading.why.zh}。"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE}: {len(READINGS)} choices")
