// From the moment a finger touches the glass to the frame that shows it. Runs in every page of a journey before its own scripts.
// A key: two animation frames after its click, when its frame has been handed to the glass. A verb: two frames after the next
// screen was put in place, or the first contentful paint of a window that starts anew; and before it the frame that marks the
// button as felt.
(() => {
  "use strict";
  const KEY = "stopwatch";
  const memory = () => JSON.parse(sessionStorage.getItem(KEY) || '{"taps": [], "open": null}');
  const keep = (what) => sessionStorage.setItem(KEY, JSON.stringify(what));
  const wall = (moment) => performance.timeOrigin + moment;
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(wall(performance.now()))));
  let began = null;

  addEventListener("pointerdown", (event) => { began = wall(event.timeStamp); }, { capture: true });
  addEventListener("click", (event) => {
    if (began === null || !event.target.closest("button[type=button]")) return;
    const from = began;
    began = null;
    painted((now) => { const told = memory(); told.taps.push(["key", now - from, 0]); keep(told); });
  }, { capture: true });
  addEventListener("submit", (event) => {
    if (began === null) return;
    const open = { kind: new URL(event.target.action).pathname.split("/").pop(), began, busy: 0 };
    began = null;
    keep({ ...memory(), open });
    painted((now) => { const told = memory(); if (told.open) { told.open.busy = now - told.open.began; keep(told); } });
  }, { capture: true });
  addEventListener("submit", () => { if (!kios.turning()) keep({ ...memory(), open: null }); }); // somebody asks first
  const arrived = (now) => {
    const told = memory();
    if (!told.open) return;
    told.taps.push([told.open.kind, now - told.open.began, told.open.busy]);
    keep({ ...told, open: null });
  };
  document.addEventListener("layar", () => painted(arrived));
  new PerformanceObserver((list) => {
    const first = list.getEntries().find((entry) => entry.name === "first-contentful-paint");
    if (first) arrived(wall(first.startTime));
  }).observe({ type: "paint", buffered: true });

  window.kiosStopwatch = () => {
    const told = memory();
    keep({ ...told, taps: [] });
    return JSON.stringify(told.taps);
  };
})();
