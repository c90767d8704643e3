// The keypads, and one tap for one verb. The pages work without this: a real keyboard types, the buttons post.
kios.each((leaving) => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = document.querySelector("#jawaban");
  const parts = all("[data-part]");
  const fields = all("#blok input:not([type=hidden])");
  let active = one || parts[0] || fields[0] || null;

  // --- one field: digits in groups, or text --------------------------------------------------------------------------
  const most = Number(one?.dataset.digits || 0);
  const sizes = (one?.dataset.groups || "").split(" ").filter(Boolean).map(Number);
  const digitsOf = (field, limit) => field.value.replace(/\D/g, "").slice(0, limit);
  const grouped = (text) => {
    const found = [];
    for (const size of sizes) { if (!text) break; found.push(text.slice(0, size)); text = text.slice(size); }
    if (text) found.push(text);
    return found.join(one.dataset.joint || " ");
  };
  const tidyOne = () => {
    if (most) {
      one.value = grouped(digitsOf(one, most));
      const count = document.querySelector("#hitung");
      if (count) count.textContent = String(digitsOf(one, most).length);
    } else if ("upper" in one.dataset && one.value !== one.value.toUpperCase()) {
      const at = one.selectionStart;
      one.value = one.value.toUpperCase();
      one.setSelectionRange(at, at);
    }
  };

  // --- a field in parts: day, month, year ----------------------------------------------------------------------------
  const nameMonth = () => {
    const line = document.querySelector("#nama-bulan");
    if (!line) return;
    const month = Number(document.querySelector("#bulan").value);
    line.textContent = (line.dataset.names.split(",")[month - 1] || " ");
  };
  const tidyPart = (part, typed) => {
    part.value = digitsOf(part, part.maxLength);
    nameMonth();
    const next = parts[parts.indexOf(part) + 1];
    if (typed && part.value.length === part.maxLength && next) choose(next);
  };
  const choose = (part) => { active = part; part.focus(); part.select(); };
  const step = (part, by) => {
    const { least, most: top, start } = part.dataset;
    const now = part.value === "" ? NaN : Number(part.value);
    let value = Number.isNaN(now) ? Number(start) : now + by * Number(part.dataset.by);
    if (value > Number(top)) value = Number(least);
    if (value < Number(least)) value = Number(top);
    part.value = String(value).padStart(part.maxLength, "0");
    active = part;
    nameMonth();
  };

  // --- keys ------------------------------------------------------------------------------------------------------------
  const written = (field) => fields.includes(field) || (field === one && !most);
  const tidy = (typed) => { if (active === one) tidyOne(); else if (parts.includes(active)) tidyPart(active, typed); };
  const insert = (text) => {
    if (!written(active)) {
      const whole = active !== one && active.selectionStart === 0 && active.selectionEnd === active.value.length;
      active.value = (whole ? "" : active.value) + text;
      return;
    }
    active.setRangeText(text, active.selectionStart, active.selectionEnd, "end");
  };
  const erase = () => {
    if (active === one && most) { one.value = grouped(digitsOf(one, most).slice(0, -1)); return; }
    if (!written(active)) {
      const before = parts[parts.indexOf(active) - 1];
      if (active.value === "" && before) choose(before);
      active.value = active.value.slice(0, -1);
      return;
    }
    const { selectionStart: from, selectionEnd: to } = active;
    active.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
  };
  const clear = () => {
    for (const field of one ? [one] : parts) field.value = "";
    if (!one) active = parts[0];
  };
  const press = (key) => {
    if (key === "back") erase();
    else if (key === "clear") clear();
    else insert(key);
    const before = active;
    tidy(key.length === 1);
    if (active === before) active.focus();
  };
  for (const key of all("[data-key], button[data-step]")) key.addEventListener("mousedown", (event) => event.preventDefault());
  for (const key of all("[data-key]")) key.addEventListener("click", () => press(key.dataset.key));
  for (const key of all("button[data-step]")) {
    key.addEventListener("click", () => step(document.getElementById(key.dataset.for), Number(key.dataset.step)));
  }
  for (const part of parts) {
    part.addEventListener("focus", () => { active = part; });
    part.addEventListener("input", () => tidyPart(part, true));
  }
  if (one) {
    one.addEventListener("input", tidyOne);
    one.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); one.form.requestSubmit(one.form.querySelector("[data-go]")); }
    });
    tidyOne();
    one.focus();
    one.setSelectionRange(one.value.length, one.value.length);
  } else if (parts.length) {
    nameMonth();
    choose(active);
  }
  for (const part of parts) {
    part.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); part.form.requestSubmit(part.form.querySelector("[data-go]")); }
    });
  }

  // --- letters, contrast, voice: the page comes anew, what was typed stays ------------------------------------------------
  const carry = (form, field) => {
    const copy = document.createElement("input");
    Object.assign(copy, { type: "hidden", name: field.name, value: field.value });
    form.append(copy);
  };
  for (const form of all(".tools form")) {
    form.addEventListener("submit", () => { if (document.body.dataset.step !== "pin") for (const field of all(".typed")) carry(form, field); });
  }

  // --- a whole block, by keyboard and scanner: Enter goes to the next field, and sends from the last one --------------------
  const block = document.querySelector("#blok");
  if (block) {
    const asked = [...block.querySelectorAll("input:not([type=hidden]), select")];
    for (const [at, field] of asked.entries()) {
      if (fields.includes(field)) field.addEventListener("focus", () => { active = field; });
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        if (asked[at + 1]) asked[at + 1].focus(); else block.requestSubmit();
      });
    }
    (block.querySelector("[aria-invalid]") || asked.find((field) => !field.value) || asked[0])?.focus();
  }

  // --- one tap, one verb -----------------------------------------------------------------------------------------------
  const wait = document.querySelector("#tunggu");
  for (const form of all("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      (event.submitter || form.querySelector("button"))?.setAttribute("aria-busy", "true");
      if (form.dataset.wait) {
        document.querySelector("#tunggu-kata").textContent = form.dataset.wait;
        const late = setTimeout(() => wait.showModal(), 150);
        leaving.addEventListener("abort", () => clearTimeout(late));
      }
    });
  }
});
