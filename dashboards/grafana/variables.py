"""How a query takes the value of a variable: never as SQL. Pure.

A value may come from anyone who writes a link, and the choices of some variables come from
records. Grafana's own quoting does not make it safe: `sqlstring` and `singlequote` leave
backslashes as they are, and in ClickHouse a backslash takes the quote after it into the text:
`\\' UNION ALL SELECT 1 -- ` would run. `percentencode` leaves letters, digits and `-_.~%`, in
which there is no way out of quotes, nor a macro (Grafana 9.4 to 13, formatRegistry).
"""

FORMAT = "percentencode"


def chosen(name: str) -> str:
    """The one value, as a text."""
    return f"decodeURLComponent('${{{name}:{FORMAT}}}')"


def is_chosen(name: str, expression: str) -> str:
    """Whether `expression` is among the values; true while everything is chosen.

    Several values come as `{one,other}`.
    """
    values = f"splitByChar(',', trim(BOTH '{{}}' FROM {chosen(name)}))"
    return f"$__conditionalAll(has({values}, {expression}), ${name})"


def chosen_name(name: str) -> str:
    """The value as the name of a database; names of ours have nothing to encode."""
    return f"`${{{name}:{FORMAT}}}`"
