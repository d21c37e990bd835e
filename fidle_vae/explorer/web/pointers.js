// What mouse, touch and pen do on a plane.

const STILL = 6; // CSS pixels that a pointer may move in a click

/**
 * Translate pointer events on `root` into actions on the plane that it shows.
 *
 * A hovering mouse points, a dragged mouse pans; one finger points, two fingers zoom; a press and
 * release in one place clicks; the wheel zooms. `view()` returns the part of the plane in view.
 * `on` has point([x, y], event), click([x, y], reach, root), pan(dx, dy), zoom(factor, [x, y]) and
 * mayZoom(event); all lengths are in sigma.
 */
export class Pointers {
  constructor(root, view, on) {
    Object.assign(this, { root, view, on });
    this.held = new Map();
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    root.addEventListener("pointerup", (event) => this.#up(event));
    root.addEventListener("pointercancel", (event) => this.held.delete(event.pointerId));
    root.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #toPlane(event) {
    const box = this.root.getBoundingClientRect();
    const { x, y, half } = this.view();
    return [
      x - half + (2 * half * (event.clientX - box.left)) / box.width,
      y + half - (2 * half * (event.clientY - box.top)) / box.height,
    ];
  }

  #down(event) {
    if (event.button > 0) return;
    this.root.setPointerCapture(event.pointerId);
    const first = this.held.size === 0; // with a second finger it is a pinch, not a click
    for (const other of this.held.values()) other.moved = true;
    this.held.set(event.pointerId, { x: event.clientX, y: event.clientY, moved: !first });
    if (event.pointerType !== "mouse" && first) this.on.point(this.#toPlane(event), event);
  }

  #move(event) {
    const held = this.held.get(event.pointerId);
    if (!held) {
      this.on.point(this.#toPlane(event), event);
      return;
    }
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < STILL) return;
    held.moved = true;
    if (this.held.size === 2) this.#pinch(event);
    else if (event.pointerType === "mouse") {
      const scale = (2 * this.view().half) / this.root.clientWidth;
      this.on.pan(-dx * scale, dy * scale);
    } else this.on.point(this.#toPlane(event), event);
    Object.assign(held, { x: event.clientX, y: event.clientY });
  }

  #pinch(event) {
    const [a, b] = [...this.held.values()];
    const other = this.held.get(event.pointerId) === a ? b : a;
    const before = this.held.get(event.pointerId);
    const wide = (p) => Math.hypot(p.x - other.x, p.y - other.y) || 1;
    this.on.zoom(wide(before) / wide({ x: event.clientX, y: event.clientY }), this.#toPlane(event));
  }

  #up(event) {
    const held = this.held.get(event.pointerId);
    this.held.delete(event.pointerId);
    if (!held || held.moved) return;
    const reach = (12 * 2 * this.view().half) / this.root.clientWidth;
    this.on.click(this.#toPlane(event), reach, this.root);
  }

  #wheel(event) {
    if (!this.on.mayZoom(event)) return;
    event.preventDefault();
    this.on.zoom(
      Math.exp(0.0015 * Math.max(-200, Math.min(200, event.deltaY))),
      this.#toPlane(event),
    );
  }
}
