"""Rule files on disk to a rule set, with a cache that notices every change (shell).

The cache is one file for one content: its name is the hash of every file's name and
bytes, of the placeholders, and of this package's own code. Nothing in it is executed when read.
"""

import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.rule_contents import contents_of
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import Head, LogSource, RuleFault
from pipeline.sigma.reading.parse import NO_PLACEHOLDERS, ParsedRules, parse_rules
from schemas.rules import RuleOfSet, RulesInForce, RuleSummary
from sinks.contract import Rows
from sinks.engine_tables import RULE_SETS, RULES_IN_FORCE

SUFFIXES = (".yml", ".yaml")
SAMPLES_SUFFIX = ".samples.yml"
"""Events that a rule must and must not match, beside it: not rules."""
CACHES_KEPT = 8
_ENGINE = Path(__file__).parents[1] / "sigma"


def load_rules(
    directories: Sequence[Path],
    cache: Path | None,
    expand: Mapping[str, Sequence[str]] = NO_PLACEHOLDERS,
    check: Callable[[Path, Mapping[str, bytes]], None] | None = None,
) -> RuleSet:
    """Every *.yml and *.yaml below each directory, or in a .tar.xz, compiled.

    Blocks on the disk. Raises OSError where a directory cannot be read, and what `check` raises
    about what was read of one (`rule_contents`). A file that is not UTF-8 text becomes a fault
    like any other.
    """
    return compile_rules(load_documents(directories, cache, expand, check))


def rule_rows(rules: RuleSet) -> Rows:
    """The rule set as rows of the store, without what its rules look for.

    Its rules stay there, with the contents by which a later rule set is told apart from it.
    """
    sources = [(rule.head, rule.logsource) for rule in rules.rules.values()]
    sources += [(correlation.head, LogSource()) for correlation in rules.correlations]
    summaries = (
        RuleSummary(
            rule_id=head.rule_id,
            title=head.title,
            title_zh=head.title_zh,
            level=head.level or "",
            product=source.product,
            category=source.category,
            service=source.service,
            tags=head.tags,
        )
        for head, source in sources
    )
    told = RulesInForce(rule_set_id=rules.content_id, rules=tuple(summaries))
    of_set = _rules_of_set(rules, [head for head, _ in sources])
    return {
        RULE_SETS.name: RULE_SETS.rows(of_set),
        RULES_IN_FORCE.name: [RULES_IN_FORCE.row(told)],
    }


def _rules_of_set(rules: RuleSet, heads: Sequence[Head]) -> Iterator[RuleOfSet]:
    contents = contents_of(rules)
    for head in heads:
        content = contents[head.rule_id]
        yield RuleOfSet(
            rule_set_id=rules.content_id,
            rule_id=head.rule_id,
            content_id=content.content_id,
            title=head.title,
            sources=tuple("/".join(msgspec.structs.astuple(each)) for each in content.sources),
        )


def load_documents(
    directories: Sequence[Path],
    cache: Path | None,
    expand: Mapping[str, Sequence[str]] = NO_PLACEHOLDERS,
    check: Callable[[Path, Mapping[str, bytes]], None] | None = None,
) -> ParsedRules:
    """What the files say, from the cache where nothing has changed."""
    found: dict[str, bytes | str] = {}
    for place in directories:
        read = dict(_files(place))
        if check is not None:
            check(place, _below(place, read))
        found |= read
    files = {name: content for name, content in found.items() if isinstance(content, bytes)}
    faults = [
        RuleFault(name, 1, "", why, "remove it, or let it be read")
        for name, why in found.items()
        if isinstance(why, str)
    ]
    parsed = _cached(files, cache, expand)
    return msgspec.structs.replace(parsed, faults=(*parsed.faults, *faults))


def rule_contents(place: Path) -> dict[str, bytes]:
    """What there is of rules at a place, by path below it; raises OSError."""
    return _below(place, dict(_files(place)))


def _below(place: Path, files: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """By path below the place. A file that cannot be read has another content than it had."""
    return {
        "" if name == str(place) else Path(name).relative_to(place).as_posix(): (
            content if isinstance(content, bytes) else content.encode()
        )
        for name, content in files.items()
    }


def _cached(
    files: Mapping[str, bytes], cache: Path | None, expand: Mapping[str, Sequence[str]]
) -> ParsedRules:
    if cache is None:
        return _decode(_encode(_parsed(files, expand)))
    place = cache / f"rules-{_fingerprint(files, expand)}.msgpack"
    with suppress(OSError, msgspec.MsgspecError):
        return _decode(place.read_bytes())
    encoded = _encode(_parsed(files, expand))
    with suppress(OSError):
        _keep(place, encoded)
    return _decode(encoded)  # to the letter what the cache will say: ids derive from it


def _encode(parsed: ParsedRules) -> bytes:
    return msgspec.msgpack.encode(parsed)


def _decode(encoded: bytes) -> ParsedRules:
    return msgspec.msgpack.decode(encoded, type=ParsedRules)


def _parsed(files: Mapping[str, bytes], expand: Mapping[str, Sequence[str]]) -> ParsedRules:
    # A byte that is no UTF-8 becomes NUL, which YAML refuses with its line.
    texts = (
        (name, content.decode("utf-8", "replace").replace("\ufffd", "\0"))
        for name, content in files.items()
    )
    return parse_rules(texts, expand)


def _files(place: Path) -> Iterator[tuple[str, bytes | str]]:
    """Names and contents; a text says why there is none."""
    if place.is_dir():
        yield from _directory_files(place)
    elif place.exists() and not place.is_file():
        raise OSError(f"{place}: neither a folder nor a regular file")
    elif place.name.endswith((".tar.xz", ".tar.gz", ".tar")):
        yield from _archive_files(place)
    else:
        yield str(place), place.read_bytes()


def _directory_files(directory: Path) -> Iterator[tuple[str, bytes | str]]:
    for folder, _, names in directory.walk() if hasattr(directory, "walk") else _walk(directory):
        for name in names:
            if _is_rule_file(name):
                path = folder / name
                yield str(path), _content(path)


def _content(path: Path) -> bytes | str:
    """The file's bytes, or why there are none: a pipe would be waited for, for ever."""
    try:
        return path.read_bytes() if path.is_file() else "is no regular file"
    except OSError as fault:
        return f"cannot be read: {fault.strerror}"


def _is_rule_file(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.endswith(SAMPLES_SUFFIX)


def _walk(directory: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """`Path.walk`, which Python 3.11 has not yet."""
    import os

    for folder, folders, names in os.walk(directory):
        yield Path(folder), folders, names


def _archive_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content is not None and _is_rule_file(member.name):
                yield f"{archive}/{member.name}", content.read()


def _fingerprint(files: Mapping[str, bytes], expand: Mapping[str, Sequence[str]]) -> str:
    digest = sha256(_engine_digest())
    digest.update(msgspec.msgpack.encode(sorted((k, list(v)) for k, v in expand.items())))
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + sha256(files[name]).digest())
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _engine_digest() -> bytes:
    """The engine's own code: another reading of the same rules is another cache."""
    sources = sorted(_ENGINE.rglob("*.py"))
    return sha256(b"".join(sha256(each.read_bytes()).digest() for each in sources)).digest()


def _keep(place: Path, content: bytes) -> None:
    """Written aside and moved, so that no reader sees half of it; old ones go."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as aside:
        aside.write(content)
    Path(aside.name).replace(place)
    kept = sorted(place.parent.glob("rules-*.msgpack"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-CACHES_KEPT]:
        old.unlink(missing_ok=True)
