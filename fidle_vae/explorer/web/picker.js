// The classes that a conditional decoder can be asked for: what is at the cursor, as each of them.

import { button, element } from "./dom.js";
import { drawDecoded } from "./images.js";

const PAUSE = 50; // milliseconds between two updates while the point moves

/** A row of buttons, each with the image of its class; `choose(label)` is called with the class. */
export class ClassPicker {
  constructor(decoder, className, choose) {
    this.decoder = decoder;
    const [height, width] = decoder.shape;
    this.canvases = [];
    this.buttons = Array.from({ length: decoder.classes }, (_, label) => {
      const canvas = element("canvas", { width, height, "aria-hidden": "true" });
      this.canvases.push(canvas);
      const made = button(canvas, () => choose(label), { class: "ask" });
      made.append(element("span", {}, className(label)));
      return made;
    });
    this.root = element(
      "div",
      { class: "asks", role: "group", "aria-label": "Class to draw" },
      ...this.buttons,
    );
  }

  /** Show a latent point as each class, now or, if it has just been done, in a moment. */
  show(z) {
    this.z = z;
    if (this.waiting) return;
    this.#draw();
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (this.drawn !== this.z) this.show(this.z);
    }, PAUSE);
  }

  showChoice(label) {
    this.buttons.forEach((made, i) => made.setAttribute("aria-pressed", String(i === label)));
  }

  destroy() {
    clearTimeout(this.waiting);
  }

  #draw() {
    const { decoder, z } = this;
    this.drawn = z;
    this.canvases.forEach((canvas, label) => {
      const image = decoder.decode(z, label);
      drawDecoded(canvas.getContext("2d"), image, decoder.shape, decoder.range);
    });
  }
}
