// A trained encoder in plain JavaScript, for what is drawn in the browser: see decoder.js.
import { buildLayers } from "./layers.js";

export class Encoder {
  /** `spec` is what spec/encoder.py returns, `read` is the arrayReader of its bytes. */
  constructor(spec, read) {
    this.shape = spec.inputShape; // [height, width, 1]
    this.image = new Float32Array(this.shape[0] * this.shape[1]);
    this.shared = buildLayers(spec.layers, read, this.image);
    // each end has an input of its own, as its first layer may change numbers in place
    this.ends = [spec.mean, spec.logVar].map((layers) => {
      if (!layers) return null;
      const input = new Float32Array(this.shared.output.length);
      return { input, ...buildLayers(layers, read, input) };
    });
  }

  /** Return {mean, logVar} of an image, height * width numbers in [0, 1]; logVar may be null. */
  encode(image) {
    if (image.length !== this.image.length) {
      throw new Error(`image must have ${this.image.length} numbers; it has ${image.length}.`);
    }
    this.image.set(image);
    this.shared.run();
    const [mean, logVar] = this.ends.map((end) => {
      if (!end) return null;
      end.input.set(this.shared.output);
      end.run();
      return Array.from(end.output);
    });
    return { mean, logVar };
  }
}
