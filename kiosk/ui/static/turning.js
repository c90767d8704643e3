// Turning: one screen follows another without the window starting anew. The verbs stay plain forms and links that work without
// this; here they are sent by fetch, and the body of the answer takes the place of the body that stands. A visit that is another
// one gets a window without a memory of the one before, as soon as no finger is about.
//
// kios.each(setUp): setUp(leaving) for the screen at hand and for every one after it; `leaving` is an AbortSignal that fires
// when the screen goes. kios.turn(address): go there. kios.turning(): somebody is on the way.
// Event "layar" on the document: another screen stands.
(() => {
  "use strict";
  const AGAIN = 500; // ms: the kiosk's own server is restarting
  const QUIET = 20_000; // ms on a screen without a tap
  const root = document.documentElement;
  const setUps = [];
  let here = new AbortController(), trip = null, used = false;

  const ready = () => requestAnimationFrame(() => requestAnimationFrame(() => { root.dataset.ready = "1"; }));
  const each = (setUp) => { setUps.push(setUp); setUp(here.signal); };

  const put = (next) => {
    here.abort();
    here = new AbortController();
    for (const name of root.getAttributeNames()) root.removeAttribute(name);
    for (const { name, value } of next.documentElement.attributes) root.setAttribute(name, value);
    document.body.replaceWith(document.adoptNode(next.body));
    for (const setUp of setUps) setUp(here.signal);
    if (document.activeElement === document.body) document.querySelector("#isi")?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("layar"));
    ready();
  };
  const renew = () => {
    const soon = setTimeout(() => { if (!trip) location.replace("/"); }, QUIET);
    here.signal.addEventListener("abort", () => clearTimeout(soon));
  };

  const asked = async (address, how) => {
    const answer = await fetch(address, { ...how, headers: { Turning: "1" } });
    const from = new URL(answer.headers.get("Content-Location") || answer.url, location.href).href;
    return { from, next: new DOMParser().parseFromString(await answer.text(), "text/html") };
  };
  const turn = async (address, how = {}) => {
    trip?.abort();
    const mine = trip = new AbortController();
    const answer = await asked(address, { ...how, signal: mine.signal }).catch(() => null);
    if (mine !== trip) return;
    if (!answer) { setTimeout(() => { if (mine === trip) turn("/"); }, AGAIN); return; } // it may be done: look, never ask twice
    trip = null;
    const { from, next } = answer;
    const { visit } = next.body.dataset;
    if (!visit) { location.replace("/"); return; } // not a screen; the one to show is known at the door
    used ||= visit !== document.body.dataset.visit;
    for (const without of next.querySelectorAll("noscript")) without.remove();
    if (from !== location.href) history.replaceState(null, "", from); // WebKit takes a hundred of them in ten seconds, no more
    put(next);
    if (used) renew();
  };

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    if (event.submitter?.name) body.append(event.submitter.name, event.submitter.value);
    turn(event.target.action, { method: "POST", body });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    turn(link.href);
  });

  window.kios = { each, turn, turning: () => trip !== null };
  document.addEventListener("DOMContentLoaded", ready, { once: true });
})();
