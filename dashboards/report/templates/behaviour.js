(() => {
  "use strict";
  const root = document.documentElement;
  const overview = document.getElementById("overview");
  const cases = [...document.querySelectorAll(".case")];
  const form = document.querySelector(".filters");
  const tiles = [...document.querySelectorAll("button.tile")];

  // One page at a time: the fragment names the incident. Without script, one long document.
  function route() {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const shown = cases.find((page) => page.id === wanted);
    overview.hidden = Boolean(shown);
    for (const page of cases) page.hidden = page !== shown;
    if (shown) {
      window.scrollTo(0, 0);
      shown.focus({ preventScroll: true });
    } else if (wanted && wanted !== "overview") {
      document.getElementById(wanted)?.scrollIntoView();
    }
  }

  function filter() {
    const { grade, scenario, province, search } = form.elements;
    const text = search.value.trim().toLowerCase();
    const entries = [...document.querySelectorAll("#incidents .entry")];
    for (const entry of entries) {
      const data = entry.dataset;
      entry.hidden = !(
        (!grade.value || data.grade === grade.value) &&
        (!scenario.value || data.scenario === scenario.value) &&
        (!province.value || data.province === province.value) &&
        (!text || entry.textContent.toLowerCase().includes(text))
      );
    }
    const shown = entries.filter((entry) => !entry.hidden).length;
    const output = form.querySelector("output");
    output.textContent = output.dataset.shown.replace("{0}", shown).replace("{1}", entries.length);
    document.getElementById("none-shown").hidden = shown > 0;
    for (const tile of tiles) {
      tile.setAttribute("aria-pressed", String(tile.dataset.province === province.value));
    }
  }

  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const tile of tiles) {
      tile.addEventListener("click", () => {
        const { province } = form.elements;
        province.value = province.value === tile.dataset.province ? "" : tile.dataset.province;
        filter();
      });
    }
    filter();
  }

  // What was discovered after the report that this browser showed before. Storage may be refused.
  function markSince() {
    const made = Number(document.querySelector("main").dataset.made);
    try {
      const looked = Number(localStorage.getItem("fenghuo-looked")) || made;
      for (const chip of document.querySelectorAll(".since")) {
        chip.hidden = Number(chip.closest(".entry").dataset.opened) <= looked;
      }
      localStorage.setItem("fenghuo-looked", String(Math.max(made, looked)));
    } catch {
      // A file that is opened without storage marks nothing.
    }
  }

  markSince();
  document.querySelector(".tools").hidden = false;
  document.getElementById("print").addEventListener("click", () => window.print());
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  window.addEventListener("hashchange", route);
  window.addEventListener("beforeprint", () => {
    // What would raise a tier and what was received; criteria that are not met stay counted.
    for (const fold of document.querySelectorAll("details:not(.unmet)")) fold.open = true;
  });
  route();
})();
