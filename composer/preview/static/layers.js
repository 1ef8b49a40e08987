// The list of layers: eyes, opacities and masks, for looking only. Every name is shown as text.

import { ask } from "./pictures.js";
import { $, placesOf, view } from "./view.js";

export function drawLayers() {
  const list = $("layers");
  const focused = document.activeElement?.dataset?.focus;
  list.replaceChildren(...rows(view.picture.layers, "", ""));
  if (focused) list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  const places = placesOf(view.picture);
  if (view.lens !== null && !places.has(view.lens)) view.lens = null;
  $("lens").hidden = view.lens === null;
  $("lens").textContent = view.lens === null ? "" : `mask of ${JSON.parse(view.lens)[1]}`;
  $("reset").hidden = ![...view.turned, ...view.opacity.keys()].some((key) => places.has(key));
}

function rows(layers, place, key) {
  const made = [], seen = new Map();
  layers.forEach((layer, index) => {
    const nth = seen.get(layer.name) ?? 0;
    seen.set(layer.name, nth + 1);
    const here = place ? `${place}.${index}` : `${index}`;
    made.unshift(row(layer, here, JSON.stringify([key, layer.name, nth])));
  });
  return made;
}

function row(layer, place, key) {
  const item = $("layer").content.firstElementChild.cloneNode(true);
  const find = (selector) => item.querySelector(selector);
  const isSeen = layer.visible !== view.turned.has(key);
  const strength = view.opacity.get(key) ?? layer.opacity;
  item.classList.toggle("clip", layer.clip);
  item.classList.toggle("unseen", !isSeen);
  item.classList.toggle("other", view.turned.has(key) || view.opacity.has(key));
  find(".name").textContent = find(".name").title = layer.name;
  find(".how").textContent = how(layer);
  const button = find(".eye");
  button.dataset.focus = `eye ${key}`;
  button.setAttribute("aria-pressed", String(isSeen));
  button.setAttribute("aria-label", `Show ${layer.name}`);
  button.disabled = !layer.painted;
  button.title = layer.painted ? "Show or hide; the piece is not changed" : "Hidden in the piece, and not rendered";
  button.onclick = () => turn(key);
  if (layer.pixels) thumbnail(find(".thumbnail"), layer.pixels, place, "layer");
  else find(".thumbnail").remove();
  masked(find(".mask"), layer, place, key);
  slider(find(".opacity"), layer, key, strength);
  find("ul").append(...rows(layer.children, place, key));
  return item;
}

function how(layer) {
  const words = [layer.through ? "pass through" : layer.blend.replaceAll("_", " ")];
  if (layer.group) words.unshift("group");
  if (layer.clip) words.push("clipped");
  if (!layer.visible) words.push("hidden in the piece");
  return words.join(" · ");
}

function masked(button, layer, place, key) {
  if (!layer.mask) return button.remove();
  thumbnail(button.firstElementChild, layer.mask, place, "mask");
  button.dataset.focus = `mask ${key}`;
  button.title = "Look at the mask: red film where it hides";
  button.setAttribute("aria-label", `Mask of ${layer.name}`);
  button.setAttribute("aria-pressed", String(view.lens === key));
  button.onclick = () => { view.lens = view.lens === key ? null : key; drawLayers(); ask(); };
}

// Thumbnails are kept by what they show: the list is drawn anew at every touch, and must not flicker.
const thumbnails = new Map();

async function thumbnail(image, pixels, place, of) {
  const key = `${pixels} ${view.picture.width} ${of}`;
  if (!thumbnails.has(key)) {
    const answer = await fetch(`thumbnail/${view.picture.id}?place=${place}&of=${of}`).catch(() => null);
    if (!answer?.ok) return;
    thumbnails.set(key, URL.createObjectURL(await answer.blob()));
  }
  image.src = thumbnails.get(key);
  if (thumbnails.size < 500) return;
  const [oldest, blob] = thumbnails.entries().next().value;
  thumbnails.delete(oldest);
  URL.revokeObjectURL(blob);
}

function slider(label, layer, key, strength) {
  const [input, output] = label.children;
  input.value = Math.round(strength * 100);
  input.dataset.focus = `opacity ${key}`;
  input.disabled = !layer.painted;
  input.setAttribute("aria-label", `Opacity of ${layer.name}`);
  output.value = `${input.value} %`;
  input.oninput = () => {
    output.value = `${input.value} %`;
    view.opacity.set(key, Number(input.value) / 100);
    view.lens = null;
    $("reset").hidden = false;
    label.parentElement.classList.add("other");
    ask(30);
  };
  input.onchange = drawLayers;
}

function turn(key) {
  if (!view.turned.delete(key)) view.turned.add(key);
  view.lens = null;
  drawLayers();
  ask();
}

export function reset() {
  view.turned = new Set();
  view.opacity = new Map();
  view.lens = null;
  drawLayers();
  ask();
}
