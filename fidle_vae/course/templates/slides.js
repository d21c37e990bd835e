// Gives each slide the largest text, code and figure that it has room for, then starts reveal.js.
const SIZES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6];
const READABLE = 0.8; // below this, words do not shrink for the sake of a figure
const SMALLEST_CODE = 16; // pixels of a slide that is 720 high
const BESIDE = 440; // width that words beside a figure take
const UNNAMED = "Figure that this cell draws";

function frame(slide) {
  const all = document.createElement("div");
  all.className = "frame";
  for (const part of [...slide.childNodes]) {
    if (!part.matches?.("aside.notes")) all.append(part);
  }
  slide.prepend(all);
  return all;
}

function addHeadline(frames) {
  const heading = frames[0].querySelector("h2");
  for (const frame of heading ? frames.slice(1) : []) {
    if (frame.querySelector("h1, h2")) continue;
    const line = document.createElement("p");
    line.className = "running";
    line.innerHTML = heading.innerHTML;
    frame.prepend(line);
  }
}

function addCaption(image) {
  const picture = image.closest(".jp-OutputArea-output");
  picture.classList.add("picture");
  const slide = image.closest(".frame");
  if (image.alt === UNNAMED || slide.querySelector(":scope > .jp-MarkdownCell")) return;
  const caption = document.createElement("p");
  caption.textContent = image.alt;
  picture.append(caption);
}

function addHint(frame) {
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.innerHTML =
    "<kbd>→</kbd> next &nbsp; <kbd>F</kbd> full screen &nbsp; <kbd>S</kbd> notes &nbsp; " +
    "<kbd>O</kbd> all slides &nbsp; <kbd>F1</kbd> all keys";
  frame.append(hint);
}

// The inner size of a frame, and how high its content is where nothing limits it.
function room(frame) {
  const style = getComputedStyle(frame);
  const side = (name) => parseFloat(style[`padding${name}`]);
  return {
    width: frame.clientWidth - side("Left") - side("Right"),
    height: frame.clientHeight - side("Top") - side("Bottom"),
  };
}

function contentHeight(frame) {
  frame.style.height = "auto";
  const height = room(frame).height;
  frame.style.height = "";
  return height;
}

function wholeLines(frame) {
  return [...frame.querySelectorAll("pre")].every((pre) => pre.scrollWidth <= pre.clientWidth + 1);
}

function fits(frame) {
  const { right } = frame.getBoundingClientRect();
  return (
    contentHeight(frame) <= room(frame).height + 1 &&
    frame.scrollWidth <= frame.clientWidth + 1 &&
    wholeLines(frame) &&
    [...frame.querySelectorAll("math")].every((m) => m.getBoundingClientRect().right <= right - 60)
  );
}

// Scale images to a box, one above the other; give the area that they take.
function scale(images, width, height) {
  const factors = images.map((image) =>
    Math.min(width / image.naturalWidth, height / images.length / image.naturalHeight),
  );
  const factor = Math.max(Math.min(...factors), 0);
  for (const image of images) {
    image.style.width = `${factor * image.naturalWidth}px`;
    image.style.height = `${factor * image.naturalHeight}px`;
  }
  return images.reduce((sum, i) => sum + factor ** 2 * i.naturalWidth * i.naturalHeight, 0);
}

function placeFigures(frame, images, beside) {
  frame.classList.toggle("beside", beside);
  scale(images, 0, 0);
  const { width, height } = room(frame);
  if (!beside) return scale(images, width, height - contentHeight(frame));
  const captions = [...frame.querySelectorAll(".picture p")];
  const words = captions.reduce((sum, caption) => sum + caption.offsetHeight + 6, 0);
  return scale(images, width - BESIDE, height - words);
}

// Set the size of words, and the largest one of code at which no line is cut.
function setSizes(frame, size) {
  frame.style.setProperty("--size", size);
  for (let code = Math.round(26 * size); code >= SMALLEST_CODE; code--) {
    frame.style.setProperty("--code", `${code}px`);
    if (wholeLines(frame)) break;
  }
}

// Where nothing fits, the frame scrolls.
function fit(frame) {
  const images = [...frame.querySelectorAll(".picture img")];
  const layouts = images.length && !frame.querySelector(".code, pre") ? [false, true] : [false];
  const { width, height } = room(frame);
  const largest = images.length ? scale(images, width, height) : 1;
  const lay = ({ size, beside }) => {
    frame.classList.toggle("beside", beside);
    setSizes(frame, size);
    return images.length ? placeFigures(frame, images, beside) / largest : 1;
  };
  let best = null;
  for (const size of SIZES) {
    if (best && size < READABLE) break;
    for (const beside of layouts) {
      const score = size * lay({ size, beside });
      if (fits(frame) && score > (best?.score ?? 0)) best = { size, beside, score };
    }
    if (best && !images.length) break;
  }
  lay(best ?? { size: READABLE, beside: false });
  if (best) return;
  if (images.length) scale(images, width, height * 0.7);
  frame.dataset.scrolls = "";
  frame.tabIndex = 0; // so that keys scroll it
}

function start() {
  document.body.classList.add("measuring");
  const frames = [];
  for (const stack of document.querySelectorAll(".slides > section")) {
    const ours = [...stack.querySelectorAll(":scope > section")].map(frame);
    addHeadline(ours);
    frames.push(...ours);
  }
  document.querySelectorAll(".jp-OutputArea-output img").forEach(addCaption);
  addHint(frames[0]);
  const answers = [...document.querySelectorAll("details:not([open])")];
  for (const answer of answers) answer.open = true; // there must be room for them
  frames.forEach(fit);
  for (const answer of answers) answer.open = false;
  document.body.classList.remove("measuring");
  return Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    maxScale: 5,
    center: false,
    controls: false,
    slideNumber: "c/t",
    hash: true,
    transition: "none",
    navigationMode: "linear",
    scrollActivationWidth: null,
    pdfSeparateFragments: false,
    plugins: [RevealNotes],
  });
}

window.addEventListener("load", start); // when every image has its size
