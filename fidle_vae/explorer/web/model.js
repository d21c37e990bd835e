// One model: its plane, the decoded image, and an original beside its reconstruction.

import { element } from "./dom.js";
import { CodeCloud } from "./codes.js";
import { Decoder } from "./decoder.js";
import { drawDecoded } from "./images.js";
import { PlanePicture } from "./plane.js";

export class ModelPanel {
  constructor(model, labels, read, alone) {
    this.name = model.name;
    this.decoder = new Decoder(model.decoder, read);
    this.cloud = model.codes && new CodeCloud(read(model.codes), labels, this.decoder.latentDim);
    this.picture = new PlanePicture(`Latent plane of ${model.name}`);
    this.image = this.#canvas("image", `What ${model.name} decodes at the cursor`);
    this.original = this.#canvas("small", "A held-out image");
    this.reconstruction = this.#canvas("small", `Its reconstruction by ${model.name}`);
    this.pairCaption = element("figcaption");
    this.pair = element(
      "figure",
      { class: "pair", hidden: true },
      element("div", {}, this.original, element("span", {}, "original")),
      element("div", {}, this.reconstruction, element("span", {}, "reconstruction")),
      this.pairCaption,
    );
    const heading = element("h2", {}, alone ? null : model.name, element("small", {}, model.note));
    this.view = element("div", { class: "view" }, heading, this.image);
    this.root = element(
      "section",
      { class: "model", "aria-label": model.name },
      this.picture.root,
      this.view,
    );
  }

  /** Decode a latent point and draw the image. */
  drawImage(z) {
    this.#decode(this.image, z);
  }

  /** Show held-out image number `index` beside its reconstruction, with a caption. */
  showPair(index, atlas, caption) {
    this.pair.hidden = false;
    this.pairCaption.textContent = caption;
    this.#decode(this.reconstruction, this.cloud.code(index));
    return atlas.draw(this.original.getContext("2d"), index);
  }

  /** Draw images decoded along a path, side by side on one canvas. */
  drawStrip(canvas, points) {
    const [height, width] = this.decoder.shape;
    canvas.width = width * points.length;
    canvas.height = height;
    points.forEach((z, i) => this.#decode(canvas, z, i * width));
  }

  #decode(canvas, z, x = 0) {
    const { shape, range } = this.decoder;
    drawDecoded(canvas.getContext("2d"), this.decoder.decode(z), shape, range, x);
  }

  #canvas(name, label) {
    const [height, width] = this.decoder.shape;
    return element("canvas", { class: name, width, height, role: "img", "aria-label": label });
  }
}
