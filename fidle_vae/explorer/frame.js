// The explorer as a whole: a heading with its buttons, the planes, the readings, the morph.

import { button, element } from "./dom.js";

/** Put the parts of an explorer together; gives the element that holds them. */
export function frame(explorer) {
  const { content, panels, info, morph, help, options } = explorer;
  const tools = element(
    "div",
    { class: "group" },
    button("Theme", () => explorer.toggleTheme(), { title: "light or dark (t)" }),
    button("Present", () => explorer.togglePresent(), { title: "full screen, large letters (f)" }),
    button("? Help", () => help.toggle(), { title: "all keys (?)" }),
  );
  const models = element("div", { class: "models" }, ...panels.map((panel) => panel.root));
  const root = element(
    "main",
    { class: `explorer models-${panels.length} ${options.keys}` },
    element("header", {}, element("h1", {}, content.title), tools),
    element("div", { class: "stage" }, models, info.root),
    morph.root,
    help.root,
  );
  const [height, width] = panels[0].decoder.shape;
  root.style.setProperty("--aspect", width / height);
  // an original and its reconstruction: where there is most room
  for (const panel of panels) (panels.length === 1 ? info.root : panel.view).append(panel.pair);
  return root;
}
