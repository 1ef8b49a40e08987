// Zoom and pan.

import { ask, place } from "./pictures.js";
import { full, stage, view } from "./view.js";

export function look(next) {
  const { width, height } = full();
  const zoom = Math.min(64, Math.max(0.01, next.zoom));
  const keep = 48; // of the picture always stays in sight
  view.eye = {
    zoom,
    x: Math.min(stage.clientWidth - keep, Math.max(keep - width * zoom, next.x)),
    y: Math.min(stage.clientHeight - keep, Math.max(keep - height * zoom, next.y)),
  };
  place();
  ask(90);
}

export function fit() {
  if (!view.picture || !stage.clientWidth) return;
  const { width, height } = full(), margin = 24;
  const room = [stage.clientWidth - 2 * margin, stage.clientHeight - 2 * margin];
  const zoom = Math.min(room[0] / width, room[1] / height, Math.max(1 / devicePixelRatio, 256 / Math.max(width, height)));
  view.isFitted = true;
  look({ zoom, x: (stage.clientWidth - width * zoom) / 2, y: (stage.clientHeight - height * zoom) / 2 });
}

export function zoomTo(zoom, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  if (!view.picture) return;
  zoom = Math.min(64, Math.max(0.01, zoom));
  view.isFitted = false;
  const share = zoom / view.eye.zoom;
  look({ zoom, x: x - (x - view.eye.x) * share, y: y - (y - view.eye.y) * share });
}

export function actual() {
  zoomTo(1 / devicePixelRatio);
  look({ zoom: view.eye.zoom, x: Math.round(view.eye.x), y: Math.round(view.eye.y) });
}

export function move(x, y) {
  if (!view.picture) return;
  view.isFitted = false;
  look({ zoom: view.eye.zoom, x: view.eye.x + x, y: view.eye.y + y });
}
