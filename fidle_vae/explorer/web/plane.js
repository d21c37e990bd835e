// The drawing of the latent plane.

import { element, number } from "./dom.js";
import { drawMark } from "./codes.js";
import { spread } from "./names.js";

/** One model's plane: a base that seldom changes (codes, prior, axes), with the cursor above it. */
export class PlanePicture {
  constructor(label) {
    this.base = element("canvas", { "aria-hidden": "true" });
    this.over = element("canvas", { "aria-hidden": "true" });
    this.root = element(
      "div",
      {
        class: "plane",
        tabindex: 0,
        role: "application",
        "aria-label": `${label}: arrow keys move, question mark lists all keys`,
      },
      this.base,
      this.over,
    );
  }

  /** Fit the canvases to the page; return whether their size changed. */
  resize() {
    const ratio = window.devicePixelRatio || 1;
    const side = Math.max(1, Math.round(this.root.clientWidth * ratio));
    if (this.base.width === side && this.ratio === ratio) return false;
    for (const canvas of [this.base, this.over]) canvas.width = canvas.height = side;
    this.ratio = ratio;
    return true;
  }

  /**
   * `names` lists the classes to name, {text, label, at: [x, y]}, the place in the plane; `ring` is
   * [inner, outer] of the ring in which most draws of the prior are, or null.
   */
  drawBase({ plane, ring, view, cloud, show, hidden, names, colorOf, ink }) {
    Object.assign(this, { plane, view, ink });
    this.unit = parseFloat(getComputedStyle(this.root).fontSize) * this.ratio; // the font size
    const context = this.base.getContext("2d");
    const side = this.base.width;
    context.clearRect(0, 0, side, side);
    const place = (point) => this.#toCanvas(point);
    this.#drawGrid(context);
    if (cloud && show === "density") cloud.drawDensity(context, place, view, colorOf, hidden);
    if (cloud && show === "scatter") {
      cloud.drawScatter(
        context,
        place,
        colorOf,
        hidden,
        this.unit * (cloud.count > 800 ? 0.25 : 0.34),
      );
    }
    if (ring) this.#drawRing(context, ring);
    this.#drawPrior(context);
    this.#nameAxes(context);
    this.#nameClasses(context, names, colorOf);
  }

  /**
   * Draw the cursor, the pins and the path between them, all given as [x, y] in the plane, and the
   * Gaussian of what is drawn on the pad, if there is one.
   */
  drawOver({ cursor, pins, way, gaussian }) {
    const context = this.over.getContext("2d");
    const { unit } = this;
    context.clearRect(0, 0, this.over.width, this.over.width);
    if (way.length) {
      context.beginPath();
      for (const point of way) context.lineTo(...this.#toCanvas(point));
      this.#strokeTwice(context, unit * 0.16);
    }
    this.#drawCursor(context, cursor, !gaussian || String(gaussian.centre) !== String(cursor));
    if (gaussian) this.#drawGaussian(context, gaussian);
    pins.forEach((pin, i) => pin && this.#drawPin(context, "AB"[i], pin, unit));
  }

  /** Draw the cursor; its ring would hide the Gaussian of a drawing in its middle. */
  #drawCursor(context, cursor, ring) {
    const { unit } = this;
    const side = this.over.width;
    const [x, y] = this.#toCanvas(cursor);
    const arm = 0.95 * unit;
    context.beginPath();
    if (!this.plane.axes[1]) {
      context.moveTo(x, 0);
      context.lineTo(x, side);
    } else {
      if (ring) context.arc(x, y, 0.6 * unit, 0, 2 * Math.PI);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        context.moveTo(x + 0.6 * unit * dx, y + 0.6 * unit * dy);
        context.lineTo(x + 2 * arm * dx, y + 2 * arm * dy);
      }
    }
    this.#strokeTwice(context, unit * 0.2);
  }

  /** Draw one and two sigma of a Gaussian; a point, or a very narrow Gaussian, is a dot. */
  #drawGaussian(context, { centre, radii, angle }) {
    const { unit, base } = this;
    const [x, y] = this.#toCanvas(centre);
    const scale = base.width / (2 * this.view.half);
    const least = 0.14 * unit;
    for (const [sigmas, opacity] of [
      [2, 0.45],
      [1, 0.8],
    ]) {
      const [a, b] = radii.map((radius) => Math.max(least, sigmas * scale * radius));
      context.beginPath();
      if (this.plane.axes[1]) context.ellipse(x, y, a, b, -angle, 0, 2 * Math.PI);
      else context.rect(x - a, 0, 2 * a, base.width);
      context.globalAlpha = opacity;
      context.fillStyle = this.ink.accent;
      context.fill();
      context.globalAlpha = 1;
      this.#strokeTwice(context, 0.1 * unit);
    }
  }

  #drawPin(context, name, [x, y], unit) {
    const at = this.#toCanvas([x, y]);
    context.fillStyle = this.ink.page;
    drawMark(context, 0, ...at, 0.78 * unit);
    context.fillStyle = this.ink.text;
    drawMark(context, 0, ...at, 0.68 * unit);
    context.fillStyle = this.ink.page;
    context.font = `700 ${0.95 * unit}px ${this.ink.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, at[0], at[1] + 0.06 * unit);
  }

  /** Stroke a line that is visible on any background, above a wide one in the page's colour. */
  #strokeTwice(context, width) {
    for (const [color, wide] of [
      [this.ink.page, 2.2 * width],
      [this.ink.text, width],
    ]) {
      context.strokeStyle = color;
      context.lineWidth = wide;
      context.stroke();
    }
  }

  #drawRing(context, [inner, outer]) {
    const [x, y] = this.#toCanvas(this.plane.centre);
    const scale = this.base.width / (2 * this.view.half);
    context.beginPath();
    context.arc(x, y, (scale * (inner + outer)) / 2, 0, 2 * Math.PI);
    context.lineWidth = scale * (outer - inner);
    context.strokeStyle = this.ink.accent;
    context.globalAlpha = 0.25;
    context.stroke();
    context.globalAlpha = 1;
    const below = [x, y + scale * outer - 1.7 * this.unit]; // above the name of the axis
    this.#write(context, "most draws of z", below, "center", "bottom", 700);
  }

  #drawPrior(context) {
    const [x, y] = this.plane.centre;
    context.strokeStyle = this.ink.text;
    context.fillStyle = this.ink.text;
    context.lineWidth = 0.11 * this.unit;
    const { unit } = this;
    for (const [sigma, dashes] of [
      [1, []],
      [2, [0.7, 0.45]],
      [3, [0.16, 0.4]],
    ]) {
      context.setLineDash(dashes.map((length) => length * unit));
      context.beginPath();
      if (this.plane.axes[1]) {
        const [[left], [right]] = [this.#toCanvas([x - sigma, y]), this.#toCanvas([x + sigma, y])];
        const [, middle] = this.#toCanvas([x, y]);
        context.arc((left + right) / 2, middle, (right - left) / 2, 0, 2 * Math.PI);
      } else {
        for (const sign of [-1, 1]) {
          const [at] = this.#toCanvas([x + sign * sigma, 0]);
          context.moveTo(at, 0);
          context.lineTo(at, this.base.width);
        }
      }
      context.stroke();
      context.setLineDash([]);
      const turn = this.plane.axes[1]
        ? [x + sigma * Math.SQRT1_2, y + sigma * Math.SQRT1_2]
        : [x + sigma, this.view.y + 0.9 * this.view.half];
      const crowded = this.base.width / (2 * this.view.half) < 1.6 * unit; // no room for all labels
      if (sigma === 3 || !crowded)
        this.#write(context, `${sigma}\u03c3`, this.#toCanvas(turn), "center", "middle", 700);
    }
  }

  /** Return the positions of the grid lines on an axis, and the decimals of their numbers. */
  #ticks(middle) {
    const { half } = this.view;
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find((size) => (2 * half) / size <= 9) ?? 50;
    const values = [];
    for (let i = Math.ceil((middle - half) / step); i * step < middle + half; i++)
      values.push(i * step);
    return [values, step < 1 ? 1 : 0];
  }

  #drawGrid(context) {
    const side = this.base.width;
    context.strokeStyle = this.ink.line;
    context.lineWidth = 0.06 * this.unit;
    for (const x of this.#ticks(this.view.x)[0]) {
      const [at] = this.#toCanvas([x, 0]);
      this.#line(context, at, 0, at, side);
    }
    if (!this.plane.axes[1]) return;
    for (const y of this.#ticks(this.view.y)[0]) {
      const [, at] = this.#toCanvas([0, y]);
      this.#line(context, 0, at, side, at);
    }
  }

  #nameAxes(context) {
    const { unit, plane, view } = this;
    const side = this.base.width;
    const [across, decimals] = this.#ticks(view.x);
    for (const x of across) {
      const [at] = this.#toCanvas([x, 0]);
      const clear = at > 2.2 * unit && at < side - 1.2 * unit;
      if (clear)
        this.#write(context, number(x, decimals), [at, side - 0.35 * unit], "center", "bottom");
    }
    this.#write(
      context,
      `${plane.names[0]} (\u03c3) \u2192`,
      [side - 0.4 * unit, side - 1.6 * unit],
      "right",
      "bottom",
      700,
    );
    if (!plane.axes[1]) return;
    for (const y of this.#ticks(view.y)[0]) {
      const [, at] = this.#toCanvas([0, y]);
      const clear = at > 2.6 * unit && at < side - 1.6 * unit;
      if (clear) this.#write(context, number(y, decimals), [0.35 * unit, at], "left", "middle");
    }
    this.#write(
      context,
      `\u2191 ${plane.names[1]} (\u03c3)`,
      [0.35 * unit, 0.4 * unit],
      "left",
      "top",
      700,
    );
  }

  /** Write the names of classes, each with the mark of its class, where they do not overlap. */
  #nameClasses(context, names, colorOf) {
    const size = Math.min(1.4 * this.unit, this.base.width / 16);
    context.font = `700 ${size}px ${this.ink.font}`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    const boxes = names.map(({ text, label, at }) => {
      const [x, y] = this.#toCanvas(at);
      const wide = context.measureText(text).width + 1.5 * size;
      return { text, label, x, y, wide, high: 1.25 * size };
    });
    const side = this.base.width;
    const seen = boxes.filter(({ x, y }) => x >= 0 && x <= side && y >= 0 && y <= side);
    spread(seen, side);
    for (const { text, label, x, y, wide, high } of seen) {
      const color = `rgb(${colorOf(label)})`;
      context.beginPath();
      context.roundRect(x - wide / 2, y - high / 2, wide, high, high / 3);
      context.globalAlpha = 0.88;
      context.fillStyle = this.ink.page;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = 0.12 * size;
      context.stroke();
      drawMark(context, label, x - wide / 2 + 0.6 * size, y, 0.34 * size);
      context.fillStyle = this.ink.text;
      context.fillText(text, x - wide / 2 + 1.1 * size, y + 0.05 * size);
    }
  }

  #line(context, ...ends) {
    context.beginPath();
    context.moveTo(ends[0], ends[1]);
    context.lineTo(ends[2], ends[3]);
    context.stroke();
  }

  #write(context, text, [x, y], align, baseline, weight = 500) {
    context.save();
    context.font = `${weight} ${this.unit}px ${this.ink.font}`;
    context.textAlign = align;
    context.textBaseline = baseline;
    context.strokeStyle = this.ink.page;
    context.lineWidth = 0.3 * this.unit;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
    context.fillStyle = this.ink.text;
    context.fillText(text, x, y);
    context.restore();
  }

  #toCanvas([x, y]) {
    const scale = this.base.width / (2 * this.view.half);
    return [(x - this.view.x + this.view.half) * scale, (this.view.y + this.view.half - y) * scale];
  }
}
