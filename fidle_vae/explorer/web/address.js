// What the explorer shows, written into the page's address: a link opens the very moment.

const SETTLED = 400; // milliseconds without a change; browsers allow about three changes a second
const NUMBERS = ["z", "a", "b", "t", "view", "hide", "image", "as"];

/** Keep the address and the explorer in step; return how to stop. */
export function keepInAddress(explorer) {
  const open = () => explorer.restore(readState(location.hash));
  if (location.hash) open();
  window.addEventListener("hashchange", open);
  // within a page, the address is that page's
  if (window === window.parent) explorer.onchange = settled(() => write(explorer.state));
  return () => {
    window.removeEventListener("hashchange", open);
    explorer.onchange = null;
  };
}

/** Replace the state in the address, so that Back leaves the page. */
function write(state) {
  history.replaceState(null, "", `#${writeState(state)}`);
}

function settled(action) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, SETTLED);
  };
}

/** Return a state, {name: value or list of values}, as text: z=0.5,-1&show=density. */
export function writeState(state) {
  const short = (value) => (typeof value === "number" ? Number(value.toFixed(3)) : value);
  return Object.entries(state)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${[value].flat().map(short).join(",")}`)
    .join("&");
}

/** Return the state that a text holds, {name: list of texts or finite numbers}. */
export function readState(text) {
  const state = {};
  for (const [name, value] of new URLSearchParams(text.replace(/^#/, ""))) {
    const values = value.split(",");
    if (!NUMBERS.includes(name)) state[name] = values;
    else if (value && values.every((each) => Number.isFinite(Number(each))))
      state[name] = values.map(Number);
  }
  return state;
}
