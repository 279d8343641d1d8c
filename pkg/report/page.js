// Sorts and filters tables, opens all that is closed, and saves the answer. Without it
// everything can be read.
"use strict";
(() => {
  const numeral = (text) => {
    const found = text.replace(/,/g, "").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : -Infinity;
  };
  const count = (n) => n.toLocaleString("en"); // as all numbers of the page are written
  const words = new Intl.Collator("en", { numeric: true });

  for (const listing of document.querySelectorAll(".listing")) {
    const table = listing.querySelector("table");
    const heads = [...table.tHead.rows[0].cells];
    // What moves as one: a row, or a body that holds a row and what opens below it.
    const units = table.tBodies.length > 1 ? [...table.tBodies] : [...table.tBodies[0].rows];
    const row = (unit) => unit.rows ? unit.rows[0] : unit;

    if (units.length > 1) heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const number = head.classList.contains("num");
        const was = head.getAttribute("aria-sort");
        const now = was === "ascending" ? "descending" : was === "descending" ? "ascending" : number ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", now);
        const key = (unit) => row(unit).cells[column].textContent.trim();
        const compare = number ? (a, b) => numeral(key(a)) - numeral(key(b)) : (a, b) => words.compare(key(a), key(b));
        const sorted = units.slice().sort((a, b) => now === "ascending" ? compare(a, b) : compare(b, a));
        const parent = units[0].parentNode;
        for (const unit of sorted) parent.append(unit);
      });
    });

    const box = listing.querySelector(".filter");
    if (!box) continue;
    const input = box.querySelector("input");
    const output = box.querySelector("output");
    const texts = units.map((unit) => unit.textContent.toLowerCase());
    const show = () => {
      const parts = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      units.forEach((unit, i) => {
        unit.hidden = !parts.every((part) => texts[i].includes(part));
        if (!unit.hidden) shown++;
      });
      output.textContent = parts.length ? `${count(shown)} of ${count(units.length)} rows` : `${count(units.length)} rows`;
    };
    box.hidden = false;
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && input.value) { input.value = ""; show(); event.preventDefault(); }
    });
    show();
  }

  const all = document.getElementById("dr-open");
  const closed = document.querySelectorAll("details");
  if (closed.length > 0) {
    all.hidden = false;
    all.querySelector("button").addEventListener("click", () => { for (const one of closed) one.open = true; });
  }

  const save = document.getElementById("dr-save");
  const data = document.getElementById("data");
  const unpacked = async () => {
    if (!data.dataset.packed) return data.textContent;
    const bytes = Uint8Array.from(atob(JSON.parse(data.textContent)), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  if (data.textContent !== "null") {
    save.hidden = false;
    save.addEventListener("click", async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(JSON.parse(await unpacked()), null, 2) + "\n"], { type: "application/json" }));
      link.download = "dealroute.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
})();
