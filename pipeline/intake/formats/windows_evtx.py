"""EVTX as JSON: the header of `System`, the data of `EventData` or `UserData`, as flat names.

Attributes are `#attributes`, `@Name` or, beside the element, `Element_attributes`; a value is the
element itself, or its `#text`. An event in XML comes with neither (`windows_xml.py`).
"""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.formats.lines import Fields
from pipeline.sigma.memo import Names, by_names

_AUTHORITATIVE = frozenset({"Channel", "EventID", "Provider_Name", "Computer"})
_BESIDE = "_attributes"
"""Chainsaw writes an element's attributes beside it, under its name with this."""
_TEXT_KEYS = ("#text", "$", "text", "value", "Value")


def evtx_fields(event: Mapping[str, Any]) -> Fields:
    """Those of an event: an object with `System`, `EventData` and `UserData`."""
    fields: Fields = {}
    for name in ("EventData", "UserData"):
        data = event.get(name)
        if isinstance(data, dict):
            fields.update(data_fields(inner_of(data) if name == "UserData" else data))
        elif data is not None:
            fields["Data"] = data
    system = event.get("System")
    if isinstance(system, dict):
        header = _system(system)
        fields = {**fields, **header, **fields}  # the event's own data first, in the place of both
        for name in _AUTHORITATIVE:
            if name in header:
                fields[name] = header[name]
    return fields


def _system(system: dict[str, Any]) -> Fields:
    """Header elements; an attribute joins its element's name with an underscore."""
    # Of XML there is nothing to join: its attributes have their names already.
    fields = _joined(system) if dict in set(map(type, system.values())) else dict(system)
    moment = fields.get("TimeCreated_SystemTime")
    if moment is not None:
        fields.setdefault("TimeCreated", moment)
    return fields


def _joined(system: dict[str, Any]) -> Fields:
    fields: Fields = {}
    for key, value in system.items():
        if not isinstance(value, dict):
            fields[key] = value
            continue
        if key.endswith(_BESIDE):
            element = key.removesuffix(_BESIDE)
            fields.update({f"{element}_{name}": inner for name, inner in value.items()})
            continue
        text = _text(value)
        if text is not None:
            fields[key] = text
        for attribute, inner in _attributes(value).items():
            fields[f"{key}_{attribute}"] = inner
    return fields


def data_fields(data: Fields) -> Fields:
    """Named data; names lose their spaces. `Data` elements with a `Name` become that name. Data
    that are flat and named so already are themselves the answer."""
    names = _DATA_NAMES[tuple(data)]
    if names is None and dict not in set(map(type, data.values())):
        return data
    fields: Fields = {}
    unnamed: list[Any] = []
    for key, name in names or zip(data, data, strict=True):
        value = data[key]
        if key == "Data":
            unnamed.extend(_named_data(value, fields))
        else:
            fields[name] = _plain(value) if value.__class__ is dict else value
    if unnamed:
        fields.setdefault("Data", unnamed[0] if len(unnamed) == 1 else unnamed)
    return fields


def _data_names(names: Names) -> tuple[tuple[str, str], ...] | None:
    """Those that are no attributes, with and without spaces; None where these are the names."""
    found = tuple((name, name.replace(" ", "")) for name in names if not _is_attribute(name))
    is_as_it_is = tuple(name for _, name in found) == names and "Data" not in names
    return None if is_as_it_is else found


_DATA_NAMES = by_names(_data_names)


def _named_data(value: Any, fields: Fields) -> list[Any]:
    """Puts named elements into `fields`; returns the values of the others."""
    unnamed: list[Any] = []
    for element in value if isinstance(value, list) else [value]:
        name = _attributes(element).get("Name") if isinstance(element, dict) else None
        if isinstance(name, str) and name:
            fields[name.replace(" ", "")] = _text(element)
            continue
        plain = _plain(element)
        unnamed.extend(plain if isinstance(plain, list) else [plain])
    return unnamed


def _plain(value: Any) -> Any:
    """An element that holds only text (and attributes) as that text; others as they are."""
    if not isinstance(value, dict):
        return value
    text = _text(value)
    if text is not None or all(_is_attribute(key) for key in value):
        return text
    return value


def _text(element: dict[str, Any]) -> Any:
    return next((element[key] for key in _TEXT_KEYS if key in element), None)


def _attributes(element: dict[str, Any]) -> dict[str, Any]:
    inner = element.get("#attributes")
    found = dict(inner) if isinstance(inner, dict) else {}
    found.update({key[1:]: value for key, value in element.items() if key.startswith("@")})
    if not found and not any(key in element for key in _TEXT_KEYS):
        found = {key: value for key, value in element.items() if not isinstance(value, dict)}
    return found


def _is_attribute(key: str) -> bool:
    return key == "#attributes" or key.startswith("@") or key == "xmlns" or key.endswith(_BESIDE)


def inner_of(data: dict[str, Any]) -> dict[str, Any]:
    """The one object in an object that holds nothing else, else the object itself."""
    inner = [value for key, value in data.items() if not _is_attribute(key)]
    return inner[0] if len(inner) == 1 and isinstance(inner[0], dict) else data
