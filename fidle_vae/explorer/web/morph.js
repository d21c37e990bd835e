// The path between two pins: a slider, play and pause, and a strip of images.

import { button, choice, element } from "./dom.js";
import { pointOnPath } from "./geometry.js";

const FRAMES = 11; // images in the strip
const SECONDS = 4; // from one pin to the other at speed 1
const SPEEDS = [
  [0.25, "\u00bc\u00d7"],
  [0.5, "\u00bd\u00d7"],
  [1, "1\u00d7"],
  [2, "2\u00d7"],
  [4, "4\u00d7"],
];

const HINTS = [
  "Click or tap two places, or press Enter at each, to morph from one to the other.",
  "One pin is set: click or tap a second place, or press Enter there.",
];

/** The controls below the planes. `go(z)` is called with each point on the path. */
export class Morph {
  constructor(panels, go, onpins, onclear) {
    Object.assign(this, {
      panels,
      go,
      onpins,
      pins: [null, null],
      kind: "line",
      speed: 1,
      next: 0,
    });
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: "any",
      value: 0,
      "aria-label": "Position between the pins A and B",
      oninput: () => this.seek(this.position),
    });
    this.playButton = button("\u25b6 Play", () => this.togglePlay(), { class: "main" });
    this.kindChoice = choice(
      "Path between the pins",
      [
        ["line", "straight line"],
        ["circle", "great circle"],
      ],
      (kind) => this.setKind(kind),
    );
    this.speedChoice = choice("Speed", SPEEDS, (speed) => {
      this.speed = Number(speed);
    });
    this.speedChoice.value = "1";
    this.clearButton = button("Clear pins", onclear);
    this.strips = panels.map((panel) =>
      element("canvas", {
        class: "strip",
        role: "img",
        "aria-label": `The path from A to B, by ${panel.name}`,
        onclick: (event) =>
          this.seek(
            ((FRAMES * event.offsetX) / event.currentTarget.clientWidth - 0.5) / (FRAMES - 1),
          ),
      }),
    );
    this.marks = panels.map(() => element("div", { class: "mark" }));
    const films = this.strips.map((strip, i) =>
      element("div", { class: "film" }, strip, this.marks[i]),
    );
    this.films = element("div", { class: "films", onscroll: () => this.#showMore() }, ...films);
    this.roll = element("div", { class: "roll", hidden: true }, this.films);
    this.observer = new ResizeObserver(() => this.#showMore());
    this.observer.observe(this.films);
    this.hint = element("p", { class: "hint" }, HINTS[0]);
    this.bar = element(
      "div",
      { class: "bar", hidden: true },
      this.playButton,
      element("b", {}, "A"),
      this.slider,
      element("b", {}, "B"),
      this.kindChoice,
      this.speedChoice,
      this.clearButton,
    );
    this.root = element(
      "section",
      { class: "morph", "aria-label": "Morph between two pins" },
      this.hint,
      this.bar,
      this.roll,
    );
  }

  /** Show at which sides the strip goes on beyond the page: explorer.css draws an arrow there. */
  #showMore() {
    const { scrollLeft, scrollWidth, clientWidth } = this.films;
    this.roll.classList.toggle("more-left", scrollLeft > 4);
    this.roll.classList.toggle("more-right", scrollLeft + clientWidth < scrollWidth - 4);
  }

  destroy() {
    this.pause();
    this.observer.disconnect();
  }

  get position() {
    return Number(this.slider.value);
  }

  get ready() {
    return this.pins[0] !== null && this.pins[1] !== null;
  }

  /** Set the next pin; a third one replaces the older of the two. */
  pin(z) {
    this.pins[this.next] = z;
    this.#show(this.next); // the point is now at this end
    this.next = 1 - this.next;
    this.#pinsChanged();
  }

  clear() {
    this.restore([null, null]);
  }

  /** Set both pins, the kind of the path and the position on it; a pin may be null. */
  restore(pins, kind = this.kind, t = 0) {
    this.pause();
    this.pins = pins;
    this.kind = this.kindChoice.value = kind;
    this.next = pins[0] && !pins[1] ? 1 : 0;
    this.#show(t);
    this.#pinsChanged();
  }

  setKind(kind) {
    this.kind = this.kindChoice.value = kind;
    this.#pinsChanged();
    if (this.ready) this.moveTo(this.position);
  }

  /** Go to the fraction `t` of the path. */
  moveTo(t) {
    if (!this.ready) return;
    this.#show(Math.min(1, Math.max(0, t)));
    this.go(this.at(this.position));
  }

  /** Go to the fraction `t` of the path, and stop playing. */
  seek(t) {
    this.pause();
    this.moveTo(t);
  }

  #show(t) {
    this.slider.value = t;
    this.slider.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way`);
    const left = (t * (FRAMES - 1) + 0.5) / FRAMES; // from middle to middle of an image
    for (const mark of this.marks) mark.style.left = `${100 * left}%`;
  }

  at(t) {
    return pointOnPath(...this.pins, t, this.kind);
  }

  /** Return `n` points on the path, or none unless both pins are set. */
  way(n = FRAMES) {
    return this.ready ? Array.from({ length: n }, (_, i) => this.at(i / (n - 1))) : [];
  }

  changeSpeed(factor) {
    const speeds = SPEEDS.map(([speed]) => speed);
    const next = speeds.indexOf(this.speed) + (factor > 1 ? 1 : -1);
    this.speed = speeds[Math.min(speeds.length - 1, Math.max(0, next))];
    this.speedChoice.value = String(this.speed);
  }

  togglePlay() {
    if (!this.ready) return;
    this.playing = !this.playing;
    this.playButton.textContent = this.playing ? "\u275a\u275a Pause" : "\u25b6 Play";
    if (!this.playing) {
      cancelAnimationFrame(this.frame);
      return;
    }
    let [before, phase] = [null, this.position]; // up to 1 on the way to B, up to 2 back to A
    const step = (now) => {
      phase = (phase + ((before === null ? 0 : now - before) * this.speed) / (1000 * SECONDS)) % 2;
      before = now;
      const t = phase < 1 ? phase : 2 - phase;
      // with reduced motion, only the images of the strip are shown, one after another
      this.moveTo(this.calm.matches ? Math.round(t * (FRAMES - 1)) / (FRAMES - 1) : t);
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  pause() {
    if (this.playing) this.togglePlay();
  }

  #pinsChanged() {
    if (!this.ready) this.pause();
    this.hint.hidden = this.ready;
    this.bar.hidden = this.roll.hidden = !this.ready;
    this.hint.textContent = HINTS[this.pins[0] ? 1 : 0];
    this.drawStrips();
    this.onpins();
  }

  drawStrips() {
    if (this.ready) this.panels.forEach((panel, i) => panel.drawStrip(this.strips[i], this.way()));
  }
}
