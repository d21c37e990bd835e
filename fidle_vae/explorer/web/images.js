// Images on canvases: the outputs of a decoder, and the held-out originals.

/** Draw the output of a decoder at column `x` of a canvas; `low` is black, `high` is white. */
export function drawDecoded(context, values, [height, width, channels], [low, high], x = 0) {
  const picture = context.createImageData(width, height);
  const scale = 255 / (high - low);
  const bytes = picture.data; // values are clamped and rounded when written
  for (let pixel = 0, from = 0; pixel < height * width; pixel++, from += channels) {
    for (let c = 0; c < 3; c++) {
      bytes[4 * pixel + c] = (values[from + (channels === 3 ? c : 0)] - low) * scale;
    }
    bytes[4 * pixel + 3] = 255;
  }
  context.putImageData(picture, x, 0);
}

/** The held-out images, stored as the tiles of one PNG. */
export class Atlas {
  constructor({ png, columns, height, width, count }, read) {
    Object.assign(this, { columns, height, width, count });
    this.picture = new Image();
    const url = URL.createObjectURL(new Blob([read(png)], { type: "image/png" }));
    this.picture.src = url;
    this.ready = this.picture.decode().finally(() => URL.revokeObjectURL(url));
  }

  /** Draw image number `index` on the context of a canvas that has the size of an image. */
  async draw(context, index) {
    await this.ready;
    const { width, height } = this;
    const [x, y] = [(index % this.columns) * width, Math.floor(index / this.columns) * height];
    context.drawImage(this.picture, x, y, width, height, 0, 0, width, height);
  }
}
