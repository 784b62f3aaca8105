"""The bill of materials names what is locked; images are pinned as their registry says."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.docs.links import ROOT
from tests.supply_chain.sbom import LOCK, is_looked_at, locked_packages, main

DIGEST = "sha256:" + "ab" * 32


def test_the_bill_names_every_locked_package_and_every_licence_was_looked_at(
    tmp_path: Path,
) -> None:
    file = tmp_path / "sbom.json"
    assert main(file) == 0
    bill = file.read_text()
    pinned = re.findall(r"^([^\s#=]+)==([^\s;]+)", LOCK.read_text(), re.MULTILINE)
    assert len(pinned) > 100
    for name, version in pinned:
        assert f'"pkg:pypi/{name.lower()}@{version}"' in unquote(bill)
    assert bill.count('"alg": "SHA-256"') == LOCK.read_text().count("--hash=sha256:")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_an_entry_of_the_lock_is_read_with_its_hashes() -> None:
    (entry,) = locked_packages(
        f"a-b==1.0 ; x == 'y' \\\n    --hash=sha256:{'0' * 64}\n    # via c\n"
    )
    assert (entry.name, entry.version, entry.hashes) == ("a-b", "1.0", ("0" * 64,))


@pytest.mark.parametrize("licence", ["", "AGPL-3.0-only", "MIT AND GPL-3.0-only", "Proprietary"])
def test_a_licence_that_nobody_looked_at_is_said(licence: str) -> None:
    assert not is_looked_at(licence)


def test_pinning_puts_the_registry_s_digest_beside_each_tag_and_again_replaces_it(
    tmp_path: Path,
) -> None:
    """A stand-in answers for the registries, which cannot be asked in a test."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    shutil.copy(ROOT / "Makefile", tmp_path)
    skopeo = tmp_path / "skopeo"
    skopeo.write_text(f"#!/bin/sh\necho {DIGEST}\n")
    skopeo.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    compose = tmp_path / "deploy" / "compose.yaml"
    tags = re.findall(r"image: (docker\.io/\S+)", compose.read_text())
    for _ in range(2):
        subprocess.run(["make", "pin-images"], cwd=tmp_path, env=environment, check=True)
        pinned = re.findall(r"image: (docker\.io/\S+)", compose.read_text())
        assert pinned == [f"{tag}@{DIGEST}" for tag in tags]
    assert (
        f"python:3.11-slim-bookworm@{DIGEST} AS build"
        in (tmp_path / "deploy" / "Containerfile").read_text()
    )
