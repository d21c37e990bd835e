// What is drawn on the pad, as an image of MNIST's kind: its bounding box fits into 20 of 28 pixels,
// its centre of mass is in the middle, and the pen is as thick and as soft as MNIST's.

const SIDE = 28; // what the lengths below refer to; another size of image scales them
const BOX = 20; // pixels, the longer side of the drawing
const PEN = 1.3; // radius in pixels, as measured by benchmarks/drawn_digits.py
const EDGE = 1.4; // pixels over which the ink fades
const SMALLEST = 0.3; // of the pad: a smaller drawing, such as a dot, stays small

/** The radius of the pen on the pad, a fraction of its side, for a drawing that fills most of it. */
export const PAD_PEN = PEN / SIDE;

/**
 * Return the image of strokes, height * width numbers in [0, 1].
 *
 * Each stroke is a list of points [x, y] on the pad, from 0 to 1; a single point is a dot.
 */
export function imageOfStrokes(strokes, [height, width]) {
  const unit = Math.min(height, width) / SIDE;
  const middle = [width / 2, height / 2]; // of MNIST's images too: pixel 14 of 0 to 27
  const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
  const [left, right, top, bottom] = [...range(xs), ...range(ys)];
  const longer = Math.max(right - left, bottom - top, SMALLEST);
  const scale = (unit * (BOX - 2 * PEN)) / longer;
  const placed = strokes.map((stroke) =>
    stroke.map(([x, y]) => [
      middle[0] + scale * (x - (left + right) / 2),
      middle[1] + scale * (y - (top + bottom) / 2),
    ]),
  );
  const [x, y] = centreOfMass(ink(placed, height, width, unit), width);
  const [dx, dy] = [middle[0] - x, middle[1] - y];
  const centred = placed.map((stroke) => stroke.map(([px, py]) => [px + dx, py + dy]));
  return ink(centred, height, width, unit);
}

function range(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** Return the ink at each pixel, from 0 to 1; points are in pixels. */
function ink(strokes, height, width, unit) {
  const image = new Float32Array(height * width);
  const reach = (PEN + EDGE / 2) * unit;
  for (const stroke of strokes) {
    for (let i = 0; i < stroke.length; i++) {
      const [a, b] = [stroke[Math.max(i - 1, 0)], stroke[i]];
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      const square = dx * dx + dy * dy;
      const first = Math.max(0, Math.ceil(Math.min(a[1], b[1]) - reach));
      const last = Math.min(height - 1, Math.floor(Math.max(a[1], b[1]) + reach));
      const from = Math.max(0, Math.ceil(Math.min(a[0], b[0]) - reach));
      const to = Math.min(width - 1, Math.floor(Math.max(a[0], b[0]) + reach));
      for (let y = first; y <= last; y++) {
        for (let x = from; x <= to; x++) {
          const along = square ? ((x - a[0]) * dx + (y - a[1]) * dy) / square : 0;
          const t = Math.min(1, Math.max(0, along));
          const far = Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
          const dark = Math.min(1, (reach - far) / (EDGE * unit));
          if (dark > image[y * width + x]) image[y * width + x] = dark;
        }
      }
    }
  }
  return image;
}

function centreOfMass(image, width) {
  let [sum, x, y] = [0, 0, 0];
  image.forEach((dark, at) => {
    sum += dark;
    x += dark * (at % width);
    y += dark * Math.floor(at / width);
  });
  return [x / sum, y / sum];
}
