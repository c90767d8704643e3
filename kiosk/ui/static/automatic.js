// The photograph that takes itself: the page says what is waited for, and presses its own "Ambil foto" when all is still.
kios.each((leaving) => {
  "use strict";
  const told = document.querySelector("#isyarat");
  const button = document.querySelector("form[action='/langkah/take'] button");
  if (!told || !button) return;
  let pressed = false;
  document.addEventListener("isyarat", ({ detail: cue }) => {
    for (const words of told.children) words.hidden = words.dataset.cue !== cue;
    if (cue !== "take" || pressed || document.querySelector("dialog[open]")) return;
    pressed = true;
    button.click();
  }, { signal: leaving });
});
