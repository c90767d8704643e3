// The bell: somebody asked for the desa's staff. Two tones, every ten seconds, until staff has come or the visitor goes on.
(() => {
  "use strict";
  const EVERY = 10_000, TONES = [880, 660], LONG = 0.5, LOUD = 0.4;
  let rung = -EVERY, room = null;
  const strike = (tone, at) => {
    const string = room.createOscillator(), volume = room.createGain();
    string.frequency.value = tone;
    volume.gain.setValueAtTime(LOUD, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + LONG);
    string.connect(volume).connect(room.destination);
    string.start(at);
    string.stop(at + LONG);
  };
  document.addEventListener("panggilan", async () => {
    if (performance.now() - rung < EVERY) return;
    rung = performance.now();
    room = room || new AudioContext();
    if (room.state === "suspended") await room.resume().catch(() => {});
    TONES.forEach((tone, number) => strike(tone, room.currentTime + number * LONG / 2));
    document.documentElement.dataset.rung = String(Number(document.documentElement.dataset.rung || 0) + 1);
  });
})();
