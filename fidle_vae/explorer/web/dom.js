// Small helpers to create elements. Text is always set as text, never as markup.

/** Create an element with attributes, listeners (`on...`) and children (elements or text). */
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

/** Create a button; if its text is only a symbol, pass an aria-label for screen readers. */
export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text);
}

/** Create a drop-down list; options are [value, text] pairs. */
export function choice(label, options, onchange) {
  const list = element("select", { "aria-label": label, onchange: () => onchange(list.value) });
  list.append(...options.map(([value, text]) => element("option", { value }, text)));
  return list;
}

/** Format a number for readers and screen readers: few decimals, a true minus sign, no -0. */
export function number(value, decimals = 2) {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}
