"""Every statutory form of one simulated ransomware case, as an official would print it.

`python -m tests.severity.form_pictures` makes the case through the command line, prints each form
in both languages with LibreOffice, and leaves one small picture a form in docs/images, its pages
side by side. It needs LibreOffice and poppler.
"""

import json
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.severity.forms.fields import FormName
from schemas.language import LANGUAGES, Language

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
DOTS_PER_INCH: Final = 84
IMPACT: Final = {
    "data_class": "important", "threat": "serious", "production_harm": "major",
    "outage_minutes": 390, "direct_loss_cny": 26_000_000, "persons": 12_000, "sensitive_persons": 0,
}  # fmt: skip
COUNTED: Final = {
    "telephone": "000-00000000", "data_types": ["production", "management"], "volume_gb": 180,
    "personal_records": 12_000, "ransom_cny": 2_000_000,
}  # fmt: skip
TOLD: Final[Mapping[Language, dict[str, Any]]] = {
    "zh": {
        "reporter": "安全管理部值班员",
        "cause": "远程接入账户口令被猜中，攻击者登录后关闭防护软件并加密文件",
        "affected_subject": "本单位总装车间和仓储部门",
        "measures_taken": "受影响主机已全部断网，远程接入已停用。",
        "measures_planned": "三日内从离线备份恢复生产系统，逐台复核后重新上线",
        "support_needed": "请求应急支撑机构协助溯源",
        "ransom_account": "勒索信中的钱包地址，见附件",
        "ransom_method": "虚拟货币，未支付",
        "evidence": "两台主机磁盘已只读封存，日志另存一份",
        "accountability": "远程接入管理责任已内部通报",
        "improvements": "远程接入改用双因素认证，离线备份每周演练一次",
        "lessons": "远程接入账户此前未启用双因素认证",
    },
    "en": {
        "reporter": "duty officer, security department",
        "cause": "the password of a remote access account was guessed; the attacker logged in, "
        "stopped the protection software and encrypted files",
        "affected_subject": "the assembly shop and the warehouse of the unit",
        "measures_taken": "All hosts concerned are off the network, remote access is stopped.",
        "measures_planned": "production is restored from offline backups within three days",
        "support_needed": "help of a support institution in tracing the attacker",
        "ransom_account": "a wallet's address in the ransom note, attached",
        "ransom_method": "virtual currency, not paid",
        "evidence": "the disks of two hosts are sealed, the logs are copied",
        "accountability": "the fault in managing remote access was told within the unit",
        "improvements": "remote access asks for two factors; backups are tried weekly",
        "lessons": "remote access accounts had no second factor",
    },
}  # fmt: skip
WARNED: Final[Mapping[Language, dict[str, str]]] = {
    "zh": {
        "scope_and_harm": "省内使用同类远程接入设备的企业，生产系统可能被加密",
        "matters": "勒索攻击者猜测远程接入账户口令",
        "measures": "停用弱口令账户，启用双因素认证，核对离线备份",
        "distribution": "省内装备制造企业",
    },
    "en": {
        "scope_and_harm": "works of the province with remote access of this kind: production "
        "systems may be encrypted",
        "matters": "ransomware by guessed passwords of remote access",
        "measures": "stop accounts with weak passwords, ask for two factors, check backups",
        "distribution": "equipment makers of the province",
    },
}
RED: Final = {
    "colour": "red", "issued_by": "mechanism",
    "starts_at": "2026-11-26T12:00:00+08:00", "handle_by": "2026-11-28T18:00:00+08:00",
}  # fmt: skip


class Case:
    """The attacked enterprise of a simulated period, read into a store of its own."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        self._store = folder / "store"
        self._numbers = count()
        period = folder / "period"
        start = ("--start", "2026-11-26T08:00:00+08:00")
        call("simulate", "--enterprises", 10, "--events", 30, *start, "--story", "ransomware",
             "--out", period)  # fmt: skip
        victim = json.loads((period / "truth.ndjson").read_text().splitlines()[0])["enterprise_id"]
        call("run", "--store", self._store, "--registry", period / "registry.ndjson",
             "--enterprise", victim, "--received-at", "2026-11-26T10:05:00+08:00",
             *sorted((period / "events").glob(f"{victim}.*")))  # fmt: skip
        listed = call("incidents", "list", "--json", "--store", self._store).splitlines()
        found = [json.loads(line) for line in listed]
        (self._incident,) = [one["incident_id"] for one in found if one["scenario"] == "ransomware"]

    def say(self, verb: str, *words: object) -> None:
        """One command on the incident."""
        who = ("--analyst", {"zh": "值班员", "en": "duty officer"}[self.language])
        call("incidents", verb, self._incident, *words, *who, "--store", self._store)

    def say_file(self, verb: str, content: Mapping[str, object], *words: object) -> None:
        """A command that takes a file."""
        file = self._store.parent / f"said-{next(self._numbers)}.json"
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        self.say(verb, file, *words)

    def write_forms(self, names: Sequence[FormName]) -> Iterator[Path]:
        """These forms as Word files."""
        for name in names:
            file = self._store.parent / f"form-{name}-{self.language}.docx"
            call("incidents", "form", self._incident, "--form", name, "--lang", self.language,
                 "--format", "docx", "--out", file, "--store", self._store)  # fmt: skip
            yield file


def call(*words: object) -> str:
    """What the command prints; a fault ends it all."""
    result = CliRunner().invoke(main, [str(each) for each in words])
    if result.exit_code:
        sys.exit(f"fenghuo {' '.join(map(str, words))}\n{result.output}")
    return result.stdout


def write_all(folder: Path, language: Language) -> list[Path]:
    """All forms, each as it would be sent: those that end the matter after its end."""
    folder.mkdir()
    case = Case(folder, language)
    case.say_file("issue-warning", WARNED[language] | RED, "--consent", "leading_group")
    case.say("confirm")
    case.say_file("impact", IMPACT)
    case.say_file("describe", TOLD[language] | COUNTED)
    during = [*case.write_forms(("miit-warning", "miit-report", "cac-first", "cac-further"))]
    case.say("resolve", "--verdict", "true_positive")
    case.say("end-response", "--body", "mechanism")
    return [*during, *case.write_forms(("miit-summary", "cac-closing"))]


class Page(NamedTuple):
    """A page in shades of grey: rows of one byte a dot."""

    width: int
    rows: Sequence[bytes]


def pages_of(pdf: Path) -> list[Page]:
    """The pages as they print."""
    subprocess.run(
        ["pdftoppm", "-gray", "-r", str(DOTS_PER_INCH), pdf, pdf.with_suffix("")], check=True
    )
    return [_read(file) for file in sorted(pdf.parent.glob(f"{pdf.stem}-*.pgm"))]


def _read(file: Path) -> Page:
    """A file as pdftoppm writes it: `P5`, width and height, 255, then the dots."""
    _, size, _, dots = file.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    return Page(width, [dots[row * width : (row + 1) * width] for row in range(height)])


def side_by_side(pages: Sequence[Page]) -> bytes:
    """One PNG of all pages in sixteen shades, which is small and reads well."""
    between = b"\xb0" * 6
    rows = [between.join(parts) for parts in zip(*(page.rows for page in pages), strict=True)]
    packed = b"".join(b"\0" + _halved(row) for row in rows)
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 4, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(packed, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _halved(row: bytes) -> bytes:
    """Two dots a byte."""
    even = row + b"\0" * (len(row) % 2)
    return bytes(
        (left & 0xF0) | (right >> 4) for left, right in zip(even[::2], even[1::2], strict=True)
    )


def print_pictures(images: Path) -> None:
    """Make the case, print its forms and leave the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = [file for each in LANGUAGES for file in write_all(folder / each, each)]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *written],
            check=True,
            capture_output=True,
        )
        for file in written:
            pages = pages_of(folder / f"{file.stem}.pdf")
            picture = images / f"{file.stem}.png"
            picture.write_bytes(side_by_side(pages))
            print(f"{picture}: {len(pages)} pages, {picture.stat().st_size // 1_000} kB")


if __name__ == "__main__":
    print_pictures(Path(sys.argv[1]) if sys.argv[1:] else IMAGES)
