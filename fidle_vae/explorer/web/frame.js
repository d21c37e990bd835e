// The explorer as a whole: the layout of its parts, the theme, and the presentation mode.

import { button, element } from "./dom.js";

export class Frame {
  /** `look` is called when everything must be redrawn. */
  constructor({ content, panels, info, morph, help, options }, look) {
    this.look = look;
    const tools = element(
      "div",
      { class: "group" },
      button("Theme", () => this.toggleTheme(), { title: "light or dark (t)" }),
      button("Present", () => this.togglePresent(), { title: "full screen, large letters (f)" }),
      button("? Help", () => help.toggle(), { title: "all keys (?)" }),
    );
    const models = element("div", { class: "models" }, ...panels.map((panel) => panel.root));
    this.root = element(
      "main",
      { class: `explorer models-${panels.length} ${options.keys}` },
      element("header", {}, element("h1", {}, content.title), tools),
      element("div", { class: "stage" }, models, info.root),
      morph.root,
      help.root,
    );
    const [height, width] = panels[0].decoder.shape;
    this.root.style.setProperty("--aspect", width / height);
    // an original and its reconstruction go where there is most room
    for (const panel of panels) (panels.length === 1 ? info.root : panel.view).append(panel.pair);
    this.theme = this.root.dataset.theme = options.theme ?? themeOfPage();
    this.root.addEventListener("fullscreenchange", () =>
      this.#present(document.fullscreenElement !== null),
    );
  }

  toggleTheme() {
    this.theme = this.root.dataset.theme = this.theme === "dark" ? "light" : "dark";
    this.look();
  }

  /** Start or end the presentation: large letters and, if the browser allows it, full screen. */
  async togglePresent() {
    const present = !this.root.classList.contains("present");
    this.#present(present);
    if (present) await this.root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) await document.exitFullscreen();
  }

  #present(present) {
    this.root.classList.toggle("present", present);
    this.look();
  }
}

/** Return the theme of the surrounding page: a notebook's own, otherwise the system's. */
export function themeOfPage() {
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false" ? "dark" : "light";
  if (document.body.classList.contains("vscode-dark")) return "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
