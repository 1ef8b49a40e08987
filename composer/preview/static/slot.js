// A place for a picture: all of it, and above that the part in sight, finer. A newer request ends the older one,
// and the old picture stays until the new one is there. Does not know what is looked at.

import { visiblePart } from "./view.js";

export class Slot {
  constructor(whole, part, arrived, failed) {
    this.images = { whole, part };
    this.shown = {};
    this.asked = "";
    this.request = null;
    this.arrived = arrived;
    this.failed = failed;
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
        this.arrived();
      });
      const whole = this.load("whole", wanted.whole, signal).then((blob) => {
        this.put("whole", wanted.whole, blob);
        if (!detail) this.drop("part");
        this.arrived();
      });
      await Promise.all([part, whole]);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.asked = "";
      this.failed();
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
