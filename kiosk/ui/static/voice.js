// The voice: says the page's words one after another, marks what it says, and stops for every hand.
// Clips come from the page's list; an event "suara" at each one tells the pulse that somebody is being spoken to.
kios.each((leaving) => {
  "use strict";
  const store = document.querySelector("#suara");
  const button = document.querySelector("#dengar");
  if (!store || !button) return;
  const PAUSE = 450, BREATH = 60, READ = 1500; // ms: between sentences, between pieces, for a clip that cannot be played
  const clips = JSON.parse(store.dataset.clips);
  const on = "speaks" in document.body.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  let turn = 0, sound = null, wake = null;

  // --- one clip after another ------------------------------------------------------------------------------------------
  const play = (address) => new Promise((done) => {
    wake = done;
    sound = new Audio(address);
    sound.addEventListener("ended", () => done("ended"));
    sound.addEventListener("error", () => done("error"));
    document.dispatchEvent(new CustomEvent("suara", { detail: { address, sound } }));
    sound.play().catch((refusal) => done(refusal.name === "NotAllowedError" ? "refused" : "error"));
  });
  const stop = () => {
    turn += 1;
    if (sound) sound.pause();
    if (wake) wake("stopped");
    sound = wake = null;
    for (const lit of all(".spoken")) lit.classList.remove("spoken");
    label(false);
  };
  const label = (speaking) => {
    const [listen, end] = all("span", button);
    listen.hidden = speaking;
    end.hidden = !speaking;
    document.documentElement.toggleAttribute("data-speaking", speaking);
  };
  const utter = async (number, mine) => {
    for (const address of clips[number] || []) {
      const end = await play(address);
      if (mine !== turn) return false;
      if (end === "refused") { stop(); return false; } // the window wants a finger first: the button is there
      await sleep(end === "error" ? READ : BREATH); // no sound: eyes may follow all the same
      if (mine !== turn) return false;
    }
    return true;
  };
  const speak = async (marks) => {
    stop();
    const mine = turn;
    label(true);
    for (const mark of marks) {
      const lit = mark.closest("button") || mark;
      lit.classList.add("spoken");
      const going = await utter(mark.dataset.say, mine);
      lit.classList.remove("spoken");
      if (!going) return;
      await sleep(PAUSE);
      if (mine !== turn) return;
    }
    label(false);
  };

  // --- what is said -----------------------------------------------------------------------------------------------------
  const seen = (mark) => mark.dataset.say !== "" && mark.getClientRects().length > 0;
  const marks = (within) => all("[data-say]", within).filter(seen);
  const page = () => {
    const found = marks(document).filter((mark) => !mark.closest("dialog"));
    const alerts = found.filter((mark) => mark.closest("[role=alert]")); // what is wrong comes first
    return [...alerts, ...found.filter((mark) => !alerts.includes(mark))];
  };
  const say = async (number) => {
    stop();
    const mine = turn;
    await utter(number, mine);
  };

  button.addEventListener("click", (event) => {
    const speaking = "speaking" in document.documentElement.dataset;
    if (!on || speaking) { stop(); return; } // the form changes what the kiosk does from now on
    event.preventDefault();
    speak(page());
  });
  if (!on) return;

  document.addEventListener("pointerdown", (event) => {
    const hand = event.target.closest("button, a, input, textarea");
    if (hand && hand !== button) stop();
  }, { signal: leaving });
  for (const key of all("[data-aloud]")) key.addEventListener("click", () => say(key.dataset.aloud));
  for (const form of all("form[data-wait-say]")) form.addEventListener("submit", () => say(form.dataset.waitSay));
  for (const dialog of all("dialog")) {
    new MutationObserver(() => (dialog.open ? speak(marks(dialog)) : stop())).observe(dialog, { attributeFilter: ["open"] });
  }
  leaving.addEventListener("abort", stop);
  speak(page());
});
