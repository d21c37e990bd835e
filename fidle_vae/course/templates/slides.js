// Lays slides out, each with few things that are as large as there is room for, then starts
// reveal.js. What has no room on a slide goes on on another one below it.
const WORD_SIZES = [36, 34, 32, 30, 28, 26, 24]; // px of a slide that is 720 high
const BESIDE_FIGURE = 30; // px, the largest words where there is a figure
const CODE_SIZES = [34, 32, 30, 28, 27, 26, 25, 24]; // px; lines wrap at the last of them only
const BESIDE = 440; // width that words beside a figure take
const LARGE = 0.5; // share of its largest area that a figure beside words must have
const SMALL = 0.15; // and where it is shown again, after it was shown large
const UNNAMED = "Figure that this cell draws";
const FILMS = "video, img[src^='data:image/gif'], img[data-film]";
const HEADINGS = "h1, h2, h3, h4";

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/* -- What a slide holds: a frame of blocks, one below the other -- */

function blocksWithin(node) {
  return [...node.children].flatMap((child) => {
    if (child.matches(".fragment")) {
      const blocks = blocksWithin(child);
      return blocks.length ? [element("div", "fragment", ...blocks)] : [];
    }
    return child.matches(".words > *, .code, .jp-OutputArea-output") ? [child] : blocksWithin(child);
  });
}

function makeFrame(slide) {
  const notes = [...slide.querySelectorAll("aside.notes")];
  for (const each of notes) each.remove();
  slide.replaceChildren(element("div", "frame", ...blocksWithin(slide)), ...notes);
  const leadIns = [...slide.querySelectorAll(".lead-in")];
  const last = [...slide.querySelectorAll(".words > *, .frame > *, .fragment > *")].at(-1);
  if (leadIns.includes(last)) last.remove(); // it leads in to words that are notes
  for (const step of slide.querySelectorAll(".fragment:empty")) step.remove();
  slide.querySelectorAll("pre").forEach(makeLines);
}

// Put each line of code into an element, so that it can wrap with an indent and go on elsewhere.
function makeLines(pre) {
  const ends = () => {
    const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const at = texts.currentNode.data.indexOf("\n");
      if (at >= 0) return [texts.currentNode, at];
    }
    return null;
  };
  const lines = [];
  const cutUpTo = (node, at) => {
    const range = document.createRange();
    range.selectNodeContents(pre);
    if (node) range.setEnd(node, at);
    const line = element("span", "line", range.extractContents());
    line.style.setProperty("--indent", line.textContent.search(/\S|$/));
    lines.push(line);
  };
  for (let end = ends(); end; end = ends()) {
    const [node, at] = end;
    cutUpTo(node, at);
    const rest = ends();
    rest[0].deleteData(rest[1], 1);
  }
  if (pre.textContent) cutUpTo();
  pre.replaceChildren(...lines);
}

function frameOf(slide) {
  return slide.querySelector(":scope > .frame");
}

// The blocks of a frame that may stand on another slide.
function movable(frame) {
  return [...frame.children].filter((block) => !block.matches(`${HEADINGS}, .running, .hint`));
}

const holds = (selector) => (block) => block?.matches(selector) || !!block?.querySelector(selector);
const isPicture = holds("img, video, .explorer");
const isLive = holds("video, .explorer");
const isSource = holds(".code, .highlight");

// Leave no slide without content: its notes go to the next one. The heading of an exercise goes to
// the code below it.
function joinSlides(stacks) {
  for (const stack of stacks) {
    for (const slide of [...stack.children]) {
      const frame = frameOf(slide);
      const next = slide.nextElementSibling;
      const heading = frame.lastElementChild;
      if (heading?.matches("h3, h4") && next && !frameOf(next).querySelector(HEADINGS)) {
        frameOf(next).prepend(heading);
      }
      if (frame.children.length) continue;
      const slides = [...document.querySelectorAll(".slides > section > section")];
      const at = slides.indexOf(slide);
      const [first] = slides[at + 1]?.querySelectorAll(":scope > aside.notes") ?? [];
      const notes = slide.querySelectorAll(":scope > aside.notes");
      if (first) first.before(...notes);
      else (slides[at + 1] ?? slides[at - 1])?.append(...notes);
      slide.remove();
    }
    if (!stack.children.length) stack.remove();
  }
}

function addHeadlines(stack) {
  const frames = [...stack.children].map(frameOf);
  const heading = frames[0].querySelector("h2");
  for (const frame of heading ? frames.slice(1) : []) {
    if (!frame.querySelector("h1, h2")) frame.prepend(runningLine(heading));
  }
}

function runningLine(heading) {
  const line = element("p", "running");
  line.innerHTML = heading.innerHTML;
  return line;
}

// Say what a figure shows, where no other words do.
function addCaption(image) {
  const picture = image.parentElement;
  const alone = [...picture.parentElement.children].every((b) => b === picture || b.matches(".running"));
  if (alone && image.alt !== UNNAMED) picture.append(element("p", "caption", image.alt));
}

function addHint(frame) {
  const hint = element("p", "hint");
  hint.innerHTML =
    "<kbd>→</kbd> next &nbsp; <kbd>F</kbd> full screen &nbsp; <kbd>S</kbd> notes &nbsp; " +
    "<kbd>O</kbd> all slides &nbsp; <kbd>F1</kbd> all keys";
  frame.append(hint);
}

/* -- How large it is -- */

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

function fits(frame) {
  const { right } = frame.getBoundingClientRect();
  const lines = [...frame.querySelectorAll("pre")];
  return (
    contentHeight(frame) <= room(frame).height + 1 &&
    frame.scrollWidth <= frame.clientWidth + 1 &&
    lines.every((pre) => pre.scrollWidth <= pre.clientWidth + 1) &&
    [...frame.querySelectorAll("math *")].every((m) => m.getBoundingClientRect().right <= right - 60)
  );
}

// Scale an image to a box; return the area that it takes.
function scale(image, width, height) {
  const factor = Math.max(0, Math.min(width / image.naturalWidth, height / image.naturalHeight));
  image.style.width = `${factor * image.naturalWidth}px`;
  image.style.height = `${factor * image.naturalHeight}px`;
  return factor ** 2 * image.naturalWidth * image.naturalHeight;
}

// Set the sizes of a frame's words, code and figure; return the figure's area.
function setSizes(frame, { size, code, beside }) {
  frame.style.setProperty("--words", `${size}px`);
  frame.style.setProperty("--code", `${code}px`);
  frame.classList.toggle("wraps", code === CODE_SIZES.at(-1));
  frame.classList.toggle("beside", beside);
  const image = frame.querySelector(".picture img");
  if (!image) return 1;
  scale(image, 0, 0);
  const { width, height } = room(frame);
  if (!beside) return scale(image, width, height - contentHeight(frame));
  const caption = frame.querySelector(".caption");
  return scale(image, width - BESIDE, height - (caption ? caption.offsetHeight + 6 : 0));
}

// Give a frame the largest sizes at which nothing is cut off; return the share of its largest area
// that its figure has, and 0 if nothing fits.
function fit(frame) {
  const image = frame.querySelector(".picture img");
  const largest = image ? scale(image, room(frame).width, room(frame).height) : 1;
  const codes = frame.querySelector("pre") ? CODE_SIZES : CODE_SIZES.slice(-1);
  const sizes = WORD_SIZES.filter((size) => !image || size <= BESIDE_FIGURE);
  const layouts = image && movable(frame).length > 1 ? [false, true] : [false];
  let best = null;
  for (const size of sizes) {
    for (const code of codes) {
      for (const beside of layouts) {
        const share = setSizes(frame, { size, code, beside }) / largest;
        if (size * share > (best ? best.size * best.share : 0) && fits(frame)) {
          best = { size, code, beside, share };
        }
      }
      if (best && !image) break;
    }
    if (best && !image) break;
  }
  setSizes(frame, best ?? { size: WORD_SIZES.at(-1), code: CODE_SIZES.at(-1), beside: false });
  return best?.share ?? 0;
}

/* -- What goes on on another slide -- */

// Add a slide below another one, with the blocks that end it; its first step needs no key.
function goOn(slide, blocks) {
  if (!blocks.length) return;
  const frame = frameOf(slide);
  const heading = [...frame.querySelectorAll(HEADINGS)].at(-1);
  const running = heading ? runningLine(heading) : frame.querySelector(".running")?.cloneNode(true);
  const next = element("div", "frame", ...(running ? [running] : []), ...blocks);
  const first = movable(next).find((block) => !block.matches(".again"));
  if (first?.matches(".fragment")) first.replaceWith(...first.children);
  const notes = [...slide.querySelectorAll(":scope > aside.notes")].map((n) => n.cloneNode(true));
  slide.after(element("section", "", next, ...notes));
  arrange(slide.nextElementSibling);
}

// The blocks that get a slide of their own, however much room there is.
function apart(frame) {
  const blocks = movable(frame);
  const at = blocks.findIndex(isPicture);
  if (at < 0) {
    const quiz = blocks.findIndex(holds("li ol, li ul"));
    return quiz < 0 ? [] : [...tail(blocks[quiz], 1), ...blocks.slice(quiz + 1)];
  }
  if (at > 0 && (isLive(blocks[at]) || blocks.slice(0, at).some(isSource))) return blocks.slice(at);
  if (isLive(blocks[at])) return blocks.slice(at + 1);
  const second = blocks.findIndex((block, i) => i > at && isPicture(block));
  return second < 0 ? [] : blocks.slice(second);
}

// The lines or items of a block.
function pieces(block) {
  const lines = [...block.querySelectorAll(".line")];
  return lines.length ? lines : [...block.querySelectorAll(":scope > li")];
}

function isBlank(line) {
  return !line.textContent.trim();
}

// Cut a list or code in two; return its end, from an item or a line on, as a block.
function tail(block, from) {
  if (pieces(block).length <= from) return [];
  const end = block.cloneNode(true);
  for (const piece of pieces(end).slice(0, from)) piece.remove();
  for (const piece of pieces(block).slice(from)) piece.remove();
  end.classList.remove("goes-on");
  if (end.matches("ol")) end.start = block.start + from;
  for (let line; (line = pieces(end)[0]) && isBlank(line); ) line.remove();
  for (let line; (line = pieces(block).at(-1)) && isBlank(line); ) line.remove();
  return [end];
}

// How many pieces of a block its slide has room for; code is cut where it can be read.
function roomFor(block, frame) {
  const all = pieces(block);
  const isCode = all[0]?.matches(".line") ?? false;
  block.classList.toggle("goes-on", isCode);
  let most = all.length;
  while (most > 1 && !fits(frame)) all[--most].hidden = true;
  for (const piece of all) piece.hidden = false;
  if (!isCode) return most;
  const cost = (at) => {
    const next = all.slice(at).find((line) => !isBlank(line));
    if (!next || /^\s*[)\]}]/.test(next.textContent)) return Infinity; // it ends what is above
    const isApart = next !== all[at] || isBlank(all[at - 1]);
    return next.textContent.search(/\S/) + (isApart ? 0 : 8);
  };
  let best = most;
  for (let at = most; at >= most / 3; at--) if (cost(at) < cost(best)) best = at;
  return best;
}

function arrange(slide) {
  const frame = frameOf(slide);
  goOn(slide, apart(frame));
  const blocks = movable(frame);
  blocks.filter(isLive).forEach((block) => block.classList.add("stage"));
  frame.classList.toggle("chapter", !blocks.length && !frame.querySelector(".hint"));
  const image = frame.querySelector("img:not(.explorer img)");
  if (!image) return goOn(slide, overflow(frame));
  image.parentElement.classList.add("picture");
  addCaption(image);
  goOn(slide, wordsWithoutRoom(frame, blocks.findIndex(isPicture)));
}

// Leave on a frame what has room there; return the rest. What cannot be cut makes it scroll.
function overflow(frame) {
  const rest = [];
  while (!fit(frame)) {
    const blocks = movable(frame);
    const last = blocks.at(-1);
    if (blocks.length > 1) {
      last.remove();
      rest.unshift(last);
    } else if (last?.matches(".fragment")) {
      last.replaceWith(...last.children);
    } else {
      const end = last ? tail(last, roomFor(last, frame)) : [];
      rest.unshift(...end);
      if (end.length) continue;
      frame.dataset.scrolls = "";
      frame.tabIndex = 0; // so that keys scroll it
      break;
    }
  }
  return rest;
}

// Leave on a frame its figure and the words that leave it large enough; return the rest. Where that
// follows the figure, the next slide shows it again, smaller, if there is room.
function wordsWithoutRoom(frame, at) {
  const blocks = movable(frame);
  const again = blocks[at].matches(".again");
  if (fit(frame) >= (again ? SMALL : LARGE) || blocks.length === 1) return [];
  let rest = blocks.slice(at);
  if (at === 0) {
    const copy = blocks[0].cloneNode(true);
    copy.classList.add("again");
    rest = again ? blocks.slice(1) : [copy, ...blocks.slice(1)];
  }
  for (const block of rest) block.remove();
  if (again) {
    blocks[0].replaceWith(...rest);
    return overflow(frame);
  }
  fit(frame);
  return rest;
}

function start() {
  document.body.classList.add("measuring");
  const stacks = [...document.querySelectorAll(".slides > section")];
  for (const stack of stacks) [...stack.children].forEach(makeFrame);
  joinSlides(stacks);
  addHint(document.querySelector(".frame"));
  for (const stack of document.querySelectorAll(".slides > section")) {
    addHeadlines(stack);
    [...stack.children].forEach(arrange);
  }
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
  }).then(wakeSlides);
}

// Give an explorer its large letters.
function present(frame) {
  frame.contentWindow.location.hash = "present=1";
}

// Start films anew on the slide that is shown, and load explorers on it and on those beside it.
function wakeSlides() {
  const wake = () => {
    const slides = Reveal.getSlides();
    const at = slides.indexOf(Reveal.getCurrentSlide());
    for (const near of slides.slice(Math.max(0, at - 1), at + 2)) {
      near.querySelectorAll(".explorer").forEach((box) => bringToLife(box, present));
    }
    document.querySelectorAll("video").forEach((video) => video.pause());
    slides[at].querySelectorAll(FILMS).forEach(playAnew);
  };
  wake();
  Reveal.on("slidechanged", wake);
}

window.addEventListener("load", start); // when every image has its size
