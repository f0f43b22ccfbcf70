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

  // Only what really scrolls sideways is a stop for the Tab key.
  const boxes = all(".scroll");
  const reach = () => boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0; else box.removeAttribute("tabindex");
  });
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
  folds.forEach((fold) => fold.addEventListener("toggle", reach));
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

  // The session's video, a file of the reader's own: a click on a bar (or Enter) plays that stretch.
  const player = one(".player");
  const video = one("video", player);
  const shows = one(".video-session", player);
  const offset = one(".video-offset", player);
  const media = JSON.parse(player.dataset.media);
  let address = null;
  let until = null;
  form.elements.video.addEventListener("change", () => {
    const file = form.elements.video.files[0];
    if (address) URL.revokeObjectURL(address);
    address = null;
    player.hidden = !file;
    if (!file) { video.removeAttribute("src"); return; }
    address = URL.createObjectURL(file);
    video.src = address;
    // The coded files link their recordings: their name tells the session, and where in them time 0 of the coding lies.
    const linked = media.find((one) => one[1] === key(file.name));
    const named = Array.from(shows.options).map((option) => option.value)
      .filter((session) => file.name.toLowerCase().includes(session.toLowerCase()))
      .sort((a, b) => b.length - a.length);
    if (linked) shows.value = linked[0]; else if (named.length) shows.value = named[0];
    begin();
    mark();
  });
  const key = (name) => {
    let value = 0x811c9dc5;
    const stem = name.replace(/(.)\.[^.]*$/, "$1").normalize("NFC").toLowerCase();
    for (const byte of new TextEncoder().encode(stem)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
    return value.toString(16).padStart(8, "0");
  };
  // Of the linked recording itself, else of the session's first one.
  const begin = () => {
    const file = form.elements.video.files[0];
    const its = media.filter((one) => one[0] === shows.value);
    const one = its.find((item) => file && item[1] === key(file.name)) || its[0];
    offset.value = one ? one[2] / 1000 : 0;
  };
  const mark = () => strips.forEach((strip) => {
    strip.classList.toggle("playable", !player.hidden && strip.dataset.session === shows.value);
  });
  shows.addEventListener("change", () => { begin(); mark(); });
  const play = (bar) => {
    if (player.hidden) return;
    const session = bar.closest(".strip").dataset.session;
    if (session !== shows.value) { readout.textContent = player.dataset.other.replace("{session}", session); return; }
    const shift = Number(offset.value) || 0;
    video.currentTime = Math.max(0, Number(bar.dataset.t) / 1000 + shift);
    const started = video.play();
    until = Number(bar.dataset.e) / 1000 + shift;
    if (started) started.catch(() => {});
  };
  video.addEventListener("timeupdate", () => {
    if (until !== null && video.currentTime >= until) { video.pause(); until = null; }
  });
  strips.forEach((strip) => {
    const bars = one(".bars", strip);
    bars.addEventListener("click", (event) => { const bar = event.target.closest(".b"); if (bar) { tell(bar); play(bar); } });
    bars.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && active && bars.contains(active)) { event.preventDefault(); play(active); }
    });
  });
})();
