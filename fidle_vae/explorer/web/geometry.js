// The geometry of the latent space, as fidle_vae/models/latent_space.py has it: planes, paths, the prior.

const dotProduct = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const lengthOf = (a) => Math.sqrt(dotProduct(a, a));

/** A flat view into the latent space: a plane, or a line where it has one axis. */
export class Plane {
  constructor({ origin, axes, names }) {
    Object.assign(this, { origin, axes, names });
    this.centre = this.project(origin.map(() => 0)); // where it sees the centre of the prior
  }

  static ofDims(latentDim, dims) {
    const axes = dims.map((dim) => Array.from({ length: latentDim }, (_, i) => Number(i === dim)));
    return new Plane({ origin: Array(latentDim).fill(0), axes, names: dims.map((i) => `z${i}`) });
  }

  /** Coordinates [x, y] in the plane, in units of the prior's sigma; y is 0 on a line. */
  project(z) {
    const from = Array.from(z, (value, i) => value - this.origin[i]);
    return [dotProduct(from, this.axes[0]), this.axes[1] ? dotProduct(from, this.axes[1]) : 0];
  }

  /** The latent point at [x, y] that is as far off the plane as `z` is. */
  move(z, [x, y]) {
    const [oldX, oldY] = this.project(z);
    const [across, up] = this.axes;
    return Array.from(
      z,
      (value, i) => value + (x - oldX) * across[i] + (up ? (y - oldY) * up[i] : 0),
    );
  }
}

/** The latent point at the share `t` of the way; see `morph_path` in fidle_vae/models/latent_space.py. */
export function pointOnPath(start, end, t, kind) {
  const straight = start.map((value, i) => (1 - t) * value + t * end[i]);
  const [a, b] = [lengthOf(start), lengthOf(end)];
  if (kind !== "circle" || Math.min(a, b) <= 1e-9 || t <= 0 || t >= 1) return straight;
  const [u, v] = [start.map((value) => value / a), end.map((value) => value / b)];
  const angle =
    2 *
    Math.atan2(
      lengthOf(u.map((value, i) => value - v[i])),
      lengthOf(u.map((value, i) => value + v[i])),
    );
  if (Math.sin(angle) <= 1e-6) return straight;
  const norm = ((1 - t) * a + t * b) / Math.sin(angle);
  return u.map(
    (value, i) => norm * (Math.sin((1 - t) * angle) * value + Math.sin(t * angle) * v[i]),
  );
}

/** log N(z; 0, I), in nats. */
export function logDensity(z) {
  return -(dotProduct(z, z) + z.length * Math.log(2 * Math.PI)) / 2;
}

/** Distance from the centre of the prior, in its sigma. */
export const distance = (z) => lengthOf(z);

/** A draw from the prior N(0, I): Box and Muller's way. */
export function samplePrior(latentDim) {
  return Array.from({ length: latentDim }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}
