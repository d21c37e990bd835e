// Dense, Conv2D and Conv2DTranspose are the same operation: the vector at each site (pixel) of the
// output is a sum, over some kernel taps, of the vector at a site of the input times the tap's
// matrix of weights. They differ in how sites and taps are paired, which the constructor computes.

const GROUP = 8; // input channels added in one pass over an output vector, held in registers

export class WeightedSum {
  /** `input` is the output buffer of the layer before; run() writes `output`. */
  constructor(spec, read, input) {
    this.input = input;
    this.kernel = read(spec.kernel); // [tap][input channel][output channel]
    this.bias = read(spec.bias);
    [this.inputs, this.outputs] = spec.kernel.shape.slice(-2);

    const sources = sourcesOfSites(spec);
    const matrix = this.inputs * this.outputs;
    this.sourceSites = Int32Array.from(sources.flat(), ([site]) => site);
    this.sourceWeights = Int32Array.from(sources.flat(), ([, tap]) => tap * matrix);
    this.firstSources = new Int32Array(sources.length + 1);
    sources.forEach((list, i) => (this.firstSources[i + 1] = this.firstSources[i] + list.length));
    this.output = new Float32Array(sources.length * this.outputs);

    // The non-zero channels of each site of the input: after a ReLU, about half of them.
    this.room = Math.ceil(this.inputs / GROUP) * GROUP;
    const sites = input.length / this.inputs;
    this.values = new Float32Array(sites * this.room);
    this.rows = new Int32Array(sites * this.room); // where the weights of that channel start
    this.ends = new Int32Array(sites);
  }

  run() {
    this.collectNonZero();
    const { kernel, bias, output, outputs, room, values, rows, ends } = this;
    const { firstSources, sourceSites, sourceWeights } = this;
    for (let site = 0, at = 0; at < output.length; site++, at += outputs) {
      output.set(bias, at);
      for (let source = firstSources[site]; source < firstSources[site + 1]; source++) {
        const from = sourceSites[source];
        const weights = sourceWeights[source];
        for (let n = from * room; n < ends[from]; n += GROUP) {
          const v0 = values[n],
            k0 = weights + rows[n];
          const v1 = values[n + 1],
            k1 = weights + rows[n + 1];
          const v2 = values[n + 2],
            k2 = weights + rows[n + 2];
          const v3 = values[n + 3],
            k3 = weights + rows[n + 3];
          const v4 = values[n + 4],
            k4 = weights + rows[n + 4];
          const v5 = values[n + 5],
            k5 = weights + rows[n + 5];
          const v6 = values[n + 6],
            k6 = weights + rows[n + 6];
          const v7 = values[n + 7],
            k7 = weights + rows[n + 7];
          for (let c = 0; c < outputs; c++) {
            output[at + c] +=
              v0 * kernel[k0 + c] +
              v1 * kernel[k1 + c] +
              v2 * kernel[k2 + c] +
              v3 * kernel[k3 + c] +
              v4 * kernel[k4 + c] +
              v5 * kernel[k5 + c] +
              v6 * kernel[k6 + c] +
              v7 * kernel[k7 + c];
          }
        }
      }
    }
  }

  /** List the non-zero channels, and fill up the last group of each site with zeros. */
  collectNonZero() {
    const { input, inputs, outputs, room, values, rows, ends } = this;
    for (let site = 0, i = 0; site < ends.length; site++) {
      let n = site * room;
      for (let c = 0; c < inputs; c++, i++) {
        values[n] = input[i];
        rows[n] = c * outputs;
        n += input[i] === 0 ? 0 : 1; // without a branch, which would be mispredicted
      }
      for (; n % GROUP !== 0; n++) {
        values[n] = 0;
        rows[n] = 0;
      }
      ends[site] = n;
    }
  }
}

/** Return the [site of the input, tap of the kernel] pairs of each site of the output. */
function sourcesOfSites(spec) {
  const [rows, columns] = [0, 1].map((axis) => sourcesAlong(axis, spec));
  const width = spec.from[1];
  const taps = spec.kernel.shape[1];
  return rows.flatMap((inRow) =>
    columns.map((inColumn) =>
      inRow.flatMap(([y, v]) => inColumn.map(([x, u]) => [y * width + x, v * taps + u])),
    ),
  );
}

function sourcesAlong(axis, { from, to, kernel, strides, dilation, padding, transposed }) {
  const sources = Array.from({ length: to[axis] }, () => []);
  for (let place = 0; place < to[axis]; place++) {
    for (let tap = 0; tap < kernel.shape[axis]; tap++) {
      const shift = tap * dilation[axis] - padding[axis];
      const at = transposed ? (place - shift) / strides[axis] : place * strides[axis] + shift;
      if (Number.isInteger(at) && at >= 0 && at < from[axis]) sources[place].push([at, tap]);
    }
  }
  return sources;
}
