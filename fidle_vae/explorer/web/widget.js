// The explorer in a notebook cell: passes the widget's traits to `mount`, and synchronizes z.
// widget.py appends this to the explorer's modules and EXPLORER_STYLE.

export default {
  render({ model, el }) {
    keepKeys(el);
    const explorer = mount(el, model.get("content"), model.get("data"), {
      style: EXPLORER_STYLE,
      keys: "host",
      onRest(z) {
        // not at every move: images are decoded here, without Python
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

/** Keep keys pressed in `el` from the notebook, where x cuts a cell; let Ctrl-S through. */
function keepKeys(el) {
  const isCommand = (event) => event.ctrlKey || event.metaKey;
  const suppress = (yes) => el.toggleAttribute("data-lm-suppress-shortcuts", yes);
  suppress(true); // JupyterLab and Notebook check this, in some versions before our listeners run
  el.addEventListener("keydown", (event) => suppress(!isCommand(event)), true);
  el.addEventListener("keyup", () => suppress(true), true);
  for (const kind of ["keydown", "keypress", "keyup"]) {
    el.addEventListener(kind, (event) => {
      if (!isCommand(event)) event.stopPropagation();
    });
  }
}
