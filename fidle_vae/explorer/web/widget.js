// The explorer in a notebook cell: gives the widget's traits to `mount`, and keeps its z.
// widget.py sets this behind the instrument's modules and EXPLORER_STYLE.

export default {
  render({ model, el }) {
    keepKeys(el);
    const explorer = mount(el, model.get("content"), model.get("data"), {
      style: EXPLORER_STYLE,
      keys: "host",
      onRest(z) {
        // and not at each move: images are decoded here, Python has nothing to do
        model.set("z", Array.from(z));
        model.save_changes();
      },
    });
    const follow = () => {
      const z = model.get("z");
      if (z.some((value, i) => value !== explorer.z[i])) explorer.setPoint(z);
    };
    model.on("change:z", follow);
    return () => {
      model.off("change:z", follow);
      explorer.destroy();
    };
  },
};

/** Keep keys that are pressed in `el` from the notebook, where x cuts a cell; leave it Ctrl-S. */
function keepKeys(el) {
  const isCommand = (event) => event.ctrlKey || event.metaKey;
  const suppress = (yes) => el.toggleAttribute("data-lm-suppress-shortcuts", yes);
  suppress(true); // JupyterLab and Notebook look for this, some of their versions before we hear
  el.addEventListener("keydown", (event) => suppress(!isCommand(event)), true);
  el.addEventListener("keyup", () => suppress(true), true);
  for (const kind of ["keydown", "keypress", "keyup"]) {
    el.addEventListener(kind, (event) => {
      if (!isCommand(event)) event.stopPropagation();
    });
  }
}
