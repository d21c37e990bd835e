// The layers of a decoder, built from the descriptions of spec/layers.py. Each has `run()`, which
// reads the output buffer of the layer before, and `output`, the buffer that it writes: its own or,
// if it changes numbers in place, that of the layer before.
import { activation } from "./activations.js";
import { WeightedSum } from "./weighted_sum.js";

export function buildLayer(spec, read, input) {
  const build = LAYERS[spec.type];
  if (!build) throw new Error(`Layer ${spec.name} is of an unknown type, ${spec.type}.`);
  return build(spec, read, input);
}

const LAYERS = {
  weighted_sum: (spec, read, input) => new WeightedSum(spec, read, input),
  resample: (spec, read, input) => new Resample(spec, input),
  scale_shift: (spec, read, x) => inPlace(scaleShift(read(spec.scale), read(spec.shift), x), x),
  prelu: (spec, read, x) => inPlace(prelu(read(spec.slope), x), x),
  activation: (spec, read, x) => inPlace(activation(spec, x), x),
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

/** Batch normalization at inference, or rescaling: per channel or per number. */
function scaleShift(scale, shift, x) {
  return () => {
    for (let start = 0; start < x.length; start += scale.length) {
      for (let c = 0; c < scale.length; c++) x[start + c] = x[start + c] * scale[c] + shift[c];
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
