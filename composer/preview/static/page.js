// The live page: shows what the server tells and asks it for pictures. It knows nothing of pieces and stores,
// and changes nothing but what is looked at. Every name comes in as text and is shown as text.

const $ = (id) => document.getElementById(id);
const stage = $("stage");

let picture = null; // what the server told of the newest picture
let accepted = null;
let eye = { x: 0, y: 0, zoom: 1 }; // screen = canvas * zoom + (x, y), in CSS pixels; canvas at full size
let isFitted = true;
let comparing = false;
let split = 0.5; // of the stage's width
let lens = null; // key of the layer whose mask is looked at
let turned = new Set(); // keys of layers
let opacity = new Map();
let isAlone = false; // the server does not answer

// ---- layers by key: names from the outside in, so that eyes stay with their layers when the piece changes

function walk(layers, visit, place = "", key = "") {
  const seen = new Map();
  layers.forEach((layer, index) => {
    const nth = seen.get(layer.name) ?? 0;
    seen.set(layer.name, nth + 1);
    const here = place ? `${place}.${index}` : `${index}`;
    const name = JSON.stringify([key, layer.name, nth]);
    visit(layer, here, name);
    walk(layer.children, visit, here, name);
  });
}

function placesOf(told) {
  const places = new Map();
  walk(told.layers, (_layer, place, key) => places.set(key, place));
  return places;
}

// ---- pictures: a newer request ends the older one, and the old picture stays until the new one is there

class Slot {
  constructor(whole, part) {
    this.images = { whole, part };
    this.shown = {};
    this.asked = "";
    this.request = null;
  }

  async show(id, frame, query) {
    const wanted = { whole: `picture/${id}?factor=${frame.factor}${query}` };
    const detail = visiblePart(frame);
    if (detail) wanted.part = `picture/${id}?factor=${detail.factor}&box=${detail.box.join()}${query}`;
    const asked = JSON.stringify(wanted);
    if (asked === this.asked) return;
    this.asked = asked;
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      // The part lies above the whole: it is what is seen, so it is asked for first.
      const part = detail && this.load("part", wanted.part, signal).then((blob) => {
        this.put("part", wanted.part, blob);
        this.shown.part.box = detail.box.map((edge) => edge * detail.factor / frame.scale);
        place();
      });
      const whole = this.load("whole", wanted.whole, signal).then((blob) => {
        this.put("whole", wanted.whole, blob);
        if (!detail) this.drop("part");
        place();
      });
      await Promise.all([part, whole]);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.asked = "";
      if (!isAlone) ask(2000);
    }
  }

  async load(kind, url, signal) {
    if (this.shown[kind]?.url === url) return this.shown[kind].blob;
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error(url);
    const blob = URL.createObjectURL(await answer.blob());
    const image = new Image();
    image.src = blob;
    await image.decode();
    if (signal.aborted) {
      URL.revokeObjectURL(blob);
      throw new DOMException("a newer view is wanted", "AbortError");
    }
    return blob;
  }

  put(kind, url, blob) {
    const before = this.shown[kind]?.blob;
    this.shown[kind] = { url, blob };
    this.images[kind].src = blob;
    this.images[kind].dataset.url = url;
    if (before && before !== blob) URL.revokeObjectURL(before);
  }

  drop(kind) {
    if (!this.shown[kind]) return;
    this.images[kind].removeAttribute("src");
    URL.revokeObjectURL(this.shown[kind].blob);
    delete this.shown[kind];
  }
}

const now = new Slot($("whole"), $("part"));
const before = new Slot($("whole-before"), $("part-before"));

function full(frame = picture) {
  return { width: frame.width / frame.scale, height: frame.height / frame.scale };
}

// The part to ask for where the whole is too coarse, in pixels reduced by a factor; null where it is not.
function visiblePart(frame) {
  const density = eye.zoom * devicePixelRatio / frame.scale; // screen pixels a pixel of this picture
  const factor = Math.max(1, Math.floor(1 / density + 0.01));
  if (factor >= frame.factor) return null;
  const unit = factor / frame.scale;
  const limits = [Math.ceil(frame.width / factor), Math.ceil(frame.height / factor)];
  const [left, top, right, bottom] = [
    -eye.x / eye.zoom / unit, -eye.y / eye.zoom / unit,
    (stage.clientWidth - eye.x) / eye.zoom / unit, (stage.clientHeight - eye.y) / eye.zoom / unit,
  ];
  const down = (edge) => Math.max(0, Math.floor((edge - 32) / 128) * 128);
  const up = (edge, limit) => Math.min(limit, Math.ceil((edge + 32) / 128) * 128);
  const box = [down(left), down(top), up(right, limits[0]), up(bottom, limits[1])];
  return box[2] > box[0] && box[3] > box[1] ? { factor, box } : null;
}

function query() {
  if (!picture) return "";
  const places = placesOf(picture);
  if (lens !== null && places.has(lens)) return `&mask=${places.get(lens)}`;
  const eyes = [...turned].filter((key) => places.has(key)).map((key) => places.get(key));
  const set = [...opacity].filter(([key]) => places.has(key))
    .map(([key, value]) => `${places.get(key)}:${value === 1 || value === 0 ? value : value.toFixed(2)}`);
  return (eyes.length ? `&turned=${eyes.join()}` : "") + (set.length ? `&opacity=${set.join()}` : "");
}

let waiting = 0;
function ask(delay = 0) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (picture) now.show(picture.id, picture, query());
    if (comparing && accepted) before.show(accepted.id, accepted, "");
  }, delay);
}

// ---- where things lie

function lay(image, left, top, right, bottom) {
  const style = image.style;
  style.left = `${eye.x + left * eye.zoom}px`;
  style.top = `${eye.y + top * eye.zoom}px`;
  style.width = `${(right - left) * eye.zoom}px`;
  style.height = `${(bottom - top) * eye.zoom}px`;
}

function place() {
  if (!picture) return;
  const { width, height } = full();
  lay($("paper"), 0, 0, width, height);
  for (const [slot, frame] of [[now, picture], [before, accepted]]) {
    if (!frame) continue;
    // The last block of a reduced picture may reach beyond the canvas.
    const block = frame.factor / frame.scale;
    const far = [Math.ceil(frame.width / frame.factor) * block, Math.ceil(frame.height / frame.factor) * block];
    lay(slot.images.whole, 0, 0, ...far);
    if (slot.shown.part?.box) lay(slot.images.part, ...slot.shown.part.box);
  }
  const at = split * stage.clientWidth;
  for (const image of document.querySelectorAll(".before")) {
    image.hidden = !comparing;
    const left = parseFloat(image.style.left), span = parseFloat(image.style.width) || 1;
    image.style.clipPath = `inset(0 ${Math.max(0, left + span - at)}px 0 0)`;
  }
  for (const image of document.querySelectorAll(".now")) {
    image.style.clipPath = comparing ? `inset(0 0 0 ${Math.max(0, at - parseFloat(image.style.left))}px)` : "";
  }
  const divider = $("divider");
  divider.hidden = !comparing;
  divider.style.left = `${at}px`;
  divider.setAttribute("aria-valuenow", String(Math.round(split * 100)));
  stage.classList.toggle("near", eye.zoom * devicePixelRatio > 1.001);
  $("zoom").value = `${Math.round(eye.zoom * devicePixelRatio * 100)} %`;
}

function look(next) {
  const { width, height } = full();
  const zoom = Math.min(64, Math.max(0.01, next.zoom));
  const keep = 48; // of the picture always stays in sight
  eye = {
    zoom,
    x: Math.min(stage.clientWidth - keep, Math.max(keep - width * zoom, next.x)),
    y: Math.min(stage.clientHeight - keep, Math.max(keep - height * zoom, next.y)),
  };
  place();
  ask(90);
}

function fit() {
  if (!picture || !stage.clientWidth) return;
  const { width, height } = full(), margin = 24;
  const room = [stage.clientWidth - 2 * margin, stage.clientHeight - 2 * margin];
  const zoom = Math.min(room[0] / width, room[1] / height, Math.max(1 / devicePixelRatio, 256 / Math.max(width, height)));
  isFitted = true;
  look({ zoom, x: (stage.clientWidth - width * zoom) / 2, y: (stage.clientHeight - height * zoom) / 2 });
}

function zoomTo(zoom, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  if (!picture) return;
  zoom = Math.min(64, Math.max(0.01, zoom));
  isFitted = false;
  const share = zoom / eye.zoom;
  look({ zoom, x: x - (x - eye.x) * share, y: y - (y - eye.y) * share });
}

function actual() {
  zoomTo(1 / devicePixelRatio);
  look({ zoom: eye.zoom, x: Math.round(eye.x), y: Math.round(eye.y) });
}

function move(x, y) {
  if (!picture) return;
  isFitted = false;
  look({ zoom: eye.zoom, x: eye.x + x, y: eye.y + y });
}

// ---- the layer list

function drawLayers() {
  const list = $("layers");
  const focused = document.activeElement?.dataset?.focus;
  list.replaceChildren(...rows(picture.layers, "", ""));
  if (focused) list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  const places = placesOf(picture);
  if (lens !== null && !places.has(lens)) lens = null;
  $("lens").hidden = lens === null;
  $("lens").textContent = lens === null ? "" : `mask of ${JSON.parse(lens)[1]}`;
  $("reset").hidden = ![...turned, ...opacity.keys()].some((key) => places.has(key));
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
  const isSeen = layer.visible !== turned.has(key);
  const strength = opacity.get(key) ?? layer.opacity;
  item.classList.toggle("clip", layer.clip);
  item.classList.toggle("unseen", !isSeen);
  item.classList.toggle("other", turned.has(key) || opacity.has(key));
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
  button.setAttribute("aria-pressed", String(lens === key));
  button.onclick = () => { lens = lens === key ? null : key; drawLayers(); ask(); };
}

// Thumbnails are kept by what they show: the list is drawn anew at every touch, and must not flicker.
const thumbnails = new Map();

async function thumbnail(image, pixels, place, of) {
  const key = `${pixels} ${picture.width} ${of}`;
  if (!thumbnails.has(key)) {
    const answer = await fetch(`thumbnail/${picture.id}?place=${place}&of=${of}`).catch(() => null);
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
    opacity.set(key, Number(input.value) / 100);
    lens = null;
    $("reset").hidden = false;
    label.parentElement.classList.add("other");
    ask(30);
  };
  input.onchange = drawLayers;
}

function turn(key) {
  if (!turned.delete(key)) turned.add(key);
  lens = null;
  drawLayers();
  ask();
}

function reset() {
  turned = new Set();
  opacity = new Map();
  lens = null;
  drawLayers();
  ask();
}

// ---- what the server tells

const TOLD = {
  piece: ({ title }) => { $("title").textContent = $("title").title = document.title = title; },

  picture: (told) => {
    if (!told) return;
    const was = picture && full();
    picture = told;
    accepted = told.accepted;
    const { width, height } = full();
    const isOther = !was || Math.abs(was.width - width) > 8 || Math.abs(was.height - height) > 8;
    $("empty").hidden = true;
    $("draft").hidden = !told.draft;
    $("accept").disabled = told.draft;
    $("compare").disabled = !accepted;
    drawLayers();
    isOther || isFitted ? fit() : place();
    ask();
  },

  status: ({ building, writing, ended, outputs }) => {
    const words = [];
    if (writing.length) words.push(`${writing.join(", ")}: still being written`);
    else if (building) words.push("building…");
    else if (ended) words.push(ended);
    $("status").textContent = words.join(" · ");
    $("status").title = outputs.join("\n");
  },

  running: (nodes) => {
    $("now").hidden = !nodes.length;
    const known = new Map([...$("running").children].map((item) => [item.dataset.node, item]));
    $("running").replaceChildren(...nodes.map((node) => run(known.get(node.node) ?? document.createElement("li"), node)));
  },

  problems: (all) => {
    const box = $("problems");
    box.hidden = !all.length;
    box.replaceChildren(...all.map((problem) => element("pre", problem.text)));
    if (all.length) box.append(element("p", picture ? "The last good picture stays until this is mended." : ""));
  },

  notes: (all) => {
    $("notes").hidden = !all.length;
    $("notes").lastElementChild.replaceChildren(...all.map((text) => element("li", text)));
  },

  why: (told) => {
    $("why").hidden = !told;
    if (!told) return;
    const saved = told.changed.length ? `saved: ${told.changed.join(", ")}` : "at the start";
    const texts = [saved, ...told.nodes, `${told.hits} of ${told.hits + told.nodes.length} from the store`];
    $("why").querySelector("div").replaceChildren(...texts.map((text) => element("pre", text)));
  },
};

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function run(item, { node, draft, done, total, look: name }) {
  item.dataset.node = node;
  const bar = document.createElement("progress");
  if (total) [bar.max, bar.value] = [total, done];
  bar.setAttribute("aria-label", node);
  const text = element("div", (draft ? `draft of ${node}` : node) + (total ? ` – ${Math.floor(100 * done / total)} %` : ""));
  let image = item.querySelector("img");
  if (!image && name) {
    image = new Image();
    image.alt = "How it looks so far";
  }
  if (image && name && image.dataset.look !== name) {
    image.dataset.look = name;
    image.src = `look/${name}`;
  }
  item.replaceChildren(text, bar, ...(image ? [image] : []));
  return item;
}

function listen() {
  const source = new EventSource("events");
  for (const [name, tell] of Object.entries(TOLD)) {
    source.addEventListener(name, (event) => tell(JSON.parse(event.data)));
  }
  source.onopen = () => { isAlone = false; };
  source.onerror = () => {
    isAlone = true;
    $("status").textContent = "composer watch does not answer; this page waits for it";
    now.asked = before.asked = "";
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1500);
  };
}

// ---- hands

function compare() {
  if (!accepted) return;
  comparing = !comparing;
  $("compare").setAttribute("aria-pressed", String(comparing));
  place();
  ask();
}

async function accept() {
  if (picture && !picture.draft) await fetch("accept", { method: "POST", body: picture.id });
}

function help() {
  $("help").open ? $("help").close() : $("help").showModal();
}

function leave() {
  if (lens === null) return;
  lens = null;
  drawLayers();
  ask();
}

const KEYS = {
  "+": () => zoomTo(eye.zoom * 1.25), "=": () => zoomTo(eye.zoom * 1.25), "-": () => zoomTo(eye.zoom / 1.25),
  0: fit, 1: actual, b: compare, a: accept, r: reset, "?": help, Escape: leave,
  l: () => { document.body.classList.toggle("wide"); if (isFitted) fit(); },
  ArrowLeft: () => move(60, 0), ArrowRight: () => move(-60, 0), ArrowUp: () => move(0, 60), ArrowDown: () => move(0, -60),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !picture && event.key !== "?") return;
  if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
  if (event.target === $("divider") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    split = Math.min(1, Math.max(0, split + (event.key === "ArrowLeft" ? -0.02 : 0.02)));
    event.preventDefault();
    return place();
  }
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || $("help").open) return;
  event.preventDefault();
  act();
});

stage.addEventListener("wheel", (event) => {
  if (event.target.closest("#problems")) return;
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  const amount = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
  zoomTo(eye.zoom * Math.exp(-Math.max(-120, Math.min(120, amount)) / 400), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

stage.addEventListener("pointerdown", (event) => {
  if (event.button > 1 || event.target.closest("#problems")) return;
  const isDivider = event.target === $("divider");
  stage.setPointerCapture(event.pointerId);
  stage.classList.toggle("dragged", !isDivider);
  let { clientX: x, clientY: y } = event;
  const drag = (moved) => {
    if (isDivider) {
      split = Math.min(1, Math.max(0, (moved.clientX - stage.getBoundingClientRect().left) / stage.clientWidth));
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
new ResizeObserver(() => (isFitted ? fit() : picture && look(eye))).observe(stage);
listen();
