"""Real Chromium over the report: what it logs, what axe-core finds, how wide the page is."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest

AXE_VERSION: Final = "4.14.1"
CACHE: Final = Path(__file__).parents[2] / ".cache" / "axe"
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=20000",
)
_PROBE: Final = """
<script>
window.addEventListener("load", async () => {
  const width = [document.documentElement.scrollWidth, window.innerWidth];
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const violations = found.violations.map((v) =>
    ({ id: v.id, impact: v.impact,
       at: v.nodes.map((n) => [n.html, n.failureSummary]).slice(0, 3) }));
  const answer = document.createElement("script");
  answer.type = "application/json";
  answer.id = "probe";
  answer.textContent = JSON.stringify({ width, violations, passes: found.passes.length });
  document.body.append(answer);
});
</script>
"""


def browser() -> str:
    """Chromium's command; skips the test where there is none."""
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium here: apt-get install chromium")


def axe_source() -> str:
    """axe-core's script, fetched once by npm; skips the test where it cannot be had."""
    script = CACHE / "package" / "axe.min.js"
    if not script.exists():
        _fetch_axe()
    return script.read_text(encoding="utf-8")


def _fetch_axe() -> None:
    if not shutil.which("npm"):
        pytest.skip("no axe-core here, and no npm to fetch it")
    CACHE.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(
        ["npm", "pack", "--silent", f"axe-core@{AXE_VERSION}"], cwd=CACHE, capture_output=True
    )
    if fetched.returncode:
        pytest.skip(f"axe-core could not be fetched: {fetched.stderr.decode()[-200:]}")
    archive = next(CACHE.glob("*.tgz"))
    subprocess.run(["tar", "xzf", archive.name], cwd=CACHE, check=True)


def probe(page: str, fragment: str = "", width: int = 1280, dark: bool = False) -> dict[str, Any]:
    """Opens the page (HTML text): `violations` of axe-core, `width` [needed, given], `console`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        probed = page.replace("</body>", f"<script>{axe_source()}</script>{_PROBE}</body>")
        file.write_text(probed, encoding="utf-8")
        scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
        run = subprocess.run(
            [
                browser(),
                *_FLAGS,
                *scheme,
                f"--window-size={width},900",
                f"--user-data-dir={folder}/profile",
                "--dump-dom",
                f"file://{file}#{fragment}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
    found = run.stdout.rpartition('id="probe">')[2].partition("</script>")[0]
    console = [line for line in run.stderr.splitlines() if ":CONSOLE" in line]
    return {**json.loads(found), "console": console}
