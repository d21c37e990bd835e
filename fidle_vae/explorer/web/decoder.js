// A trained decoder, run in the browser, in plain JavaScript: 0.3 MB with the course's weights, and
// 2 ms for an image. A general runtime, onnxruntime-web, takes 0.7 ms and 14.7 MB, 50 times as
// much to carry in a page that works from a memory stick: docs/decoder_runtime.md has the figures.
import { buildLayer } from "./layers.js";

export class Decoder {
  /** `spec` is what decoder_spec.py gives, `read` is the arrayReader of its bytes. */
  constructor(spec, read) {
    this.latentDim = spec.inputDim;
    this.shape = spec.outputShape; // [height, width, channels]
    this.range = spec.range; // of the numbers that are black and white
    this.z = new Float32Array(this.latentDim);
    this.output = this.z;
    this.layers = spec.layers.map((layer) => {
      const built = buildLayer(layer, read, this.output);
      this.output = built.output;
      return built;
    });
  }

  /**
   * Give the image of a latent point: height * width * channels numbers, rows first, as the network
   * gives them. The next call writes into the same array: copy what must stay.
   */
  decode(z) {
    if (z.length !== this.latentDim) {
      throw new Error(`z must have ${this.latentDim} numbers; it has ${z.length}.`);
    }
    this.z.set(z);
    for (const layer of this.layers) layer.run();
    return this.output;
  }
}
