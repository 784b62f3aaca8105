"""The table of an investigation's own database that says what it is; empty where it is none."""

from schemas.investigation import Investigation
from sinks.columns import JSON, MAYBE_MOMENT, MOMENT, WORD, Table, column, json_of

INVESTIGATIONS = Table(
    name="investigations",
    of=Investigation,
    comment="What a replay into this database was asked, and whether it came to its end: one row.",
    key=("investigation",),
    order_by=("investigation",),
    repeatable=True,
    columns=(
        column("investigation", WORD, "Its name; the database has `investigation_` before it."),
        column(
            "settings",
            JSON,
            "from, to, enterprise, source, prefix, and ids of rules, policy and registry.",
            json_of("settings"),
        ),
        column("began_at", MOMENT, "When the replay began that these rows are of."),
        column("finished_at", MAYBE_MOMENT, "When it was done; NULL: rows may be missing."),
    ),
)
