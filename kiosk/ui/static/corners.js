// Four corners, dragged with a finger or moved by arrow buttons, in shares of the frame.
kios.each(() => {
  "use strict";
  const field = document.querySelector("#bidang");
  if (!field) return;
  const STEP = 0.01;
  const handles = [...field.querySelectorAll(".handle")];
  const hidden = document.querySelector("#sudut");
  const points = hidden.value.split(";").map((pair) => pair.split(",").map(Number));
  const clamp = (share) => Math.min(1, Math.max(0, share));
  let chosen = 0;

  const show = () => {
    handles.forEach((handle, at) => {
      handle.style.left = `${points[at][0] * 100}%`;
      handle.style.top = `${points[at][1] * 100}%`;
      handle.setAttribute("aria-pressed", at === chosen ? "true" : "false");
    });
    document.querySelector("#garis").setAttribute("points", points.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
    hidden.value = points.map((point) => point.map((share) => share.toFixed(4)).join(",")).join(";");
  };
  const move = (at, x, y) => { points[at] = [clamp(x), clamp(y)]; show(); };

  handles.forEach((handle, at) => {
    handle.addEventListener("pointerdown", (event) => { chosen = at; handle.setPointerCapture(event.pointerId); show(); });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = field.getBoundingClientRect();
      move(at, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    });
    handle.addEventListener("click", () => { chosen = at; show(); });
  });
  for (const arrow of document.querySelectorAll("[data-move]")) {
    const [x, y] = arrow.dataset.move.split(",").map(Number);
    arrow.addEventListener("click", () => move(chosen, points[chosen][0] + x * STEP, points[chosen][1] + y * STEP));
  }
  show();
});
