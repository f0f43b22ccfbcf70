"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector, within = document) => within.querySelector(selector);

  // Everything that is folded can be opened at once, and is open on paper.
  const button = one(".open-all");
  const folds = all("details");
  button.hidden = folds.length === 0;
  const label = () => { button.textContent = folds.some((fold) => !fold.open) ? button.dataset.open : button.dataset.close; };
  button.addEventListener("click", () => {
    const open = folds.some((fold) => !fold.open);
    folds.forEach((fold) => { fold.open = open; });
    label();
  });
  folds.forEach((fold) => fold.addEventListener("toggle", label));
  let closed = [];
  window.addEventListener("beforeprint", () => { closed = folds.filter((fold) => !fold.open); closed.forEach((fold) => { fold.open = true; }); });
  window.addEventListener("afterprint", () => closed.forEach((fold) => { fold.open = false; }));

  const form = one(".filters");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  const strips = all(".strip");
  const readout = one(".readout");
  const count = form.elements.shown;
  const unit = one(".strips").dataset.shown;

  const apply = () => {
    const session = form.elements.session.value;
    const rater = form.elements.rater.value;
    const category = form.elements.category.value;
    const disagreed = form.elements.disagreed.checked;
    let shown = 0;
    strips.forEach((strip) => {
      const wanted = (!session || strip.dataset.session === session)
        && (!disagreed || Number(strip.dataset.disagreed) > 0)
        && (!category || all(".b", strip).some((bar) => bar.dataset.c === category));
      strip.hidden = !wanted;
      if (!wanted) return;
      shown += 1;
      all(".b, .l", strip).forEach((bar) => {
        const other = (rater && bar.dataset.r !== undefined && bar.dataset.r !== rater)
          || (category && bar.dataset.c !== category && !bar.classList.contains("disagreement"));
        bar.classList.toggle("dim", Boolean(other));
      });
    });
    count.textContent = shown + " / " + strips.length + " " + unit;
  };
  const zoom = () => {
    const width = 100 * Number(form.elements.zoom.value) + "%";
    all(".bars").forEach((bars) => { bars.style.width = width; });
  };
  form.addEventListener("input", (event) => { if (event.target.name === "zoom") zoom(); else apply(); });

  // Value and times of the bar under the pointer, or of the one that the arrow keys reached.
  let active = null;
  const tell = (bar) => {
    if (active) active.classList.remove("active");
    active = bar;
    if (!bar) return;
    bar.classList.add("active");
    readout.textContent = bar.querySelector("title").textContent;
  };
  strips.forEach((strip) => {
    const bars = one(".bars", strip);
    bars.addEventListener("pointerover", (event) => { const bar = event.target.closest(".b"); if (bar) tell(bar); });
    bars.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const listed = all(".b:not(.dim)", bars);
      const at = listed.indexOf(active);
      const next = listed[at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + step))];
      if (next) tell(next);
    });
  });
  apply();
})();
