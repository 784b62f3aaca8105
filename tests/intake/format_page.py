"""`python -m tests.intake.format_page`: docs/formats.md, of the code's table and golden samples."""

from collections.abc import Iterator
from typing import Final

from pipeline.intake.envelopes import LISTS, SINGLES
from pipeline.intake.event_times import DATE_AND_TIME, TIME_FIELDS, TIME_NAMES
from pipeline.intake.formats.carriers import CARRIERS
from pipeline.intake.formats.cloud import SERVICES as OF_SERVICES
from pipeline.intake.formats.table import AUTO, FORMATS, Format
from pipeline.intake.lines import Found, read_lines
from pipeline.intake.texts import lines_of_value
from pipeline.sigma.log_sources import DECODING_FIELD
from tests.docs.links import ROOT
from tests.intake.format_samples import SAMPLES
from tests.intake.sample import Sample

SERVICES: Final = frozenset(service.name for service in OF_SERVICES)
PAGE: Final = ROOT / "docs" / "formats.md"
HEAD: Final = """# Formats

Made by `python -m tests.intake.format_page`, of the tables in `pipeline/intake`. `fenghuo formats
list` shows the first columns, `fenghuo formats try FILE` what each line of a file is taken for.
Formats are asked in this order. A JSON object without marks is `json`, a text without any `syslog`.
What each reads in words stands in [publishing](publishing.md#formats), which rules it feeds in
[log sources](log-sources.md).

The samples are those of `tests/intake/format_samples.py`: a dialect each, and what it comes to.
"Time from" is the field that told the time of a sample; any of the names below may.

| format | a line of text that | a JSON object with | module | time from | samples |
| --- | --- | --- | --- | --- | --- |
"""


def sampled(sample: Sample) -> Found:
    """The event of a sample."""
    return read_lines(AUTO, lines_of_value(sample.lines)[0])[sample.at]


def time_name(found: Found) -> str:
    """The fields that tell an event's time."""
    apart, whole = TIME_NAMES[tuple(found.fields)]
    return " + ".join(apart[0][:2]) if apart else whole[0]


def page() -> str:
    """The page as it should be."""
    samples = [(sample, sampled(sample)) for sample in SAMPLES]
    rows = (_row(each, [it for it in samples if it[0].format == each.name])
            for each in FORMATS.values())  # fmt: skip
    return "".join([HEAD, *rows, *_envelopes(samples), *_times()])


def _row(format: Format, samples: list[tuple[Sample, Found]]) -> str:
    cells = (
        f"`{format.name}`",
        format.line.en,
        "; ".join(_names(marks) for marks in format.marks) + _looks_further(format),
        f"`{format.fields.__module__.rsplit('.', 1)[-1]}.py`",
        ", ".join(dict.fromkeys(_names([time_name(found)]) for _, found in samples)),
        ", ".join(sample.name for sample, _ in samples),
    )
    return f"| {' | '.join(cells).replace('<', '&lt;')} |\n"


def _looks_further(format: Format) -> str:
    return " (and by their values)" if format.is_document and format.name not in SERVICES else ""


def _names(names: list[str] | tuple[str, ...]) -> str:
    return " + ".join(f"`{name}`" for name in names)


def _envelopes(samples: list[tuple[Sample, Found]]) -> Iterator[str]:
    yield """
## What may be around an event

Whatever the format. Lists of events, and the one event that an envelope holds:

| in | where nothing but these names is there |
| --- | --- |
"""
    for path, names in LISTS:
        yield f"| `{path}` | {', '.join(f'`{name}`' for name in sorted(names))} |\n"
    for name, beside in SINGLES:
        yield f"| `{name}` | at least {_names(beside)} beside it |\n"
    yield """
What carries another's event says so in `fenghuo.decoding`. Syslog carries any format too.

| carrier | has | the event is in | samples |
| --- | --- | --- | --- |
"""
    for carrier in CARRIERS:
        carried = [it.name for it, found in samples
                   if found.fields.get(DECODING_FIELD) == carrier.name]  # fmt: skip
        marks = "; ".join(map(_names, carrier.marks))
        inner = ", ".join(f"`{path}`" for path in carrier.inner)
        yield f"| {carrier.name} | {marks} | {inner} | {', '.join(carried)} |\n"


def _times() -> Iterator[str]:
    yield "\n## Fields that tell the time\n\nThe first that can be read counts: "
    yield ", ".join(_names(parts[:2]) for parts in DATE_AND_TIME)
    yield ", then "
    yield ", ".join(f"`{name}`" for name in TIME_FIELDS)
    yield ", then any name that means one without its signs and capitals.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
