// The latent-space explorer: `mount` puts it into a page or a notebook. `Decoder` runs the network.

import { arrayReader } from "./arrays.js";
import { keepInAddress } from "./address.js";
import { classColor, wholeView } from "./codes.js";
import { element } from "./dom.js";
import { Frame } from "./frame.js";
import { Plane, samplePrior } from "./geometry.js";
import { Atlas } from "./images.js";
import { Info, SHOWN } from "./info.js";
import { Help, listenToKeys } from "./keys.js";
import { ModelPanel } from "./model.js";
import { Morph } from "./morph.js";
import { medianPoint } from "./names.js";
import { Pad } from "./pad.js";
import { ClassPicker } from "./picker.js";
import { Pointers } from "./pointers.js";

const REST = 200; // milliseconds without a move after which the point counts as resting

/**
 * Show an explorer in `host`.
 *
 * `content` describes `buffer`, the bytes of all arrays; content.py creates both.
 * Options: style (the CSS), keys ("page" listens on the whole page, "host" only while the explorer
 * has the focus), theme ("light" or "dark"), address (whether the page's address holds the state),
 * onRest(z). The host receives an event "fidle-drawn" after each image drawn for a pointer. Returns an object whose destroy() removes everything.
 */
export function mount(host, content, buffer, options = {}) {
  return new Explorer(host, content, buffer, options);
}

class Explorer {
  constructor(host, content, buffer, options) {
    Object.assign(this, { host, content, options, show: "scatter", hidden: new Set(), image: null });
    const read = arrayReader(buffer);
    const labels = content.labels && read(content.labels);
    this.atlas = content.images && new Atlas(content.images, read);
    this.panels = content.models.map(
      (model) => new ModelPanel(model, labels, read, content.models.length === 1),
    );
    this.latentDim = this.panels[0].decoder.latentDim;
    this.classes = labels ? [...new Set(labels)].sort((a, b) => a - b) : [];
    this.labels = labels;
    this.firstLabel = content.label ?? 0;
    this.firstAxes = [content.plane ? "plane" : 0, 1];
    this.start = content.start ?? Array(this.latentDim).fill(0);
    this.z = this.start;
    this.help = new Help();
    this.morph = new Morph(
      this.panels,
      (z) => this.setPoint(z),
      () => this.#drawOver(),
      () => this.clear(),
    );
    this.pad = this.panels.some(({ encoder }) => encoder)
      ? new Pad((strokes, event) => this.#encodeDrawing(strokes, event))
      : null;
    const conditional = this.panels.find(({ decoder }) => decoder.classes);
    this.picker = conditional
      ? new ClassPicker(
          conditional.decoder,
          (label) => this.className(label),
          (label) => this.askFor(label),
        )
      : null;
    this.info = new Info(this);
    this.frame = new Frame(this, () => this.#resize(true));
    this.shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.shadow.replaceChildren(element("style", {}, options.style ?? ""), this.frame.root);
    for (const { picture } of this.panels)
      new Pointers(picture.root, () => this.view, this.#onPointer());
    this.stopKeys = listenToKeys(options.keys === "page" ? document : host, this);
    this.observer = new ResizeObserver(() => this.#resize());
    for (const { picture } of this.panels) this.observer.observe(picture.root);
    this.setAxes(...this.firstAxes);
    this.askFor(this.firstLabel);
    if (options.address) this.stopAddress = keepInAddress(this);
  }

  destroy() {
    this.morph.destroy();
    this.pad?.destroy();
    this.picker?.destroy();
    this.stopKeys();
    this.stopAddress?.();
    this.observer.disconnect();
    clearTimeout(this.resting);
    this.shadow.replaceChildren();
  }

  className(label) {
    return String(this.content.classNames?.[label] ?? label);
  }

  /** Go to a latent point; `event` is the pointer event that caused it, if any. */
  setPoint(z, event = null) {
    const started = performance.now();
    this.z = Array.from(z);
    for (const panel of this.panels) panel.drawImage(this.z);
    this.picker?.show(this.z);
    if (event) {
      const detail = { z: this.z, event: event.timeStamp, started, drawn: performance.now() };
      this.host.dispatchEvent(new CustomEvent("fidle-drawn", { detail }));
    }
    this.#drawOver();
    this.info.showPoint(this.z);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.info.showRest(this.z);
      this.options.onRest?.(this.z);
    }, REST);
  }

  /** Let conditional decoders draw another class, at the same point. */
  askFor(label) {
    this.label = label;
    for (const { decoder } of this.panels) decoder.label = Math.min(label, decoder.classes - 1);
    this.picker?.showChoice(label);
    this.morph.drawStrips();
    this.setPoint(this.z);
  }

  /** Ask for the class `step` places further on. */
  askForNext(step) {
    const { classes } = this.picker?.decoder ?? {};
    if (classes) this.askFor((this.label + step + classes) % classes);
  }

  setCoordinate(i, value) {
    this.morph.pause();
    this.setPoint(this.z.with(i, value));
  }

  nudge(dx, dy) {
    const [x, y] = this.plane.project(this.z);
    this.morph.pause();
    this.setPoint(this.plane.move(this.z, [x + dx, y + dy]));
  }

  sample() {
    this.morph.pause();
    this.setPoint(samplePrior(this.latentDim));
  }

  /** Pin the point at the cursor. */
  pinHere() {
    this.morph.pause();
    this.morph.pin(this.z);
  }

  clear() {
    this.morph.clear();
    this.#hidePairs();
  }

  #hidePairs() {
    this.image = null;
    for (const panel of this.panels) if (!panel.posterior) panel.pair.hidden = true;
  }

  /** Open or close the pad; what is drawn on it is in the plane while it is open. */
  toggleSketch() {
    if (!this.pad) return;
    const drawing = this.pad.root.contains(this.shadow.activeElement);
    this.frame.showSketching(!this.pad.open);
    this.pad.toggle();
    if (drawing && !this.pad.open) this.panels[0].picture.root.focus({ preventScroll: true });
    this.#encodeDrawing(this.pad.open ? this.pad.strokes : []);
  }

  #encodeDrawing(strokes, event = null) {
    this.morph.pause();
    this.image = null;
    const encoders = this.panels.filter(({ encoder }) => encoder);
    for (const panel of encoders) {
      if (strokes.length) panel.encodeDrawing(strokes);
      else panel.forgetDrawing();
    }
    if (strokes.length) this.setPoint(encoders[0].posterior.mean, event);
    else this.#drawOver();
  }

  goToNearest() {
    const panel = this.panels.find(({ cloud }) => cloud);
    const index = panel?.cloud
      .byDistance(this.z)
      .find((i) => !this.hidden.has(panel.cloud.labels[i]));
    if (index !== undefined) this.#goToCode(panel, index);
  }

  #goToCode(panel, index) {
    this.morph.pause();
    this.z = panel.cloud.code(index);
    this.askFor(this.picker ? this.labels[index] : 0);
    this.#showOriginal(index);
  }

  #showOriginal(index) {
    this.image = index;
    const name = this.labels ? `${this.className(this.labels[index])}: ` : "";
    for (const each of this.panels)
      if (each.cloud) each.showPair(index, this.atlas, `${name}held-out image ${index}`);
  }

  /** What is on show, as few values as possible: see restore. */
  get state() {
    const { morph, axes, view, hidden } = this;
    const whole = this.wholeView;
    const moved = ["x", "y", "half"].some((key) => view[key] !== whole[key]);
    return {
      z: this.z,
      a: morph.pins[0],
      b: morph.pins[1],
      t: morph.ready ? morph.position : null,
      path: morph.kind === "line" ? null : morph.kind,
      axes: String(axes) === String(this.firstAxes) ? null : axes,
      view: moved ? [view.x, view.y, view.half] : null,
      show: this.show === "scatter" ? null : this.show,
      hide: hidden.size ? [...hidden] : null,
      image: this.image,
      as: this.label === this.firstLabel ? null : this.label,
      present: this.frame.presenting ? 1 : null,
    };
  }

  /** Show a state, as readState returns it; what it lacks, or has wrong, is as at the start. */
  restore(state) {
    const { latentDim, firstAxes } = this;
    const point = (z) => (z?.length === latentDim ? z : null);
    const index = state.image?.[0];
    this.show = SHOWN.some(([value]) => value === state.show?.[0]) ? state.show[0] : "scatter";
    this.hidden = new Set(state.hide?.filter((label) => this.classes.includes(label)));
    this.setAxes(...(this.#axesOf(state.axes) ?? firstAxes));
    const [x, y, half] = state.view ?? [];
    if (half > 0) this.#look({ x, y, half });
    const t = Math.min(1, Math.max(0, state.t?.[0] ?? 0));
    const kind = state.path?.[0] === "circle" ? "circle" : "line";
    this.morph.restore([point(state.a), point(state.b)], kind, t);
    this.#hidePairs();
    this.z = point(state.z) ?? this.start;
    const label = state.as?.[0];
    const known = label < this.picker?.decoder.classes && label >= 0;
    this.askFor(known ? Math.floor(label) : this.firstLabel);
    if (this.atlas && index >= 0 && index < this.atlas.count) this.#showOriginal(Math.floor(index));
    this.frame.present(state.present?.[0] === "1");
  }

  #axesOf(texts) {
    const { latentDim, content } = this;
    const [across, up] = (texts ?? []).map((text) => (text === "plane" ? text : Number(text)));
    const isDim = (axis) => Number.isInteger(axis) && axis >= 0 && axis < latentDim;
    const known = isDim(across) || (across === "plane" && content.plane !== undefined);
    return known && isDim(up) && across !== up ? [across, up] : null;
  }

  setShow(show) {
    this.show = show;
    this.#drawBase();
  }

  cycleShow() {
    const all = SHOWN.map(([value]) => value);
    this.setShow(all[(all.indexOf(this.show) + 1) % all.length]);
  }

  toggleClass(label) {
    if (!this.hidden.delete(label)) this.hidden.add(label);
    this.#drawBase();
  }

  /** Show two dimensions or, if `across` is "plane", the plane that the content describes. */
  setAxes(across, up) {
    const { content, latentDim } = this;
    this.axes = [across, up];
    this.plane =
      across === "plane"
        ? new Plane(content.plane)
        : Plane.ofDims(latentDim, latentDim === 1 ? [0] : this.axes);
    this.home();
  }

  /** Show the next pair of dimensions: the content's plane, z0 and z1, z2 and z3, ... */
  cycleAxes() {
    const [across] = this.axes;
    const next = across === "plane" ? 0 : across + 2;
    const last = Math.min(next + 1, this.latentDim - 1); // an odd last one goes with the one before
    if (next < this.latentDim) this.setAxes(last - 1, last);
    else this.setAxes(...this.firstAxes);
  }

  home() {
    const clouds = this.panels.flatMap(({ cloud }) => cloud ?? []);
    this.wholeView = wholeView(this.plane, clouds);
    this.#look(this.wholeView);
  }

  /** Show `factor` times as much of the plane; [x, y] stays in place. */
  zoom(factor, [x, y] = this.plane.project(this.z)) {
    const half = Math.min(1000, Math.max(0.1, this.view.half * factor));
    const grown = half / this.view.half;
    this.#look({ half, x: x + (this.view.x - x) * grown, y: y + (this.view.y - y) * grown });
  }

  pan(dx, dy) {
    this.#look({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  #look(view) {
    this.view = view;
    this.#drawBase();
  }

  #onPointer() {
    return {
      point: (at, event) => {
        if (!this.morph.playing) this.setPoint(this.plane.move(this.z, at), event);
      },
      click: (at, reach, picture) => {
        const panel = this.panels.find((each) => each.picture.root === picture);
        const index =
          this.show === "scatter" ? (panel.cloud?.nearest(at, reach, this.hidden) ?? null) : null;
        if (index === null) this.setPoint(this.plane.move(this.z, at));
        else this.#goToCode(panel, index);
        this.pinHere();
      },
      pan: (dx, dy) => this.pan(dx, dy),
      zoom: (factor, at) => this.zoom(factor, at),
      mayZoom: (event) => {
        if (event.ctrlKey || (this.options.keys === "page" && window === window.parent)) return true;
        // in a notebook or a page, the wheel scrolls these until the plane has been clicked
        return document.hasFocus() && this.shadow.activeElement !== null;
      },
    };
  }

  #resize(always = false) {
    const changed = this.panels.map(({ picture }) => picture.resize());
    if (always || changed.includes(true)) this.#drawBase();
  }

  #drawBase() {
    const style = getComputedStyle(this.frame.root);
    const [page, text, line, accent] = ["--ground", "--ink", "--line", "--accent"].map((name) =>
      style.getPropertyValue(name),
    );
    const ink = { page, text, line, accent, font: style.fontFamily };
    const colorOf = (label) => classColor(this.content.colors, label, this.frame.theme === "dark");
    const { plane, view, show, hidden } = this;
    const ring = (this.ring = plane.ring(this.z));
    for (const { picture, cloud, decoder } of this.panels) {
      picture.resize();
      const names = decoder.classes ? [] : this.#namesOf(cloud); // the classes lie on each other
      picture.drawBase({ plane, ring, view, cloud, show, hidden, names, colorOf, ink });
    }
    this.info.showChoices({ show, hidden, axes: this.axes, colorOf });
    this.#drawOver();
  }

  /** Return the names to write in the plane: in a presentation, those of the classes on show. */
  #namesOf(cloud) {
    if (!cloud || !this.frame.presenting || this.show === "none" || !this.labels) return [];
    return cloud.classes
      .filter((label) => !this.hidden.has(label))
      .map((label) => ({
        text: this.className(label),
        label,
        at: medianPoint(cloud.pointsOf(label)),
      }));
  }

  #drawOver() {
    if (!this.plane) return;
    if (String(this.plane.ring(this.z)) !== String(this.ring)) return this.#drawBase();
    const project = (z) => z && this.plane.project(z);
    const cursor = project(this.z);
    const [pins, way] = [this.morph.pins.map(project), this.morph.way(60).map(project)];
    for (const { picture, posterior } of this.panels) {
      const gaussian = posterior && this.plane.projectGaussian(posterior);
      picture.drawOver({ cursor, pins, way, gaussian });
    }
    this.onchange?.();
  }
}
