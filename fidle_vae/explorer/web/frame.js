// The explorer as a whole: the layout of its parts, the theme, and the presentation mode.

import { button, element } from "./dom.js";

export class Frame {
  /** `look` is called when everything must be redrawn. */
  constructor(explorer, look) {
    const { content, panels, info, picker, morph, pad, help, options } = explorer;
    this.look = look;
    const tools = element(
      "div",
      { class: "group" },
      pad ? (this.sketchButton = sketchButton(explorer)) : null,
      button("Theme", () => this.toggleTheme(), { title: "light or dark (t)" }),
      (this.presentButton = presentButton(this)),
      button("? Help", () => help.toggle(), { title: "all keys (?)" }),
    );
    const models = element("div", { class: "models" }, ...panels.map((panel) => panel.root));
    this.root = element(
      "main",
      { class: `explorer models-${panels.length} ${options.keys} ${picker ? "conditional" : ""}` },
      element("header", {}, heading(content), tools),
      element("div", { class: "stage" }, models, info.root),
      picker?.root,
      morph.root,
      help.root,
    );
    const [height, width] = panels[0].decoder.shape;
    this.root.style.setProperty("--aspect", width / height);
    if (pad) info.root.append(pad.root);
    // an original and its reconstruction go where there is most room
    for (const panel of panels) (panels.length === 1 ? info.root : panel.view).append(panel.pair);
    this.theme = this.root.dataset.theme = options.theme ?? themeOfPage();
    this.root.addEventListener("fullscreenchange", () =>
      this.present(document.fullscreenElement !== null),
    );
  }

  toggleTheme() {
    this.theme = this.root.dataset.theme = this.theme === "dark" ? "light" : "dark";
    this.look();
  }

  /** Start or end the presentation: large letters and, if the browser allows it, full screen. */
  async togglePresent() {
    const present = !this.presenting;
    this.present(present);
    if (present) await this.root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) await document.exitFullscreen();
  }

  get presenting() {
    return this.root.classList.contains("present");
  }

  /** Start or end the presentation within the page. */
  present(present) {
    this.root.classList.toggle("present", present);
    this.presentButton.setAttribute("aria-pressed", String(present));
    this.look();
  }

  /** Show which parts belong to the pad while it is open. */
  showSketching(open) {
    this.root.classList.toggle("sketching", open);
    this.sketchButton.setAttribute("aria-pressed", String(open));
  }
}

function heading({ title, notice }) {
  return element("h1", {}, title, notice ? element("small", {}, notice) : null);
}

function sketchButton(explorer) {
  return button("Sketch", () => explorer.toggleSketch(), {
    class: "toggle",
    title: "draw an image for the encoder (d)",
    "aria-pressed": "false",
  });
}

function presentButton(frame) {
  return button("Present", () => frame.togglePresent(), {
    class: "toggle",
    title: "full screen, large letters (f)",
    "aria-pressed": "false",
  });
}

/** Return the theme of the surrounding page: a notebook's own, otherwise the system's. */
export function themeOfPage() {
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false" ? "dark" : "light";
  if (document.body.classList.contains("vscode-dark")) return "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
