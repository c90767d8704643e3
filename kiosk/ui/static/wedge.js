// The scanner that types (settings: codes = "wedge:"). It presses a whole code at 1 to 30 ms a key and then Enter or Tab; the
// fastest typists need 60 ms, and a key that is leaned on says so itself. Such a burst goes to the code reader's inbox instead
// of the screen: what it did to fields and focus on its way is put back. What people type never leaves the page by this.
(() => {
  "use strict";
  const LEAST = 8, LONGEST = 4096; // characters
  const AVERAGE = 35, BREAK = 150; // ms: between two keys of a burst on average, and at most
  const ENDS = ["Enter", "Tab"];
  let burst = null, heardAt = -Infinity;

  const everyField = () => [...document.querySelectorAll("input:not([type=hidden]), textarea, select")];
  const standing = () => {
    const at = document.activeElement;
    return { at, from: at.selectionStart, to: at.selectionEnd, values: everyField().map((field) => [field, field.value]) };
  };
  const putBack = ({ at, from, to, values }) => {
    for (const [field, value] of values) {
      if (field.value === value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    at.focus();
    if (typeof from === "number") at.setSelectionRange(from, to);
  };
  const code = (at) => {
    const { text, since, leaned } = burst;
    const fast = at - since <= text.length * AVERAGE;
    return fast && !leaned && text.length >= LEAST && text.length <= LONGEST ? text : "";
  };
  const send = (text) => fetch("/kode", {
    method: "POST", body: new URLSearchParams({ kunjungan: document.body.dataset.visit, kode: text }),
  }).catch(() => {}); // the kiosk's own server is restarting: the slip is still in the hand
  const swallow = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };

  const end = (event) => {
    const text = burst && code(event.timeStamp), before = burst?.before;
    burst = null;
    if (!text && event.timeStamp - heardAt > BREAK) return;
    swallow(event); // the second of two ends, too
    if (!text) return;
    heardAt = event.timeStamp;
    putBack(before);
    send(text);
  };
  const add = (event) => {
    burst ??= { text: "", since: event.timeStamp, leaned: false, before: standing() };
    burst.text += event.key;
    burst.leaned ||= event.repeat;
    burst.last = event.timeStamp;
    if (event.key === " " && burst.text.length > 1 && event.target.closest("button, a, summary")) event.preventDefault(); // it would press it
  };
  document.addEventListener("keydown", (event) => {
    if (!("wedge" in document.body.dataset)) return;
    if (burst && event.timeStamp - burst.last > BREAK) burst = null;
    if (ENDS.includes(event.key)) end(event);
    else if (event.ctrlKey || event.altKey || event.metaKey) burst = null;
    else if (event.key.length === 1) add(event);
  }, { capture: true });
  document.addEventListener("layar", () => { burst = null; });
})();
