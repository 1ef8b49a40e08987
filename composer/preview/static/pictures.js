// The picture as it is and the accepted one: what to ask the server for, and where they lie on the stage.

import { Slot } from "./slot.js";
import { $, full, placesOf, stage, view } from "./view.js";

const now = new Slot($("whole"), $("part"), place, again);
const before = new Slot($("whole-before"), $("part-before"), place, again);

function again() {
  if (!view.isAlone) ask(2000);
}

export function forget() {
  now.asked = before.asked = "";
}

function query() {
  if (!view.picture) return "";
  const places = placesOf(view.picture);
  if (view.lens !== null && places.has(view.lens)) return `&mask=${places.get(view.lens)}`;
  const eyes = [...view.turned].filter((key) => places.has(key)).map((key) => places.get(key));
  const set = [...view.opacity].filter(([key]) => places.has(key))
    .map(([key, value]) => `${places.get(key)}:${value === 1 || value === 0 ? value : value.toFixed(2)}`);
  return (eyes.length ? `&turned=${eyes.join()}` : "") + (set.length ? `&opacity=${set.join()}` : "");
}

let waiting = 0;
export function ask(delay = 0) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (view.picture) now.show(view.picture.id, view.picture, query());
    if (view.comparing && view.accepted) before.show(view.accepted.id, view.accepted, "");
  }, delay);
}

function lay(image, left, top, right, bottom) {
  const style = image.style;
  style.left = `${view.eye.x + left * view.eye.zoom}px`;
  style.top = `${view.eye.y + top * view.eye.zoom}px`;
  style.width = `${(right - left) * view.eye.zoom}px`;
  style.height = `${(bottom - top) * view.eye.zoom}px`;
}

export function place() {
  if (!view.picture) return;
  const { width, height } = full();
  lay($("paper"), 0, 0, width, height);
  for (const [slot, frame] of [[now, view.picture], [before, view.accepted]]) {
    if (!frame) continue;
    // The last block of a reduced picture may reach beyond the canvas.
    const block = frame.factor / frame.scale;
    const far = [Math.ceil(frame.width / frame.factor) * block, Math.ceil(frame.height / frame.factor) * block];
    lay(slot.images.whole, 0, 0, ...far);
    if (slot.shown.part?.box) lay(slot.images.part, ...slot.shown.part.box);
  }
  const at = view.split * stage.clientWidth;
  for (const image of document.querySelectorAll(".before")) {
    image.hidden = !view.comparing;
    const left = parseFloat(image.style.left), span = parseFloat(image.style.width) || 1;
    image.style.clipPath = `inset(0 ${Math.max(0, left + span - at)}px 0 0)`;
  }
  for (const image of document.querySelectorAll(".now")) {
    image.style.clipPath = view.comparing ? `inset(0 0 0 ${Math.max(0, at - parseFloat(image.style.left))}px)` : "";
  }
  const divider = $("divider");
  divider.hidden = !view.comparing;
  divider.style.left = `${at}px`;
  divider.setAttribute("aria-valuenow", String(Math.round(view.split * 100)));
  stage.classList.toggle("near", view.eye.zoom * devicePixelRatio > 1.001);
  $("zoom").value = `${Math.round(view.eye.zoom * devicePixelRatio * 100)} %`;
}
