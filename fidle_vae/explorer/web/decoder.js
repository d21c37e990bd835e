// A trained decoder in plain JavaScript, for the browser: 0.3 MB with the course's weights, 2 ms
// per image. A general runtime, onnxruntime-web, takes 0.7 ms but 14.7 MB, 50 times as much in a
// page that must be self-contained: see the measurements in docs/decoder_runtime.md.
import { buildLayers } from "./layers.js";

export class Decoder {
  /** `spec` is what spec/decoder.py returns, `read` is the arrayReader of its bytes. */
  constructor(spec, read) {
    this.latentDim = spec.inputDim;
    this.shape = spec.outputShape; // [height, width, channels]
    this.range = spec.range; // the values of black and white
    this.z = new Float32Array(this.latentDim);
    this.decoded = []; // the point whose image is in the output
    this.network = buildLayers(spec.layers, read, this.z);
  }

  /**
   * Return the image of a latent point: height * width * channels numbers, row by row, as the
   * network outputs them. The next call overwrites the same array: copy what must be kept.
   */
  decode(z) {
    if (z.length !== this.latentDim) {
      throw new Error(`z must have ${this.latentDim} numbers; it has ${z.length}.`);
    }
    if (!this.decoded.length || z.some((value, i) => value !== this.decoded[i])) {
      this.z.set(z);
      this.network.run();
      this.decoded = Array.from(z);
    }
    return this.network.output;
  }
}
