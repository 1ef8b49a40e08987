// What the server tells, shown. Every word comes in as text and is shown as text.

import { drawLayers } from "./layers.js";
import { fit } from "./moving.js";
import { ask, forget, place } from "./pictures.js";
import { $, full, view } from "./view.js";

const TOLD = {
  piece: ({ title }) => { $("title").textContent = $("title").title = document.title = title; },

  picture: (told) => {
    if (!told) return;
    const was = view.picture && full();
    view.picture = told;
    view.accepted = told.accepted;
    const { width, height } = full();
    const isOther = !was || Math.abs(was.width - width) > 8 || Math.abs(was.height - height) > 8;
    $("empty").hidden = true;
    $("draft").hidden = !told.draft;
    $("accept").disabled = told.draft;
    $("compare").disabled = !view.accepted;
    drawLayers();
    isOther || view.isFitted ? fit() : place();
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
    $("empty").hidden = Boolean(view.picture || all.length);
    box.replaceChildren(...all.map((problem) => element("pre", problem.text)));
    if (all.length) box.append(element("p", view.picture ? "The last good picture stays until this is mended." : ""));
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

export function listen() {
  const source = new EventSource("events");
  for (const [name, tell] of Object.entries(TOLD)) {
    source.addEventListener(name, (event) => tell(JSON.parse(event.data)));
  }
  source.onopen = () => { view.isAlone = false; };
  source.onerror = () => {
    view.isAlone = true;
    $("status").textContent = "composer watch does not answer; this page waits for it";
    forget();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1500);
  };
}
