"""Bytes to text: UTF-8, what is declared, or what the bytes themselves show; never a refusal.

What was not plain UTF-8 is marked on the event (`sources.DECODING_FIELD`), because a value that was
replaced is not the sensor's: nothing is hidden from the rules by a byte that no text has.
"""

import codecs
import re

REPLACED = "replaced"
ENCODINGS = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be",
             "shift_jis", "euc-kr", "windows-1252", "iso-8859-1")  # fmt: skip
"""What a header or an option may declare."""

_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAMPLE = 400
_LEADING_JUNK = "\ufeff\0 \t\r"
_JSON = re.compile(r'\{|\[\s*(?:[{\[\]"\d\-tfn]|\Z)')
_BRACKETED = re.compile(r"\[\d{1,4}[-/]\d{1,2}[-/]|\[\d{1,2}/[A-Z]")


def is_json_text(text: str) -> bool:
    """Whether an object or a list of JSON begins here: no word in brackets, and no date."""
    return bool(_JSON.match(text)) and not _BRACKETED.match(text)


def text_of_line(line: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of a line without byte order marks and NULs around it, and how it was read
    ("" for plain UTF-8)."""
    how = ""
    try:
        text = line.decode(encoding or "utf-8")
        how = "" if encoding in ("", "utf-8") else encoding
    except UnicodeDecodeError:
        text, how = _recognised(line)
    return text.strip(_LEADING_JUNK + "\n"), how


def in_utf_8(line: bytes, encoding: str) -> bytes:
    """A line of this encoding in UTF-8; as it is where it is not of it."""
    try:
        return line.decode(encoding).encode()
    except UnicodeDecodeError:
        return line


def _recognised(line: bytes) -> tuple[str, str]:
    """GB18030 where all that is not ASCII reads as Chinese, else UTF-8 with replacements."""
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return line.decode("utf-8", "replace"), REPLACED
    foreign = [sign for sign in text[:100_000] if sign > "\x7f"]
    chinese = sum(_is_chinese(sign) for sign in foreign)
    # Two bytes of another encoding make a rare ideograph as easily as a common one, so single
    # signs between ASCII stay in doubt; real text has none that is no text at all.
    if chinese < len(foreign):
        return line.decode("utf-8", "replace"), REPLACED
    return text, "gb18030"


def _is_chinese(sign: str) -> bool:
    return (
        "\u4e00" <= sign <= "\u9fff"  # ideographs
        or "\u3000" <= sign <= "\u303f"  # punctuation
        or "\uff00" <= sign <= "\uffef"  # full width
        or sign in "“”‘’—…·×℃"
    )


def sixteen_bit(value: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where the bytes show it, by their mark or their NULs; else ""."""
    for mark, name in _MARKS:
        if value.startswith(mark):
            return name
    sample = value[:_SAMPLE]
    if sample.count(0) * 5 < len(sample) * 2 or len(sample) < 4:  # two fifths of ASCII's half
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""


def lines_of_value(value: bytes, encoding: str = "") -> tuple[list[bytes], str]:
    """The lines of a batch that hold something, and the 16-bit encoding that they were in
    (they are then UTF-8)."""
    wide = encoding if encoding.startswith("utf-16") else sixteen_bit(value)
    if wide:
        value = value.decode(wide, "replace").encode("utf-8", "replace")
    return lines_of(value), wide


def wide_decoder(start: bytes, declared: str = "") -> codecs.IncrementalDecoder | None:
    """A decoder for a file in 16-bit text, as declared or as it begins; None for any other."""
    name = declared if declared.startswith("utf-16") else sixteen_bit(start)
    return codecs.getincrementaldecoder(name)("replace") if name else None


def lines_of(value: bytes) -> list[bytes]:
    """The lines of a batch that hold something: its events."""
    return [line for line in value.split(b"\n") if line and not line.isspace()]


def count_lines(value: bytes) -> int:
    """How many `lines_of` a value, of whatever size, without making them."""
    dense = value.translate(None, b" \t\r\x0b\x0c").strip(b"\n")
    while b"\n\n" in dense:
        dense = dense.replace(b"\n\n", b"\n")
    return dense.count(b"\n") + 1 if dense else 0
