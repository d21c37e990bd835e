// The held-out codes in the plane, as marks by class or as a density.

const CELLS = 120; // along each side of the density's grid
const SHAPES = [
  // polygons in a circle of radius 1, in the order of the markers of figures/latent_scatter.py
  null, // a disc
  regular(4, 45),
  regular(4, 0),
  regular(3, -90),
  regular(3, 90),
  cross(0),
  cross(45),
  regular(5, -90),
  regular(3, 180),
  regular(3, 0),
];

function regular(corners, turn) {
  return Array.from({ length: corners }, (_, i) => onCircle(turn + (360 * i) / corners, 1.15));
}

function cross(turn) {
  const arms = [0, 90, 180, 270];
  return arms
    .flatMap((arm) => [
      [arm - 20, 1.1],
      [arm + 20, 1.1],
      [arm + 45, 0.52],
    ])
    .map(([angle, radius]) => onCircle(angle + turn, radius));
}

function onCircle(degrees, radius) {
  const angle = (degrees * Math.PI) / 180;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Draw the mark of a class, with radius `size`, at (x, y) on the canvas. */
export function drawMark(context, label, x, y, size) {
  const shape = SHAPES[label % SHAPES.length];
  context.beginPath();
  if (shape) for (const [dx, dy] of shape) context.lineTo(x + size * dx, y + size * dy);
  else context.arc(x, y, size, 0, 2 * Math.PI);
  context.closePath();
  context.fill();
}

/** Return a class's colour as [r, g, b], lighter on a dark page. */
export function classColor(colors, label, dark) {
  const hex = colors[label % colors.length];
  const rgb = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return dark ? rgb.map((value) => Math.round(value + 0.3 * (255 - value))) : rgb;
}

/** The codes of one model, projected onto the plane that is shown. */
export class CodeCloud {
  constructor(codes, labels, latentDim) {
    this.count = codes.length / latentDim;
    this.latentDim = latentDim;
    this.codes = codes;
    this.labels = labels ?? new Uint8Array(this.count);
    this.classes = [...new Set(this.labels)].sort((a, b) => a - b);
  }

  code(index) {
    return Array.from(this.codes.subarray(index * this.latentDim, (index + 1) * this.latentDim));
  }

  /** Project the codes onto a plane; on a line, each class has a row from `height` to -`height`. */
  lookFrom(plane, height) {
    this.points = Array.from({ length: this.count }, (_, i) => {
      const [x, y] = plane.project(this.code(i));
      if (plane.axes[1]) return [x, y];
      const jitter = ((i * 0.618034) % 1) - 0.5;
      const rows = this.classes.length;
      return [
        x,
        height * (1 - (2 * (this.classes.indexOf(this.labels[i]) + 0.5 + 0.6 * jitter)) / rows),
      ];
    });
  }

  /** Return the points of a class in the plane that is shown. */
  pointsOf(label) {
    return this.points.filter((_, i) => this.labels[i] === label);
  }

  /** Return the index of the code nearest to [x, y], or null if none is within `reach`. */
  nearest([x, y], reach, hidden) {
    let [found, best] = [null, reach];
    this.points.forEach(([a, b], i) => {
      const far = Math.hypot(a - x, b - y);
      if (far <= best && !hidden.has(this.labels[i])) [found, best] = [i, far];
    });
    return found;
  }

  /** Return the indices of all codes, sorted by their distance to a latent point. */
  byDistance(z) {
    const d = this.latentDim;
    const square = Array.from({ length: this.count }, (_, i) =>
      z.reduce((sum, value, k) => sum + (value - this.codes[i * d + k]) ** 2, 0),
    );
    return Array.from(square.keys()).sort((a, b) => square[a] - square[b]);
  }

  /** Return the most frequent class of the `n` codes nearest to a latent point, and its share. */
  around(z, n = 15) {
    const near = this.byDistance(z)
      .slice(0, n)
      .map((i) => this.labels[i]);
    const votes = new Map();
    for (const label of near) votes.set(label, (votes.get(label) ?? 0) + 1);
    const [label, count] = [...votes].reduce((a, b) => (b[1] > a[1] ? b : a));
    return { label, share: count / near.length };
  }

  drawScatter(context, toCanvas, colorOf, hidden, size) {
    context.globalAlpha = 0.75;
    for (let i = 0; i < this.count; i++) {
      // in the order of the images: class by class, the last one would hide the others
      const label = this.labels[i];
      if (hidden.has(label)) continue;
      context.fillStyle = `rgb(${colorOf(label)})`;
      drawMark(context, label, ...toCanvas(this.points[i]), size);
    }
    context.globalAlpha = 1;
  }

  /** Draw each cell in the mixed colours of the codes around it; more codes are more opaque. */
  drawDensity(context, toCanvas, view, colorOf, hidden) {
    const total = new Float32Array(CELLS * CELLS);
    const mixed = [0, 1, 2].map(() => new Float32Array(CELLS * CELLS));
    const cell = (2 * view.half) / CELLS;
    for (const label of this.classes.filter((known) => !hidden.has(known))) {
      const density = new Float32Array(CELLS * CELLS);
      this.points.forEach(([x, y], i) => {
        const column = Math.floor((x - view.x + view.half) / cell);
        const row = Math.floor((view.y + view.half - y) / cell);
        const inside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
        if (this.labels[i] === label && inside) density[row * CELLS + column] += 1;
      });
      const smooth = blur(density, Math.max(1.5, 0.15 / cell));
      const color = colorOf(label);
      smooth.forEach((value, at) => {
        total[at] += value;
        for (let c = 0; c < 3; c++) mixed[c][at] += value * color[c];
      });
    }
    const nearlyAll = Math.floor(0.98 * total.length); // a quantile, to ignore single peaks
    const most = Math.max(1e-9, total.toSorted()[nearlyAll]);
    const small = new OffscreenCanvas(CELLS, CELLS);
    const picture = new ImageData(CELLS, CELLS);
    total.forEach((value, at) => {
      const weight = Math.max(value, 1e-9);
      for (let c = 0; c < 3; c++) picture.data[4 * at + c] = mixed[c][at] / weight;
      picture.data[4 * at + 3] = 255 * Math.min(1, (value / most) ** 0.6);
    });
    small.getContext("2d").putImageData(picture, 0, 0);
    const [left, top] = toCanvas([view.x - view.half, view.y + view.half]);
    const [right, bottom] = toCanvas([view.x + view.half, view.y - view.half]);
    context.drawImage(small, left, top, right - left, bottom - top);
  }
}

/** Blur a square grid by a Gaussian; `sigma` is in cells. */
function blur(grid, sigma) {
  const reach = Math.ceil(2.5 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((a, b) => a + b);
  const along = (from, step, across) => {
    const to = new Float32Array(grid.length);
    for (let line = 0; line < CELLS; line++) {
      for (let i = 0; i < CELLS; i++) {
        const value = from[line * across + i * step];
        if (!value) continue;
        for (let k = Math.max(-reach, -i); k <= Math.min(reach, CELLS - 1 - i); k++) {
          to[line * across + (i + k) * step] += (value * kernel[k + reach]) / sum;
        }
      }
    }
    return to;
  };
  return along(along(grid, 1, CELLS), CELLS, 1);
}

/** Return the part of a plane that shows three sigma of the prior and nearly all codes. */
export function wholeView(plane, clouds) {
  const [x, y] = plane.centre;
  for (const cloud of clouds) cloud.lookFrom(plane, 0);
  const far = clouds
    .flatMap((cloud) => cloud.points)
    .map((point) => Math.max(Math.abs(point[0] - x), Math.abs(point[1] - y)))
    .sort((a, b) => a - b);
  const most = far.length ? 1.05 * far[Math.floor(0.995 * (far.length - 1))] : 0;
  const half = Math.max(3.4, most, 1.15 * (plane.shell?.[1] ?? 0));
  for (const cloud of clouds) cloud.lookFrom(plane, 0.8 * half);
  return { x, y, half };
}
