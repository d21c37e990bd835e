// The pad on which one draws an image for the encoder, with mouse, pen, finger or keys.

import { button, element } from "./dom.js";
import { PAD_PEN } from "./strokes.js";

const STEP = 0.02; // of the pad per press of an arrow key
const NEAR = 0.004; // of the pad: closer points of a stroke are left out
const LABEL =
  "Pad to draw on. With the keyboard: arrow keys move the pen, " +
  "Space sets it down or lifts it, Delete clears the pad.";

export class Pad {
  /** `onchange(strokes, event)` is called with each change; points are [x, y] from 0 to 1. */
  constructor(onchange) {
    Object.assign(this, { onchange, strokes: [], drawing: null, pen: null });
    this.canvas = element("canvas", {
      class: "pad",
      tabindex: 0,
      role: "application",
      "aria-label": LABEL,
      onpointerdown: (event) => this.#down(event),
      onpointermove: (event) => this.#move(event),
      onpointerup: (event) => this.#lift(event),
      onpointercancel: (event) => this.#lift(event),
      onkeydown: (event) => this.#key(event),
    });
    this.clearButton = button("Clear", () => this.clear(), { title: "empty the pad (Delete)" });
    this.root = element("div", { class: "sketch", hidden: true }, this.canvas, this.clearButton);
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.canvas);
  }

  get open() {
    return !this.root.hidden;
  }

  /** Show or hide the pad; what is drawn on it stays. */
  toggle() {
    this.root.hidden = !this.root.hidden;
    if (!this.open) return;
    this.canvas.scrollIntoView({ block: "nearest" });
    this.canvas.focus({ preventScroll: true });
  }

  clear(event = null) {
    Object.assign(this, { strokes: [], drawing: null, pen: null });
    this.#changed(event);
  }

  destroy() {
    this.observer.disconnect();
  }

  #down(event) {
    if (event.button > 0 || this.drawing !== null) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = event.pointerId;
    this.pen = null;
    this.strokes.push([this.#place(event)]);
    this.#changed(event);
  }

  #move(event) {
    if (event.pointerId !== this.drawing) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    const added = (moves.length ? moves : [event]).map((move) => this.#extend(this.#place(move)));
    if (added.includes(true)) this.#changed(event);
  }

  #lift(event) {
    if (event.pointerId === this.drawing) this.drawing = null;
  }

  /** Add a point to the last stroke, unless it is where the stroke ends already. */
  #extend([x, y]) {
    const stroke = this.strokes.at(-1);
    const [lastX, lastY] = stroke.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < NEAR) return false;
    stroke.push([x, y]);
    return true;
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [x, y].map((value) => Math.min(1, Math.max(0, value)));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (event.key === "Delete" || event.key === "Backspace") this.clear(event);
    else if (event.key === " ") this.#setDown(event);
    else if (dx || dy) this.#movePen(dx, dy, event);
    else return;
    event.preventDefault();
  }

  #setDown(event) {
    const at = this.pen?.at ?? [0.5, 0.5];
    this.pen = { at, down: !this.pen?.down };
    if (this.pen.down) this.strokes.push([at]);
    this.#changed(event);
  }

  #movePen(dx, dy, event) {
    const { at, down } = this.pen ?? { at: [0.5, 0.5], down: false };
    const to = [at[0] + STEP * dx, at[1] + STEP * dy].map((x) => Math.min(1, Math.max(0, x)));
    this.pen = { at: to, down };
    if (down && this.#extend(to)) this.#changed(event);
    else this.#draw();
  }

  #changed(event) {
    this.#draw();
    this.clearButton.disabled = this.strokes.length === 0;
    this.onchange(this.strokes, event);
  }

  #resize() {
    const side = Math.round(this.canvas.clientWidth * (window.devicePixelRatio || 1));
    if (side) this.canvas.width = this.canvas.height = side;
    this.#draw();
  }

  #draw() {
    const side = this.canvas.width;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    Object.assign(context, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round" });
    context.lineWidth = 2 * PAD_PEN * side;
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(side * stroke[0][0], side * stroke[0][1]);
      for (const [x, y] of stroke) context.lineTo(side * x, side * y);
      context.stroke();
    }
    if (this.pen) this.#drawPen(context, side);
    else if (!this.strokes.length) this.#invite(context, side);
  }

  #drawPen(context, side) {
    const [x, y] = this.pen.at;
    context.beginPath();
    context.arc(side * x, side * y, PAD_PEN * side, 0, 2 * Math.PI);
    context.lineWidth = 0.012 * side;
    context.strokeStyle = this.pen.down ? "#4fa3ff" : "#bbb";
    context.stroke();
  }

  #invite(context, side) {
    context.fillStyle = "#b5bac2";
    context.font = `${0.085 * side}px ${getComputedStyle(this.canvas).fontFamily}`;
    Object.assign(context, { textAlign: "center", textBaseline: "middle" });
    context.fillText("draw here", side / 2, side / 2);
  }
}
