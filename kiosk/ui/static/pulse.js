// The pulse: go on when something came, warn before an idle visit is wiped, ask before starting anew.
kios.each((leaving) => {
  "use strict";
  const LATE = 10;
  const body = document.body;
  const { visit, version, mark, step } = body.dataset;
  const warning = document.querySelector("#peringatan");
  const sure = document.querySelector("#yakin");
  const wait = document.querySelector("#tunggu");

  const touch = () => fetch("/sentuh", { method: "POST", body: new URLSearchParams({ kunjungan: visit }) }).catch(() => {});
  let touched = 0;
  const active = () => {
    const now = Date.now();
    if (now - touched > 5000 && step !== "home" && !warning.open) { touched = now; touch(); }
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "input", "suara"]) document.addEventListener(kind, active, { passive: true, signal: leaving });
  document.querySelector("#masih").addEventListener("click", () => { warning.close(); touch(); });

  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sure) return;
      event.preventDefault();
      document.querySelector("#yakin-ya").onclick = () => { form.dataset.sure = "1"; form.requestSubmit(); };
      document.querySelector("#yakin-tidak").onclick = () => sure.close();
      sure.showModal();
    });
  }

  // nobody came for a while: an inviting picture, gone at the first touch or key
  const attract = document.querySelector("#undangan");
  if (attract) {
    let timer;
    const invite = () => { timer = setTimeout(() => { attract.hidden = false; }, Number(attract.dataset.after) * 1000); };
    const leave = () => { clearTimeout(timer); attract.hidden = true; invite(); };
    for (const kind of ["click", "keydown"]) document.addEventListener(kind, leave, { capture: true, signal: leaving });
    leaving.addEventListener("abort", () => clearTimeout(timer));
    invite();
  }

  let late = 0; // pulses since the visit ended and the answer of the tap that ended it has not come
  const pulse = async () => {
    try {
      const facts = await (await fetch("/denyut")).json();
      if (leaving.aborted) return;
      if (facts.visit !== visit && !(kios.turning() && late++ < LATE)) { location.replace("/"); return; } // wiped
      const same = String(facts.version) === version && facts.mark === mark;
      if (!same && !wait.open && !kios.turning()) { kios.turn("/"); return; }
      for (const alarm of document.querySelectorAll("[data-alarm]")) alarm.hidden = alarm.dataset.alarm !== facts.alarm;
      for (const eye of document.querySelectorAll("[data-live]")) eye.hidden = !facts.live || ["capture", "ticket"].includes(step);
      document.dispatchEvent(new CustomEvent("isyarat", { detail: facts.cue }));
      if (facts.called) document.dispatchEvent(new Event("panggilan"));
      if (facts.warn > 0) {
        document.querySelector("#detik").textContent = String(facts.warn);
        if (!warning.open && !wait.open) { if (sure.open) sure.close(); warning.showModal(); }
      } else if (warning.open) warning.close();
    } catch { /* the kiosk's own server is restarting: the next pulse finds it */ }
    if (!leaving.aborted) setTimeout(pulse, ["waiting", "scanning", "capture"].includes(step) ? 400 : 1000);
  };
  const first = setTimeout(pulse, 400);
  leaving.addEventListener("abort", () => clearTimeout(first));
});

document.addEventListener("contextmenu", (event) => event.preventDefault());
