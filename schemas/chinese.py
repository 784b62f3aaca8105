"""Chinese sentences put together of templates and facts, spaced as Chinese is.

Beside Latin letters and figures a template has a space (`在主机 {hosts} 上`), between Chinese
characters there is none: whether one belongs beside a fact is known only once the fact is.
"""

import re
from string import Formatter
from typing import Final

WIDE: Final = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—]")
"""Characters of Chinese, and its punctuation."""


def fill(template: str, **facts: object) -> str:
    """`template.format(**facts)`, less each space that would stand between Chinese characters.

    The facts stay as they are: what they quote may have spaces of its own. Of an English template
    every space stays, unless a fact and the word beside it are Chinese both.
    """
    said = ""
    for text, name, spec, _ in Formatter().parse(template):
        said = _joined(said, text)
        if name is not None:
            said = _joined(said, format(facts[name], spec or ""))
    return said


def _joined(before: str, after: str) -> str:
    """Both, less one space at their joint where its two neighbours are Chinese."""
    if before.endswith(" ") and WIDE.match(before[-2:-1]) and WIDE.match(after[:1]):
        return before[:-1] + after
    if after.startswith(" ") and WIDE.match(before[-1:]) and WIDE.match(after[1:2]):
        return before + after[1:]
    return before + after
