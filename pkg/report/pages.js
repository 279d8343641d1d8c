// Shows findings by severity and code, and opens what a link leads to.
(() => {
  for (const list of document.querySelectorAll(".findings")) {
    const choice = list.querySelector(".choice");
    const items = [...list.querySelectorAll(".finding")];
    if (items.length < 2) continue;
    const boxes = [...choice.querySelectorAll("input")];
    const code = choice.querySelector("select");
    const output = choice.querySelector("output");
    const show = () => {
      const severities = boxes.filter((box) => box.checked).map((box) => box.value);
      let shown = 0;
      for (const item of items) {
        item.hidden = !severities.includes(item.dataset.severity) || (code.value !== "" && code.value !== item.dataset.code);
        if (!item.hidden) shown++;
      }
      output.textContent = `${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")} shown`;
    };
    choice.hidden = false;
    choice.addEventListener("change", show);
    show();
  }

  const open = () => {
    let at = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
