// The keyboard shortcuts, and the help that lists them.

import { button, element } from "./dom.js";

const FINE = 0.05; // sigma per press of an arrow key
const COARSE = 0.5; // with Shift

const SHORTCUTS = [
  [["\u2190 \u2192 \u2191 \u2193"], "move the point finely; with Shift, ten times as far"],
  [["r"], "draw a point from the prior"],
  [["n"], "go to the nearest held-out code and show its original"],
  [["Enter"], "set a pin; the second one opens the path between them"],
  [["Space"], "play or pause the path from pin A to pin B"],
  [["[", "]"], "one step back or forward on the path"],
  [[",", "."], "slower, faster"],
  [["g"], "straight line or great circle"],
  [["x"], "remove the pins"],
  [["d"], "the pad: draw an image, and see where the encoder puts it; Esc closes it"],
  [["c"], "codes as points, as a density, or none"],
  [["+", "\u2212", "0"], "zoom in, zoom out, see the whole plane"],
  [["a"], "next pair of axes, if there are more than two"],
  [["k"], "draw the next class, if the decoder can be asked for one; with Shift, the one before"],
  [["t"], "light or dark"],
  [["f"], "presentation mode: full screen, large letters"],
  [["?"], "this help; Esc closes it"],
];

/** Return the action of a key on the explorer, or undefined if it has none. */
function actionOf(event, explorer) {
  const step = event.shiftKey ? COARSE : FINE;
  const { morph } = explorer;
  return {
    ArrowLeft: () => explorer.nudge(-step, 0),
    ArrowRight: () => explorer.nudge(step, 0),
    ArrowUp: () => explorer.nudge(0, step),
    ArrowDown: () => explorer.nudge(0, -step),
    Enter: () => explorer.pinHere(),
    " ": () => morph.togglePlay(),
    "[": () => morph.seek(morph.position - 0.05),
    "]": () => morph.seek(morph.position + 0.05),
    ",": () => morph.changeSpeed(0.5),
    ".": () => morph.changeSpeed(2),
    r: () => explorer.sample(),
    n: () => explorer.goToNearest(),
    g: () => morph.setKind(morph.kind === "line" ? "circle" : "line"),
    x: () => explorer.clear(),
    c: () => explorer.cycleShow(),
    d: () => explorer.toggleSketch(),
    Escape: explorer.pad?.open ? () => explorer.toggleSketch() : undefined,
    "+": () => explorer.zoom(1 / 1.3),
    "=": () => explorer.zoom(1 / 1.3),
    "-": () => explorer.zoom(1.3),
    0: () => explorer.home(),
    a: () => explorer.cycleAxes(),
    k: () => explorer.askForNext(event.shiftKey ? -1 : 1),
    t: () => explorer.frame.toggleTheme(),
    f: () => explorer.frame.togglePresent(),
    "?": () => explorer.help.toggle(),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/** Listen to keys on `target`, except those that a focused control needs; return how to stop. */
export function listenToKeys(target, explorer) {
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (explorer.help.open && event.key !== "?") return;
    const focused = event.composedPath()[0];
    const own = {
      SELECT: /./,
      TEXTAREA: /./,
      BUTTON: /^( |Enter)$/,
      INPUT: /^(Arrow|Home|End|Page)/,
      CANVAS: /^(Arrow.*| |Delete|Backspace)$/, // of the pad
    };
    if (own[focused.tagName]?.test(event.key) || focused.isContentEditable) return;
    const action = actionOf(event, explorer);
    if (!action) return;
    event.preventDefault();
    action();
  };
  target.addEventListener("keydown", listen);
  return () => target.removeEventListener("keydown", listen);
}

/** The list of shortcuts, shown above everything else. */
export class Help {
  constructor() {
    const rows = SHORTCUTS.map(([keys, text]) =>
      element(
        "div",
        {},
        element("dt", {}, ...keys.map((key) => element("kbd", {}, key))),
        element("dd", {}, text),
      ),
    );
    this.root = element(
      "dialog",
      {
        "aria-label": "How to use the explorer",
        onclick: (event) => event.target === this.root && this.root.close(),
      },
      element("h2", {}, "How to use the explorer"),
      element(
        "p",
        {},
        "Move the mouse or a finger over the plane: the image is what the decoder generates at " +
          "that point. Click to set a pin; if you click a code, its original appears beside its " +
          "reconstruction. The wheel or two fingers zoom, dragging with the mouse pans. " +
          "\u201cNearby\u201d is the class that most of the 15 nearest codes have, with its share.",
      ),
      element("dl", {}, ...rows),
      button("Close", () => this.root.close(), { class: "main" }),
    );
  }

  get open() {
    return this.root.open;
  }

  toggle() {
    if (this.open) return this.root.close();
    this.root.showModal();
    this.root.scrollTop = 0; // the browser scrolls to the focused button, at the end
  }
}
