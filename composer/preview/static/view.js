// What is looked at, and how: the state of the page that all of it shares. Knows layers by keys – names from the
// outside in, so that eyes stay with their layers when the piece changes. Does not know pictures nor the server.

export const $ = (id) => document.getElementById(id);
export const stage = $("stage");

export const view = {
  picture: null, // what the server told of the newest picture
  accepted: null,
  eye: { x: 0, y: 0, zoom: 1 }, // screen = canvas * zoom + (x, y), in CSS pixels; canvas at full size
  isFitted: true,
  comparing: false,
  split: 0.5, // of the stage's width
  lens: null, // key of the layer whose mask is looked at
  turned: new Set(), // keys of layers
  opacity: new Map(),
  isAlone: false, // the server does not answer
};

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

export function placesOf(told) {
  const places = new Map();
  walk(told.layers, (_layer, place, key) => places.set(key, place));
  return places;
}

export function full(frame = view.picture) {
  return { width: frame.width / frame.scale, height: frame.height / frame.scale };
}

// The part to ask for where the whole is too coarse, in pixels reduced by a factor; null where it is not.
export function visiblePart(frame) {
  const density = view.eye.zoom * devicePixelRatio / frame.scale; // screen pixels a pixel of this picture
  const factor = Math.max(1, Math.floor(1 / density + 0.01));
  if (factor >= frame.factor) return null;
  const unit = factor / frame.scale;
  const limits = [Math.ceil(frame.width / factor), Math.ceil(frame.height / factor)];
  const [left, top, right, bottom] = [
    -view.eye.x / view.eye.zoom / unit, -view.eye.y / view.eye.zoom / unit,
    (stage.clientWidth - view.eye.x) / view.eye.zoom / unit, (stage.clientHeight - view.eye.y) / view.eye.zoom / unit,
  ];
  const down = (edge) => Math.max(0, Math.floor((edge - 32) / 128) * 128);
  const up = (edge, limit) => Math.min(limit, Math.ceil((edge + 32) / 128) * 128);
  const box = [down(left), down(top), up(right, limits[0]), up(bottom, limits[1])];
  return box[2] > box[0] && box[3] > box[1] ? { factor, box } : null;
}
