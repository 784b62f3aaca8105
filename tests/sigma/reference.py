"""The slow matcher: the specification read aloud, one rule and one event at a time.

Nothing here is shared with the engine: it reads the rule's YAML values as they stand,
walks text letter by letter, and turns conditions into this language's own and/or/not.
"""

import base64
import ipaddress
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

ENCODINGS = {"wide": "utf-16-le", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}
DASHES = "-/\u2013\u2014\u2015"


def rule_matches(detection: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """A `detection` section against the fields of an event."""
    conditions = detection["condition"]
    listed = conditions if isinstance(conditions, list) else [conditions]
    return any(_condition_holds(text, detection, event) for text in listed)


def _condition_holds(text: str, detection: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Every name becomes True or False, and Python reads what is left."""
    names = [name for name in detection if name not in ("condition", "timeframe")]
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    out, position = [], 0
    while position < len(words):
        word = words[position]
        if word not in names and words[position + 1 : position + 2] in (["of"], ["OF"]):
            pattern = words[position + 2]
            pattern = "*" if pattern == "them" else pattern
            chosen = [
                n
                for n in names
                if fnmatchcase(n, pattern) and (n == pattern or not n.startswith("_"))
            ]
            results = [_search(detection[n], event) for n in chosen]
            out.append(str(all(results) if word == "all" else any(results)))
            position += 3
            continue
        if word in names:
            out.append(str(_search(detection[word], event)))
        else:
            out.append(word.lower())
        position += 1
    return bool(eval(" ".join(out)))


def _search(body: Any, event: Mapping[str, Any]) -> bool:
    if isinstance(body, dict):
        return all(_item(key, value, event) for key, value in body.items())
    if not isinstance(body, list):
        body = [body]
    return any(
        _search(each, event) if isinstance(each, dict) else _item("", each, event) for each in body
    )


def _item(key: str, value: Any, event: Mapping[str, Any]) -> bool:
    field, *modifiers = key.split("|")
    values = value if isinstance(value, list) else [value]
    results = [_value(field, modifiers, each, event) for each in values]
    result = all(results) if "all" in modifiers else any(results)
    return not result if "neq" in modifiers else result


def look_up(event: Any, name: str) -> Any:
    """Flat key first, then the path; None for missing."""
    if isinstance(event, Mapping) and name in event:
        return event[name]
    found = list(_paths(event, name.split(".")))
    return None if not found else found[0] if len(found) == 1 else found


def _paths(holder: Any, parts: list[str]) -> Iterator[Any]:
    if isinstance(holder, list):
        for each in holder:
            yield from _paths(each, parts)
        return
    if not isinstance(holder, Mapping):
        return
    whole = ".".join(parts)
    if whole in holder:
        yield holder[whole]
        return
    for length in range(1, len(parts)):
        head = ".".join(parts[:length])
        if isinstance(holder.get(head), Mapping | list):
            yield from _paths(holder[head], parts[length:])


def _members(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [inner for each in value for inner in _members(each)]
    return [value]


def _everything(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [t for k, v in value.items() if k != "sigma.source" for t in _everything(v)]
    if isinstance(value, list):
        return [text for each in value for text in _everything(each)]
    return [] if value is None or isinstance(value, bool) else [str(_text(value))]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


def _value(field: str, modifiers: list[str], value: Any, event: Mapping[str, Any]) -> bool:
    if not field:
        texts = _everything(event)
        return any(_fits("", modifiers, value, text) for text in texts)
    there = look_up(event, field)
    if "exists" in modifiers:
        return (there is not None) == (value in (True, "true", "yes"))
    if "fieldref" in modifiers:
        others = _members(look_up(event, value))
        return any(_same(a, b, modifiers) for a in _members(there) for b in others)
    return any(_fits(field, modifiers, value, each) for each in _members(there))


def _same(left: Any, right: Any, modifiers: list[str]) -> bool:
    a, b = _text(left), _text(right)
    if a is None or b is None:
        return False
    if "cased" not in modifiers:
        a, b = a.casefold(), b.casefold()
    if "contains" in modifiers:
        return b in a
    if "startswith" in modifiers:
        return a[: len(b)] == b
    return a[len(a) - len(b) :] == b if "endswith" in modifiers and len(b) <= len(a) else a == b


def _fits(  # noqa: PLR0911 (the specification, case by case)
    field: str, modifiers: list[str], value: Any, there: Any
) -> bool:
    """One value of the rule against one member of the event."""
    if value is None:
        return there is None
    for part in ("minute", "hour", "day", "week", "month", "year"):
        if part in modifiers:
            return _compares(modifiers, value, _date_part(there, part))
    if any(name in modifiers for name in ("gt", "gte", "lt", "lte")):
        return _compares(modifiers, value, there)
    text = _text(there)
    if text is None:
        # An object or array: only a bare `*`, however it is written, asks for no more.
        if there is None or {"re", "cidr"} & set(modifiers):
            return False
        patterns = _patterns(modifiers, str(_text(value)), bool(field))
        return any(pattern and all(token is True for token in pattern) for pattern in patterns)
    if "re" in modifiers:
        flags = 0
        for names, flag in (("i ignorecase", re.I), ("m multiline", re.M), ("s dotall", re.S)):
            flags |= flag if set(names.split()) & set(modifiers) else 0
        return re.search(str(value), text, flags) is not None
    if "cidr" in modifiers:
        return _in_network(text, value)
    if isinstance(value, int | float) and not isinstance(value, bool) and isinstance(there, bool):
        return False
    if isinstance(value, float) and not {"contains", "startswith", "endswith"} & set(modifiers):
        spellings = {str(value)} if "windash" in modifiers else {str(value), _text(value)}
        return text in spellings
    written = str(value) if isinstance(value, float) else str(_text(value))
    patterns = _patterns(modifiers, written, bool(field))
    return any(_wild(pattern, _letters(text, modifiers)) for pattern in patterns)


def _letters(text: str, modifiers: list[str]) -> list[str]:
    return list(text) if "cased" in modifiers else [letter.casefold() for letter in text]


def _compares(modifiers: list[str], bound: Any, there: Any) -> bool:
    if there is None or isinstance(there, bool):
        return False
    try:
        number, limit = float(there), float(bound)
    except (TypeError, ValueError):
        return False
    if "gt" in modifiers:
        return number > limit
    if "gte" in modifiers:
        return number >= limit
    if "lt" in modifiers:
        return number < limit
    return number <= limit if "lte" in modifiers else number == limit


def _date_part(there: Any, part: str) -> int | None:
    text = str(there).strip().replace("/", "-")
    for pattern, length in (("%Y-%m-%dT%H:%M", 16), ("%Y-%m-%d %H:%M", 16), ("%Y-%m-%d", 10)):
        try:
            moment = datetime.strptime(text[:length], pattern)
        except ValueError:
            continue
        if part in ("hour", "minute") and length == 10:
            return None
        return moment.isocalendar()[1] if part == "week" else int(getattr(moment, part))
    return None


def _in_network(text: str, cidr: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    network = ipaddress.ip_network(cidr, strict=False)
    mapped_ones = ipaddress.IPv6Network("::ffff:0:0/96")
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(mapped_ones):
        address = mapped or address
        if isinstance(address, ipaddress.IPv4Address):
            address = ipaddress.ip_address(f"::ffff:{address}")
        return address in network
    return (mapped or address) in network


def _patterns(modifiers: list[str], value: str, has_field: bool) -> list[list[Any]]:
    """The patterns a value stands for: letters, and True for `*`, False for `?`."""
    patterns = [_unescaped(value)]
    for name in modifiers:
        if name == "windash":
            patterns = [dashed for pattern in patterns for dashed in _dashed(pattern)]
        elif name in ENCODINGS:
            patterns = [
                list("".join(p).encode(ENCODINGS[name]).decode("latin-1")) for p in patterns
            ]
        elif name == "utf16":
            patterns = [
                list((b"\xff\xfe" + "".join(p).encode("utf-16-le")).decode("latin-1"))
                for p in patterns
            ]
        elif name in ("base64", "base64offset"):
            patterns = [out for p in patterns for out in _base64(name, p, modifiers)]
        elif name == "contains":
            patterns = [[True, *p, True] for p in patterns]
        elif name == "startswith":
            patterns = [[*p, True] for p in patterns]
        elif name == "endswith":
            patterns = [[True, *p] for p in patterns]
    if not has_field:
        patterns = [[True, *p, True] for p in patterns]
    if "cased" in modifiers:
        return patterns
    return [[p if isinstance(p, bool) else p.casefold() for p in each] for each in patterns]


def _unescaped(value: str) -> list[Any]:
    out: list[Any] = []
    letters = iter(range(len(value)))
    for at in letters:
        following = value[at + 1 : at + 2]
        if value[at] == "\\" and following and following in "\\*?":
            out.append(following)
            next(letters)
        else:
            out.append({"*": True, "?": False}.get(value[at], value[at]))
    return out


def _dashed(pattern: list[Any]) -> list[list[Any]]:
    """`\\B[-/]\\b`: no word letter before (or a beginning), a word letter after."""

    def is_word(at: int) -> bool:
        letter = pattern[at] if 0 <= at < len(pattern) else " "
        return isinstance(letter, str) and re.match(r"\w", letter) is not None

    places = [
        at
        for at, letter in enumerate(pattern)
        if letter in ("-", "/") and is_word(at + 1) and not is_word(at - 1)
    ]
    results = []
    for choice in itertools.product(DASHES, repeat=len(places)):
        changed = list(pattern)
        for at, dash in zip(places, choice, strict=True):
            changed[at] = dash
        results.append(changed)
    return results


def _base64(name: str, pattern: list[Any], modifiers: list[str]) -> list[list[Any]]:
    wide = any(each in modifiers for each in (*ENCODINGS, "utf16"))
    plain = "".join(pattern).encode("latin-1" if wide else "utf-8")
    if name == "base64":
        return [list(base64.b64encode(plain).decode())]
    found = []
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + plain).decode()
        found.append(encoded[(0, 2, 3)[shift] : (None, -3, -2)[(len(plain) + shift) % 3]])
    return [list(each) for each in found if each]


def _wild(pattern: list[Any], letters: list[str]) -> bool:
    """Which (letter, offset within its folding) places can be reached after each token."""
    folded = [(at, offset) for at, text in enumerate(letters) for offset in range(len(text))]
    flat = "".join(letters)
    starts = {n for n, (_, offset) in enumerate(folded) if offset == 0} | {len(flat)}
    reached = {0}
    for token in pattern:
        if token is True:
            reached = set(range(min(reached), len(flat) + 1)) if reached else set()
        elif token is False:
            ordered = sorted(starts)
            steps = dict(itertools.pairwise(ordered))
            reached = {steps[at] for at in reached if at in steps}
        else:
            reached = {at + len(token) for at in reached if flat.startswith(token, at)}
    return len(flat) in reached
