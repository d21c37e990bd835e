// The geometry of the latent space (planes, paths, the prior), as in models/latent_space.py.

const dotProduct = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const lengthOf = (a) => Math.sqrt(dotProduct(a, a));

/** A flat view into the latent space: a plane, or a line if it has only one axis. */
export class Plane {
  /** `shell` is [inner, outer], between which most draws of the prior are, or is left out. */
  constructor({ origin, axes, names, shell }) {
    Object.assign(this, { origin, axes, names, shell });
    this.centre = this.project(origin.map(() => 0)); // the centre of the prior in the plane
  }

  static ofDims(latentDim, dims) {
    const axes = dims.map((dim) => Array.from({ length: latentDim }, (_, i) => Number(i === dim)));
    return new Plane({ origin: Array(latentDim).fill(0), axes, names: dims.map((i) => `z${i}`) });
  }

  /** Return the coordinates [x, y] in the plane, in sigma of the prior; y is 0 on a line. */
  project(z) {
    const from = Array.from(z, (value, i) => value - this.origin[i]);
    return [dotProduct(from, this.axes[0]), this.axes[1] ? dotProduct(from, this.axes[1]) : 0];
  }

  /**
   * Return the ellipse of one sigma of a Gaussian {mean, logVar} in the plane: its centre [x, y],
   * its two radii, and the angle of the first one. If logVar is null, the radii are 0.
   */
  projectGaussian({ mean, logVar }) {
    const [across, up] = [this.axes[0], this.axes[1] ?? this.axes[0].map(() => 0)];
    const variance = mean.map((_, i) => (logVar ? Math.exp(logVar[i]) : 0));
    const covariance = (u, v) => variance.reduce((sum, value, i) => sum + value * u[i] * v[i], 0);
    const [xx, xy, yy] = [covariance(across, across), covariance(across, up), covariance(up, up)];
    const spread = Math.hypot((xx - yy) / 2, xy);
    const radii = [1, -1].map((sign) => Math.sqrt(Math.max(0, (xx + yy) / 2 + sign * spread)));
    return { centre: this.project(mean), radii, angle: Math.atan2(2 * xy, xx - yy) / 2 };
  }

  /**
   * Return [inner, outer], in two decimals: where the shell cuts the plane that is moved to the
   * offset of `z`. Return null if it does not, or if there is no shell.
   */
  ring(z) {
    if (!this.shell) return null;
    const [x, y] = this.project(z);
    const offset = dotProduct(z, z) - x * x - y * y; // squared; the origin is the prior's centre
    const cut = (radius) => Math.round(100 * Math.sqrt(Math.max(0, radius ** 2 - offset))) / 100;
    const [inner, outer] = this.shell.map(cut);
    return outer > 0 ? [inner, outer] : null;
  }

  /** Return the latent point at [x, y] that has the same offset from the plane as `z`. */
  move(z, [x, y]) {
    const [oldX, oldY] = this.project(z);
    const [across, up] = this.axes;
    return Array.from(
      z,
      (value, i) => value + (x - oldX) * across[i] + (up ? (y - oldY) * up[i] : 0),
    );
  }
}

/** Return the point at the fraction `t` of a path; see morph_path in models/latent_space.py. */
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

/** Return log N(z; 0, I), in nats. */
export function logDensity(z) {
  return -(dotProduct(z, z) + z.length * Math.log(2 * Math.PI)) / 2;
}

/** Return the distance from the centre of the prior, in units of its sigma. */
export const distance = (z) => lengthOf(z);

/** Draw a latent point from the prior N(0, I), by the Box-Muller method. */
export function samplePrior(latentDim) {
  return Array.from({ length: latentDim }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}
