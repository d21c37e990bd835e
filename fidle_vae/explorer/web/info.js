// The panel beside the images: readings, how codes are shown, axes and sliders.

import { button, choice, element, number } from "./dom.js";
import { drawMark } from "./codes.js";
import { distance, logDensity } from "./geometry.js";

export const SHOWN = [
  ["scatter", "Points"],
  ["density", "Density"],
  ["none", "None"],
];

/** The panel of readings and choices; it calls `explorer` with what is chosen. */
export class Info {
  constructor(explorer) {
    this.explorer = explorer;
    const { content, latentDim, panels } = explorer;
    this.z = element("output", { class: "z" });
    this.density = element("output");
    this.radius = element("output");
    this.around = element("output");
    this.spoken = element("p", { class: "unseen", "aria-live": "polite" });
    const rows = [
      ["log p(z)", this.density],
      ["|z|", this.radius],
    ];
    if (latentDim <= 4) rows.unshift(["z", this.z]); // if more, only the sliders show them
    if (panels.some((panel) => panel.cloud) && content.labels) rows.push(["nearby", this.around]);
    this.root = element(
      "aside",
      { class: "info", "aria-label": "Readings and choices" },
      element(
        "dl",
        {},
        ...rows.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]),
      ),
      this.spoken,
      panels.some((panel) => panel.cloud) ? this.#codes() : null,
      this.#view(),
      latentDim > 2 ? this.#sliders(latentDim) : null,
    );
  }

  #codes() {
    this.shown = SHOWN.map(([value, text]) =>
      button(text, () => this.explorer.setShow(value), { value }),
    );
    const group = element(
      "div",
      { class: "group", role: "group", "aria-label": "Held-out codes" },
      ...this.shown,
    );
    this.classes = this.explorer.classes.map((label) => {
      const mark = element("canvas", { width: 40, height: 40, "aria-hidden": "true" });
      const name = element("span", {}, this.explorer.className(label));
      const made = button(mark, () => this.explorer.toggleClass(label), { class: "class" });
      made.append(name);
      return made;
    });
    const legend = element(
      "div",
      { class: "legend", role: "group", "aria-label": "Classes to show" },
      ...this.classes,
    );
    return element("div", { class: "codes" }, group, this.classes.length > 1 ? legend : null);
  }

  #view() {
    const { explorer } = this;
    const dims = Array.from({ length: explorer.latentDim }, (_, i) => [i, `z${i}`]);
    const { plane } = explorer.content;
    const axes = plane ? [["plane", plane.label], ...dims] : dims;
    const changed = () => this.#setAxes();
    this.axes = [choice("Axis across", axes, changed), choice("Axis upwards", dims, changed)];
    return element(
      "div",
      { class: "group view-group" },
      ...(explorer.latentDim > 2 ? this.axes : []),
      button("+", () => explorer.zoom(1 / 1.3), { "aria-label": "Zoom in" }),
      button("\u2212", () => explorer.zoom(1.3), { "aria-label": "Zoom out" }),
      button("Fit", () => explorer.home(), { "aria-label": "See the whole plane" }),
      button("Draw z", () => explorer.sample(), { "aria-label": "Draw z from the prior" }),
    );
  }

  #setAxes() {
    const [across, up] = this.axes.map((list) =>
      list.value === "plane" ? "plane" : Number(list.value),
    );
    const other = (up + 1) % this.explorer.latentDim; // the two axes must differ
    this.explorer.setAxes(across, across === up ? other : up);
  }

  #sliders(latentDim) {
    this.sliders = Array.from({ length: latentDim }, (_, i) =>
      element("input", {
        type: "range",
        min: -4,
        max: 4,
        step: 0.01,
        "aria-label": `z${i}`,
        oninput: (event) => this.explorer.setCoordinate(i, Number(event.currentTarget.value)),
      }),
    );
    this.values = this.sliders.map(() => element("output"));
    const rows = this.sliders.map((slider, i) =>
      element("label", {}, element("span", {}, `z${i}`), slider, this.values[i]),
    );
    return element("div", { class: "sliders" }, ...rows);
  }

  /** Update what changes with every move; this must be fast. */
  showPoint(z) {
    this.z.textContent = `(${z.map((value) => number(value)).join(", ")})`;
    this.density.textContent = `${number(logDensity(z))} nats`;
    this.radius.textContent = `${number(distance(z))} \u03c3`;
    this.sliders?.forEach((slider, i) => {
      slider.value = z[i];
      this.values[i].textContent = number(z[i]);
    });
  }

  /** Update what changes only once the point rests. */
  showRest(z) {
    const { panels, content } = this.explorer;
    const names = panels.flatMap((panel) => {
      if (!panel.cloud || !content.labels) return [];
      const { label, share } = panel.cloud.around(z);
      return `${this.explorer.className(label)} (${Math.round(100 * share)} %)`;
    });
    this.around.textContent = names.join(" | ");
    const near = names[0] ? `; around it mostly ${names.join(" and ")}` : "";
    const place = z
      .slice(0, 6)
      .map((value, i) => `z${i} ${number(value)}`)
      .join(", ");
    this.spoken.textContent = `${place}; log density ${number(logDensity(z), 1)}${near}`;
  }

  showChoices({ show, hidden, axes, colorOf }) {
    for (const made of this.shown ?? [])
      made.setAttribute("aria-pressed", String(made.value === show));
    this.classes?.forEach((made, i) => {
      const label = this.explorer.classes[i];
      made.setAttribute("aria-pressed", String(!hidden.has(label)));
      const context = made.firstChild.getContext("2d");
      context.clearRect(0, 0, 40, 40);
      context.fillStyle = `rgb(${colorOf(label)})`;
      drawMark(context, label, 20, 20, 15);
    });
    this.axes.forEach((list, i) => {
      list.value = String(axes[i]);
    });
    this.axes[1].disabled = axes[0] === "plane";
  }
}
