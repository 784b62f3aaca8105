"""The imports between folders, as the picture in docs/architecture.md.

    python -m tests.architecture.import_picture

An arrow is drawn from what imports to what is imported; what follows from two others is left
out (the transitive reduction), so that the layers can be seen.
"""

from collections.abc import Mapping, Set

import grimp

ROOTS = ("pipeline", "schemas", "sinks", "dashboards")
SPLIT = "pipeline"
"""The package whose own folders are drawn; the others are one box each."""


def room_of(module: str) -> str:
    """The box in which a module is drawn."""
    root, _, rest = module.partition(".")
    return f"{root}/{rest.partition('.')[0]}" if root == SPLIT and rest else root


def room_imports() -> dict[str, set[str]]:
    """Which box imports which."""
    graph = grimp.build_graph(*ROOTS)
    imports: dict[str, set[str]] = {}
    for module in graph.modules:
        ours = imports.setdefault(room_of(module), set())
        ours |= {room_of(each) for each in graph.find_modules_directly_imported_by(module)}
    for room, others in imports.items():
        others.discard(room)
    imports.pop(SPLIT, None)  # the empty package itself
    return imports


def reachable(imports: Mapping[str, Set[str]], start: str) -> set[str]:
    """Every box that can be reached by following imports."""
    found: set[str] = set()
    waiting = [*imports[start]]
    while waiting:
        room = waiting.pop()
        if room not in found:
            found.add(room)
            waiting += imports[room]
    return found


def picture() -> str:
    """A Mermaid flowchart."""
    imports = room_imports()
    lines = ["flowchart TD"]
    for room in sorted(imports):
        beyond = {far for near in imports[room] for far in reachable(imports, near)}
        lines += [
            f"  {_name(room)}[{room}] --> {_name(other)}[{other}]"
            for other in sorted(imports[room] - beyond)
        ]
    return "\n".join(lines)


def _name(room: str) -> str:
    return room.replace("/", "_")


if __name__ == "__main__":
    print(picture())
