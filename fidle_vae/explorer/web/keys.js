// Everything by keyboard, and the page that tells how.

import { button, element } from "./dom.js";

const FINE = 0.05; // sigma, a press of an arrow key
const COARSE = 0.5; // with Shift

const SHORTCUTS = [
  [["\u2190 \u2192 \u2191 \u2193"], "move the point finely; with Shift, ten times as far"],
  [["r"], "draw a point from the prior"],
  [["n"], "go to the nearest held-out code, and see its original"],
  [["Enter"], "put down a pin; the second one opens the way between them"],
  [["Space"], "play or pause the way from pin A to pin B"],
  [["[", "]"], "one step back or forward on the way"],
  [[",", "."], "slower, faster"],
  [["g"], "straight line or great circle"],
  [["x"], "take the pins away"],
  [["c"], "codes as points, as a density, or none"],
  [["+", "\u2212", "0"], "zoom in, zoom out, see the whole plane"],
  [["a"], "other axes, where there are more than two"],
  [["t"], "light or dark"],
  [["f"], "present: full screen, large letters"],
  [["?"], "this page; Esc closes it"],
];

/** What a key does to the explorer; undefined where it does nothing. */
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
    "+": () => explorer.zoom(1 / 1.3),
    "=": () => explorer.zoom(1 / 1.3),
    "-": () => explorer.zoom(1.3),
    0: () => explorer.home(),
    a: () => explorer.cycleAxes(),
    t: () => explorer.frame.toggleTheme(),
    f: () => explorer.frame.togglePresent(),
    "?": () => explorer.help.toggle(),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/** Listen to keys on `target`; a focused control keeps those that it needs itself. */
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

/** The page of shortcuts, over all else. */
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
        "Move the mouse over the plane, or a finger: the image is what the decoder makes of that " +
          "place. Click to put down a pin; on a code, its original appears beside its " +
          "reconstruction. The wheel or two fingers zoom, dragging with the mouse pans.",
      ),
      element("dl", {}, ...rows),
      button("Close", () => this.root.close(), { class: "main" }),
    );
  }

  get open() {
    return this.root.open;
  }

  toggle() {
    if (this.open) this.root.close();
    else this.root.showModal();
  }
}
