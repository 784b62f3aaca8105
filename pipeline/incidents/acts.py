"""What was done: the deed, its object, by whom, with what, from where.

The deed is that of the rule that leads the case. Host, program, account, address and object come
from that rule's own detections, so that they belong together; only the account of a program that
they name may be found in other evidence of it, and a correlation's object in evidence of the same
deed. What is not named is not said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

import msgspec

from pipeline.incidents.evidence import INTERPRETERS, Witness
from pipeline.incidents.linking_keys import is_machine_account, is_system_path, normal_form
from schemas.deeds import Deed
from schemas.detection import Entity, EntityKind

OBJECT_CHARACTERS = 100
DULL_PROGRAMS = frozenset(
    {
        "conhost.exe",
        "svchost.exe",
        "services.exe",
        "lsass.exe",
        "wininit.exe",
        "dllhost.exe",
        "wmiprvse.exe",
        "system",
    }
)
"""Programs that take part in everything: named only where there is no other."""

DULL_CATEGORIES = frozenset({"image_load", "network_connection", "process_access", "pipe_created"})
"""Log sources whose facts say little of a deed that they do not lead."""


class Act(msgspec.Struct, frozen=True):
    """Who did what to what, "" for what the evidence does not name."""

    deed: Deed
    host: str = ""
    more_hosts: int = 0
    tool: str = ""
    account: str = ""
    address: str = ""
    object: str = ""


def act_of(
    deed: Deed, own: Sequence[Witness], of_deed: Sequence[Witness], case: Sequence[Witness]
) -> Act:
    """From the leading rule's own evidence, that of its deed, and that of the whole case."""
    counts = _counts(own)
    ends: tuple[str, ...] = ("actor", "target") if deed.is_initiators else ("target", "actor")
    hosts = _distinct(counts, "host", (ends[0], "", ends[1]))
    hosts = hosts or _distinct(counts, "address", (*ends, ""))
    tool = next(iter(programs(counts)), "")
    sources = _distinct(counts, "address", ("actor",)) if deed.is_remote else []
    accounts = _distinct(counts, "account", ("actor", "", "target"))
    if tool and not accounts:  # who used the program elsewhere in the case
        accounts = _distinct(_counts(_users(tool, hosts[:1], case)), "account", ("actor",))
    telling = (one for one in of_deed if one.rule.category not in DULL_CATEGORIES)
    return Act(
        deed=deed,
        host=_first(hosts),
        more_hosts=max(0, len(hosts) - 1),
        tool=tool,
        account=_first(accounts),
        address=_first(value for value in sources if value not in hosts),
        object=_object(deed, counts, [*own, *telling, *_of_tool(tool, hosts[:1], case)]),
    )


def programs(entities: Iterable[Entity]) -> list[str]:
    """Names of programs: an attacker's own first, then interpreters, the system's own last;
    those that take part in everything only where there is no other."""
    paths = {_name(one.value): one.value for one in reversed(list(entities)) if _is_tool(one)}
    in_order = list(paths)[::-1]
    ordered = sorted(in_order, key=lambda name: _dullness(name, paths[name]))
    return [name for name in ordered if name not in DULL_PROGRAMS] or ordered


def is_telling(entities: Iterable[Entity]) -> bool:
    """Whether a program is named that does not take part in everything."""
    return any(name not in DULL_PROGRAMS for name in programs(entities))


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _dullness(name: str, path: str) -> int:
    if not is_system_path(path):
        return 0
    return 1 if name in INTERPRETERS else 2


def _counts(witnesses: Iterable[Witness]) -> Counter[Entity]:
    counts: Counter[Entity] = Counter()
    for one in witnesses:
        for entity in dict.fromkeys(one.entities):
            counts[entity] += one.evidence.count
    return counts


def _distinct(counts: Counter[Entity], kind: EntityKind, roles: Sequence[str]) -> list[str]:
    """Values of a kind that are somebody in particular, in the first of the roles that has any:
    the most frequent first, each once, spelled in full."""
    for role in roles:
        found = [one for one in counts if (one.kind, one.role) == (kind, role) and _is_own(one)]
        found.sort(key=lambda one: (-counts[one], -len(one.value), one.value))
        named: dict[str, str] = {}
        for one in found:
            key = normal_form(kind, one.value)[1] or one.value
            named[key] = max(one.value, named.get(key, ""), key=len)
        if named:
            return list(named.values())
    return []


def _is_own(entity: Entity) -> bool:
    """Of accounts, those of a person, a shared name too; other kinds as they link."""
    if entity.kind == "account":
        return not is_machine_account(entity.value)
    return bool(normal_form(entity.kind, entity.value)[1])


def _users(tool: str, hosts: Sequence[str], case: Iterable[Witness]) -> Iterator[Witness]:
    """Evidence of the case that a program of that name was used on that host."""
    place = {normal_form("host", host) for host in hosts}
    for one in case:
        is_there = place <= {normal_form(each.kind, each.value) for each in one.entities}
        if is_there and any(_name(each.value) == tool for each in one.entities if _is_tool(each)):
            yield one


def _is_tool(entity: Entity) -> bool:
    return (entity.kind, entity.role) == ("process", "tool")


def _of_tool(tool: str, hosts: Sequence[str], case: Iterable[Witness]) -> Iterator[Witness]:
    """How the program was started."""
    return (one for one in _users(tool, hosts, case) if one.rule.category == "process_creation")


def _object(deed: Deed, counts: Counter[Entity], witnesses: Sequence[Witness]) -> str:
    for name in deed.object:
        kind, _, role = name.partition(":")
        found = (one.value for one in counts if one.kind == kind and one.role == role)
        if text := _fact(witnesses) if name == "summary" else _first(found):
            return cut(text, OBJECT_CHARACTERS)
    return ""


def _fact(witnesses: Iterable[Witness]) -> str:
    """The first that an event says; what a correlation counts is no object."""
    facts = (one.evidence.summary for one in witnesses if not one.rule.is_correlation)
    return _first(fact for fact in facts if fact)


def cut(text: str, characters: int) -> str:
    """On one line, no longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"


def is_private(value: str) -> bool:
    """Whether an address is of no public network, or none at all."""
    try:
        return not ip_address(value).is_global
    except ValueError:
        return True


def _first(values: Iterable[str]) -> str:
    found: Iterator[str] = iter(values)
    return next(found, "")
