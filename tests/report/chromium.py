"""Real Chromium over the report: what it logs, what axe-core finds, how wide the page is."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
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


def within(page: str, width: int, question: str, fragment: str = "", before: str = "") -> Any:
    """What `question` (JavaScript over `document`) says of the page in a frame of this width.

    A headless window is never narrower than 500 pixels; a frame is. `before` runs first.
    """
    frame = f"""<!doctype html><meta charset="utf-8"><body>
    <iframe style="width:{width}px;height:900px"></iframe>
    <script>
    {before}
    const frame = document.querySelector("iframe");
    frame.onload = () => {{
      frame.contentWindow.location.hash = {json.dumps(fragment)};
      setTimeout(() => {{
        const found = frame.contentWindow.Function("return " + {json.dumps(question)})();
        const answer = document.createElement("script");
        answer.type = "application/json"; answer.id = "probe";
        answer.textContent = JSON.stringify(found);
        document.body.append(answer);
      }}, 300);
    }};
    frame.srcdoc = {json.dumps(page).replace("</", "<" + chr(92) + "/")};
    </script></body>"""
    return json.loads(_dumped(frame, "", 1280)[0])


def printed(page: str) -> bytes:
    """The page as Chromium prints it: a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        file, paper = Path(folder) / "page.html", Path(folder) / "page.pdf"
        file.write_text(page, encoding="utf-8")
        _run(folder, f"--print-to-pdf={paper}", f"file://{file}")
        return paper.read_bytes()


def _dumped(
    page: str, fragment: str, width: int, flags: Sequence[str] = ()
) -> tuple[str, list[str]]:
    """What the probe in the page wrote, and what the page logged."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        size = f"--window-size={width},900"
        run = _run(folder, *flags, size, "--dump-dom", f"file://{file}#{fragment}")
    found = run.stdout.rpartition('id="probe">')[2].partition("</script>")[0]
    return found, [line for line in run.stderr.splitlines() if ":CONSOLE" in line]


def _run(folder: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [browser(), *_FLAGS, f"--user-data-dir={folder}/profile", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
    )


def probe(page: str, fragment: str = "", width: int = 1280, dark: bool = False) -> dict[str, Any]:
    """Opens the page (HTML text): `violations` of axe-core, `width` [needed, given], `console`."""
    probed = page.replace("</body>", f"<script>{axe_source()}</script>{_PROBE}</body>")
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    found, console = _dumped(probed, fragment, width, scheme)
    return {**json.loads(found), "console": console}
