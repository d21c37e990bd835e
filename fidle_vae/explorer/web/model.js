// One model: its plane, the decoded image, and an original beside its reconstruction.

import { element } from "./dom.js";
import { CodeCloud } from "./codes.js";
import { Decoder } from "./decoder.js";
import { Encoder } from "./encoder.js";
import { drawDecoded } from "./images.js";
import { PlanePicture } from "./plane.js";
import { imageOfStrokes } from "./strokes.js";

export class ModelPanel {
  constructor(model, labels, read, alone) {
    this.name = model.name;
    this.decoder = new Decoder(model.decoder, read);
    this.encoder = model.encoder && new Encoder(model.encoder, read);
    this.posterior = null; // {mean, logVar} of what is drawn on the pad
    this.cloud = model.codes && new CodeCloud(read(model.codes), labels, this.decoder.latentDim);
    this.picture = new PlanePicture(`Latent plane of ${model.name}`);
    this.image = this.#canvas("image", `What ${model.name} decodes at the cursor`);
    this.original = this.#canvas("small", "A held-out image");
    this.reconstruction = this.#canvas("small", `Its reconstruction by ${model.name}`);
    this.originalName = element("span");
    this.pairCaption = element("figcaption");
    this.pair = element(
      "figure",
      { class: "pair", hidden: true },
      element("div", {}, this.original, this.originalName),
      element("div", {}, this.reconstruction, element("span", {}, "recon\u00adstruction")),
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
    const label = this.decoder.classes ? this.cloud.labels[index] : undefined;
    const code = this.cloud.code(index);
    this.#showReconstruction(code, "original", "A held-out image", caption, label);
    return atlas.draw(this.original.getContext("2d"), index);
  }

  /** Encode what is drawn on the pad, and show it beside its reconstruction. */
  encodeDrawing(strokes) {
    const image = imageOfStrokes(strokes, this.encoder.shape);
    this.posterior = this.encoder.encode(image);
    const caption = "your drawing, centred and scaled";
    this.#showReconstruction(this.posterior.mean, "as encoded", "What is encoded", caption);
    drawDecoded(this.original.getContext("2d"), image, this.encoder.shape, [0, 1]);
  }

  forgetDrawing() {
    this.posterior = null;
    this.pair.hidden = true;
  }

  #showReconstruction(z, name, description, caption, label) {
    this.pair.hidden = false;
    this.originalName.textContent = name;
    this.original.setAttribute("aria-label", description);
    this.pairCaption.textContent = caption;
    this.#decode(this.reconstruction, z, 0, label);
  }

  /** Draw images decoded along a path, side by side on one canvas. */
  drawStrip(canvas, points) {
    const [height, width] = this.decoder.shape;
    canvas.width = width * points.length;
    canvas.height = height;
    points.forEach((z, i) => this.#decode(canvas, z, i * width));
  }

  #decode(canvas, z, x = 0, label = undefined) {
    const { shape, range } = this.decoder;
    drawDecoded(canvas.getContext("2d"), this.decoder.decode(z, label), shape, range, x);
  }

  #canvas(name, label) {
    const [height, width] = this.decoder.shape;
    return element("canvas", { class: name, width, height, role: "img", "aria-label": label });
  }
}
