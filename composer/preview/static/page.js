// The live page: shows what the server tells and asks it for pictures. It knows nothing of pieces and stores,
// and changes nothing but what is looked at. Here are the hands: keys, wheel, pointer and buttons.

import { drawLayers, reset } from "./layers.js";
import { actual, fit, look, move, zoomTo } from "./moving.js";
import { ask, place } from "./pictures.js";
import { listen } from "./told.js";
import { $, stage, view } from "./view.js";

function compare() {
  if (!view.accepted) return;
  view.comparing = !view.comparing;
  $("compare").setAttribute("aria-pressed", String(view.comparing));
  place();
  ask();
}

async function accept() {
  if (view.picture && !view.picture.draft) await fetch("accept", { method: "POST", body: view.picture.id });
}

function help() {
  $("help").open ? $("help").close() : $("help").showModal();
}

function leave() {
  if (view.lens === null) return;
  view.lens = null;
  drawLayers();
  ask();
}

const KEYS = {
  "+": () => zoomTo(view.eye.zoom * 1.25), "=": () => zoomTo(view.eye.zoom * 1.25), "-": () => zoomTo(view.eye.zoom / 1.25),
  0: fit, 1: actual, b: compare, a: accept, r: reset, "?": help, Escape: leave,
  l: () => { document.body.classList.toggle("wide"); if (view.isFitted) fit(); },
  ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.picture && event.key !== "?") return;
  if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
  if (event.target === $("divider") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    view.split = Math.min(1, Math.max(0, view.split + (event.key === "ArrowLeft" ? -0.02 : 0.02)));
    event.preventDefault();
    return place();
  }
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || $("help").open && act !== help) return;
  event.preventDefault();
  act();
});

stage.addEventListener("wheel", (event) => {
  if (event.target.closest("#problems")) return;
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  const amount = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
  zoomTo(view.eye.zoom * Math.exp(-Math.max(-120, Math.min(120, amount)) / 400), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

stage.addEventListener("pointerdown", (event) => {
  if (event.button > 1 || event.target.closest("#problems")) return;
  const isDivider = event.target === $("divider");
  stage.setPointerCapture(event.pointerId);
  stage.classList.toggle("dragged", !isDivider);
  let { clientX: x, clientY: y } = event;
  const drag = (moved) => {
    if (isDivider) {
      view.split = Math.min(1, Math.max(0, (moved.clientX - stage.getBoundingClientRect().left) / stage.clientWidth));
      return place();
    }
    move(moved.clientX - x, moved.clientY - y);
    [x, y] = [moved.clientX, moved.clientY];
  };
  const end = new AbortController();
  stage.addEventListener("pointermove", drag, { signal: end.signal });
  for (const name of ["pointerup", "pointercancel"]) {
    stage.addEventListener(name, () => { end.abort(); stage.classList.remove("dragged"); }, { signal: end.signal });
  }
});

for (const [id, act] of Object.entries({ fit, actual, compare, accept, reset, ask: help })) $(id).onclick = () => act();
new ResizeObserver(() => (view.isFitted ? fit() : view.picture && look(view.eye))).observe(stage);
listen();
