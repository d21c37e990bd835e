// The layers of a network, built from the descriptions of spec/layers.py. Each has `run()`, which
// reads the output buffer of the layer before, and `output`, the buffer that it writes: its own or,
// if it changes numbers in place, that of the layer before.
import { activation } from "./activations.js";
import { WeightedSum } from "./weighted_sum.js";

/** Build layers that follow each other; `input` is the buffer that the first one reads. */
export function buildLayers(specs, read, input) {
  let output = input;
  let style = null; // the buffer that the last constant has replaced
  const layers = specs.map((spec) => {
    if (spec.type === "constant") style = output;
    const layer = buildLayer(spec, read, output, style);
    output = layer.output;
    return layer;
  });
  const run = () => {
    for (const layer of layers) layer.run();
  };
  return { run, output };
}

function buildLayer(spec, read, input, style) {
  const build = LAYERS[spec.type];
  if (!build) throw new Error(`Layer ${spec.name} is of an unknown type, ${spec.type}.`);
  return build(spec, read, input, style);
}

const LAYERS = {
  weighted_sum: (spec, read, input) => new WeightedSum(spec, read, input),
  resample: (spec, read, input) => new Resample(spec, input),
  pool: (spec, read, input) => new Pool(spec, input),
  scale_shift: (spec, read, x) => inPlace(scaleShift(read(spec.scale), read(spec.shift), x), x),
  prelu: (spec, read, x) => inPlace(prelu(read(spec.slope), x), x),
  activation: (spec, read, x) => inPlace(activation(spec, x), x),
  constant: (spec, read) => constant(read(spec.values)),
  adaptive_normalization: (spec, read, x, style) =>
    inPlace(adaptiveNormalization(spec, read, x, style), x),
};

function inPlace(run, x) {
  return { run, output: x };
}

/** Up-sampling, cropping and padding: each row or column mixes two rows or columns of the input. */
class Resample {
  /** `rows` and `columns` list [first, second, share of the second]; -1 is outside the input. */
  constructor({ from, to, rows, columns }, input) {
    Object.assign(this, { rows, columns, input, width: from[1], channels: from[2] });
    this.output = new Float32Array(to[0] * to[1] * to[2]);
  }

  run() {
    this.output.fill(0);
    let at = 0;
    for (const [top, bottom, down] of this.rows) {
      for (const [left, right, across] of this.columns) {
        this.add(at, top, left, (1 - down) * (1 - across));
        this.add(at, top, right, (1 - down) * across);
        this.add(at, bottom, left, down * (1 - across));
        this.add(at, bottom, right, down * across);
        at += this.channels;
      }
    }
  }

  add(at, row, column, share) {
    if (share === 0 || row < 0 || column < 0) return;
    const { input, output, channels } = this;
    const from = (row * this.width + column) * channels;
    for (let c = 0; c < channels; c++) output[at + c] += share * input[from + c];
  }
}

/** The maximum or the mean of each channel in a window; places outside the input do not count. */
class Pool {
  constructor({ function: kind, from, to, window, strides, padding }, input) {
    Object.assign(this, { kind, input, width: from[1], channels: from[2] });
    const [rows, across] = [0, 1].map((axis) =>
      Array.from({ length: to[axis] }, (_, place) => {
        const start = place * strides[axis] - padding[axis];
        return [Math.max(start, 0), Math.min(start + window[axis], from[axis])];
      }),
    );
    this.windows = rows.flatMap((row) => across.map((column) => [...row, ...column]));
    this.output = new Float32Array(to[0] * to[1] * to[2]);
  }

  run() {
    const { kind, input, output, width, channels } = this;
    this.windows.forEach(([top, bottom, left, right], place) => {
      for (let c = 0; c < channels; c++) {
        let [sum, most] = [0, -Infinity];
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            const value = input[(row * width + column) * channels + c];
            sum += value;
            if (value > most) most = value;
          }
        }
        const mean = sum / ((bottom - top) * (right - left));
        output[place * channels + c] = kind === "max" ? most : mean;
      }
    });
  }
}

/** Batch normalization at inference, or rescaling: per channel or per number. */
function scaleShift(scale, shift, x) {
  return () => {
    for (let start = 0; start < x.length; start += scale.length) {
      for (let c = 0; c < scale.length; c++) x[start + c] = x[start + c] * scale[c] + shift[c];
    }
  };
}

/** The same numbers for every input; copied in each run, as later layers change them in place. */
function constant(values) {
  const output = new Float32Array(values.length);
  return { run: () => output.set(values), output };
}

/** Each channel: mean 0 and variance 1 over its places, then a scale and a shift by the style. */
function adaptiveNormalization({ epsilon, scale, shift }, read, x, style) {
  const asked = [scale, shift].map(({ kernel, bias }) => [read(kernel), read(bias)]);
  const channels = asked[0][1].length;
  const places = x.length / channels;
  return () => {
    for (let c = 0; c < channels; c++) {
      const [a, b] = asked.map(([kernel, bias]) =>
        style.reduce((sum, w, i) => sum + w * kernel[i * channels + c], bias[c]),
      );
      let [sum, squares] = [0, 0];
      for (let at = c; at < x.length; at += channels) sum += x[at];
      const mean = sum / places;
      for (let at = c; at < x.length; at += channels) squares += (x[at] - mean) ** 2;
      const factor = (1 + a) / Math.sqrt(squares / places + epsilon);
      for (let at = c; at < x.length; at += channels) x[at] = (x[at] - mean) * factor + b;
    }
  };
}

function prelu(slope, x) {
  return () => {
    for (let start = 0; start < x.length; start += slope.length) {
      for (let c = 0; c < slope.length; c++) if (x[start + c] < 0) x[start + c] *= slope[c];
    }
  };
}
