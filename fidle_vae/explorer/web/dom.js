// Small helpers to make elements. Text is always set as text, never as markup.

/** An element with properties, data-/aria- attributes, and children (elements or text). */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button; `label` is what a screen reader says where the text is a sign only. */
export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text);
}

/** A list to choose from; options are [value, text] pairs. */
export function choice(label, options, onchange) {
  const list = element("select", { "aria-label": label, onchange: () => onchange(list.value) });
  list.append(...options.map(([value, text]) => element("option", { value }, text)));
  return list;
}

/** A number as one reads it aloud: two decimals, a true minus sign. */
export function number(value, decimals = 2) {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}
