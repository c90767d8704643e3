// The pages work without this; it adds the keypad, the pulse (idle warning, reload when something came) and the corners.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const body = document.body;
  const visit = body.dataset.visit;

  // --- typing ------------------------------------------------------------------------------------------------------
  const input = $("#jawaban");
  if (input) {
    const most = Number(input.dataset.digits || 0);
    const groups = (input.dataset.groups || "").split(" ").filter(Boolean).map(Number);
    const joint = input.dataset.joint || " ";
    const digits = () => input.value.replace(/\D/g, "").slice(0, most);
    const grouped = (text) => {
      const parts = [];
      let rest = text;
      for (const size of groups) {
        if (!rest) break;
        parts.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      if (rest) parts.push(rest);
      return parts.join(joint);
    };
    const tidy = () => {
      if (most) {
        const found = digits();
        input.value = grouped(found);
        const count = $("#hitung");
        if (count) count.textContent = found.length;
      } else if ("upper" in input.dataset) {
        const at = input.selectionStart;
        input.value = input.value.toUpperCase();
        input.setSelectionRange(at, at);
      }
    };
    if (most && /^\d{4}-\d{2}-\d{2}$/.test(input.value)) input.value = input.value.split("-").reverse().join("");
    const press = (key) => {
      if (key === "back") input.value = most ? grouped(digits().slice(0, -1)) : input.value.slice(0, -1);
      else if (key === "clear") input.value = "";
      else input.value += key;
      tidy();
      input.focus();
    };
    for (const key of document.querySelectorAll("[data-key]")) {
      key.addEventListener("mousedown", (event) => event.preventDefault());
      key.addEventListener("click", () => press(key.dataset.key));
    }
    input.addEventListener("input", tidy);
    tidy();
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }
  for (const button of document.querySelectorAll("[data-empty]")) {
    button.addEventListener("click", () => { input.value = ""; });
  }

  // --- one tap, one verb ---------------------------------------------------------------------------------------------
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      const button = event.submitter || form.querySelector("button");
      if (button) button.setAttribute("aria-busy", "true");
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // --- leaving on purpose --------------------------------------------------------------------------------------------
  const sure = $("#yakin");
  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sure) return;
      event.preventDefault();
      sure.showModal();
      $("#yakin-ya").onclick = () => { form.dataset.sure = "1"; form.requestSubmit(); };
      $("#yakin-tidak").onclick = () => sure.close();
    });
  }

  // --- the pulse -----------------------------------------------------------------------------------------------------
  const warning = $("#peringatan");
  const touch = () => fetch("/sentuh", { method: "POST", body: new URLSearchParams({ kunjungan: visit }) }).catch(() => {});
  let touched = 0;
  const active = () => {
    const now = Date.now();
    if (now - touched > 5000 && body.dataset.step !== "home") { touched = now; touch(); }
  };
  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, active, { passive: true });
  $("#masih").addEventListener("click", () => { warning.close(); touch(); });
  const pulse = async () => {
    try {
      const facts = await (await fetch("/denyut")).json();
      if (facts.visit !== visit || String(facts.version) !== body.dataset.version) { location.replace("/"); return; }
      if (facts.warn > 0) {
        $("#detik").textContent = facts.warn;
        if (!warning.open) { if (sure.open) sure.close(); warning.showModal(); }
      } else if (warning.open) warning.close();
    } catch { /* the kiosk's own server is restarting: the next pulse finds it */ }
    setTimeout(pulse, body.dataset.step === "waiting" ? 400 : 1000);
  };
  setTimeout(pulse, 400);

  // --- corners -------------------------------------------------------------------------------------------------------
  const field = $("#bidang");
  if (field) {
    const handles = [...field.querySelectorAll(".handle")];
    const hidden = $("#sudut");
    const points = hidden.value.split(";").map((pair) => pair.split(",").map(Number));
    let chosen = 0;
    const show = () => {
      handles.forEach((handle, at) => {
        handle.style.left = `${points[at][0] * 100}%`;
        handle.style.top = `${points[at][1] * 100}%`;
        handle.setAttribute("aria-pressed", at === chosen ? "true" : "false");
      });
      $("#garis").setAttribute("points", points.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
      hidden.value = points.map((point) => point.map((share) => share.toFixed(4)).join(",")).join(";");
    };
    const clamp = (share) => Math.min(1, Math.max(0, share));
    handles.forEach((handle, at) => {
      handle.addEventListener("pointerdown", (event) => { chosen = at; handle.setPointerCapture(event.pointerId); show(); });
      handle.addEventListener("pointermove", (event) => {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        const box = field.getBoundingClientRect();
        points[at] = [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
        show();
      });
      handle.addEventListener("click", () => { chosen = at; show(); });
    });
    for (const arrow of document.querySelectorAll("[data-move]")) {
      arrow.addEventListener("click", () => {
        const [x, y] = arrow.dataset.move.split(",").map(Number);
        points[chosen] = [clamp(points[chosen][0] + x * 0.01), clamp(points[chosen][1] + y * 0.01)];
        show();
      });
    }
    show();
  }

  document.addEventListener("contextmenu", (event) => event.preventDefault());
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.ready = "1"; }));
})();
