"""`python -m tests.supply_chain.sbom FILE`: the bill of materials, CycloneDX 1.6 (`make audit`).

Of every locked package the version, the hashes of its archives and its licence. A licence that is
not among those looked at ends it with exit code 1: read it, then enter it or drop the package.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path

import msgspec
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK = Path(__file__).parents[2] / "requirements.lock"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
LOOKED_AT = frozenset({
    "0BSD", "3-Clause BSD License", "AFL-2.1", "Apache", "Apache Software License", "Apache-2.0",
    "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "DFSG approved",
    "GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.1-or-later", "MIT",
    "MIT License", "MIT-0", "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0",
    "Public-Domain", "Python Software Foundation License", "Repoze Public License", "Zlib",
})  # fmt: skip
"""As packages state them: permissive ones, and two whose terms are met by naming the package and
leaving it as it is (MPL 2.0, LGPL 2.1: a module of its own, which can be replaced)."""
SAID_ELSEWHERE: Mapping[str, str] = {"promql-parser": "MIT"}
"""Packages whose metadata have no licence; from the file that comes with them."""


class Locked(msgspec.Struct, frozen=True):
    """A package of the lock file, with the SHA-256 of each of its archives."""

    name: str
    version: str
    hashes: tuple[str, ...]


def locked_packages(text: str) -> Iterator[Locked]:
    """All that the lock file names."""
    for entry in re.split(r"\n(?=\S)", text):
        if found := PINNED.match(entry):
            yield Locked(found["name"], found["version"], tuple(HASH.findall(entry)))


def licence_of(name: str) -> str:
    """As its metadata say it; "" where they do not, or it is not installed here."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return SAID_ELSEWHERE.get(name, "")
    return _stated(package) or SAID_ELSEWHERE.get(name, "")


def _stated(package: Distribution) -> str:
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classified = [
        each.rpartition("::")[2].strip()
        for each in metadata.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    (own_words, *_) = metadata.get_all("License") or [""]
    return " OR ".join(classified) or own_words.partition("\n")[0]


def is_looked_at(licence: str) -> bool:
    """Whether every licence that it names is known to us; none named is not."""
    if licence in LOOKED_AT:
        return True
    named = re.split(r" (?:AND|OR|and) ", licence)
    return all(each.strip("() ") in LOOKED_AT for each in named)


def bill_of(packages: Iterator[Locked]) -> Bom:
    """The bill of materials of Fenghuo and these."""
    bom = Bom()
    name, own = "fenghuo", version("fenghuo")
    bom.metadata.component = Component(type=ComponentType.APPLICATION, name=name, version=own)
    for each in packages:
        licence = licence_of(each.name)
        purl = PackageURL("pypi", name=each.name.lower().replace("_", "-"), version=each.version)
        bom.components.add(
            Component(
                type=ComponentType.LIBRARY,
                bom_ref=str(purl),
                name=each.name,
                version=each.version,
                purl=purl,
                licenses=[DisjunctiveLicense(name=licence)] if licence else [],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in each.hashes],
            )
        )
    bom.register_dependency(bom.metadata.component, bom.components)
    return bom


def main(file: Path) -> int:
    """Write the bill; how many licences were not looked at yet."""
    packages = [*locked_packages(LOCK.read_text(encoding="utf-8"))]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(JsonV1Dot6(bill_of(iter(packages))).output_as_string(indent=2))
    licences = {each.name: licence_of(each.name) for each in packages}
    unknown = {name: each for name, each in licences.items() if not is_looked_at(each)}
    for name, licence in unknown.items():
        print(f"{name}: licence {licence or 'not stated'!r}: read it, then enter it in {__file__}")
    print(f"{file}: {len(packages)} packages, {len(unknown)} licences to look at")
    return len(unknown)


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]))))
