// The technician's pages load whole: each verb is a plain form. Here: look again when something changed, warn before the mode
// closes, say that a print takes a moment. Scripts that the visitors' screens share find the same `kios.each`.
window.kios = { each: (setUp) => { document.addEventListener("DOMContentLoaded", () => setUp(new AbortController().signal)); } };

kios.each(() => {
  "use strict";
  const { bench, mark } = document.body.dataset;
  const warning = document.querySelector("#peringatan");
  const wait = document.querySelector("#tunggu");
  let leaving = false, touched = 0;
  document.body.dataset.visit = bench; // for wedge.js; not in the page itself, which turning.js would then not load whole

  const touch = () => fetch("/sentuh", { method: "POST", body: new URLSearchParams({ kunjungan: bench }) }).catch(() => {});
  const active = () => {
    const now = Date.now();
    if (now - touched > 5000 && !warning.open) { touched = now; touch(); }
  };
  for (const kind of ["pointerdown", "pointermove", "keydown"]) document.addEventListener(kind, active, { passive: true });
  document.querySelector("#masih").addEventListener("click", () => { warning.close(); touch(); });

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (leaving) { event.preventDefault(); return; }
      leaving = true;
      form.querySelector("button").setAttribute("aria-busy", "true");
      if (!form.dataset.wait) return;
      document.querySelector("#tunggu-kata").textContent = form.dataset.wait;
      wait.showModal();
    });
  }

  const go = (address) => { leaving = true; location.replace(address); };
  const pulse = async () => {
    try {
      const answer = await fetch("/teknisi/denyut");
      if (leaving) return;
      if (!answer.ok) { go("/"); return; } // locked, or another visit
      const facts = await answer.json();
      if (leaving) return;
      if (facts.mark !== mark) { go("/teknisi"); return; }
      if (facts.warn > 0) {
        document.querySelector("#detik").textContent = String(facts.warn);
        if (!warning.open) warning.showModal();
      } else if (warning.open) warning.close();
    } catch { /* the kiosk's own server is restarting: the next pulse finds it */ }
    if (!leaving) setTimeout(pulse, 1000);
  };
  setTimeout(pulse, 400);
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.ready = "1"; }));
});
document.addEventListener("contextmenu", (event) => event.preventDefault());
