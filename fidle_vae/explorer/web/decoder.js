// A trained decoder in plain JavaScript, for the browser: 0.3 MB with the course's weights, 2 ms
// per image. A general runtime, onnxruntime-web, takes 0.7 ms but 14.7 MB, 50 times as much in a
// page that must be self-contained: see the measurements in docs/decoder_runtime.md.
import { buildLayers } from "./layers.js";

export class Decoder {
  /** `spec` is what spec/decoder.py returns, `read` is the arrayReader of its bytes. */
  constructor(spec, read) {
    this.latentDim = spec.inputDim;
    this.classes = spec.classes ?? 0; // that a conditional decoder can be asked for
    this.label = 0; // the class asked for
    this.shape = spec.outputShape; // [height, width, channels]
    this.range = spec.range; // the values of black and white
    this.input = new Float32Array(this.latentDim + this.classes); // z, then the class as 0s and a 1
    this.decoded = []; // the point and the class whose image is in the output
    this.network = buildLayers(spec.layers, read, this.input);
  }

  /**
   * Return the image of a latent point: height * width * channels numbers, row by row, as the
   * network outputs them. The next call overwrites the same array: copy what must be kept. A
   * conditional decoder draws the class `label`; others have none.
   */
  decode(z, label = this.label) {
    if (z.length !== this.latentDim) {
      throw new Error(`z must have ${this.latentDim} numbers; it has ${z.length}.`);
    }
    const asked = [...z, label];
    if (!this.decoded.length || asked.some((value, i) => value !== this.decoded[i])) {
      this.input.fill(0).set(z);
      if (this.classes) this.input[this.latentDim + label] = 1;
      this.network.run();
      this.decoded = asked;
    }
    return this.network.output;
  }
}
