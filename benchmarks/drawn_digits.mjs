// node drawn_digits.mjs JOB.json DATA.bin: what the page's pad and encoder make of drawings, as JSON.
//
// The job: {encoder, drawings}, where each drawing is a list of strokes on the pad, and each stroke
// a list of points [x, y]. The answer: {images, means}, one flat image and one z_mean per drawing.
import { readFileSync } from "node:fs";
import { arrayReader } from "../fidle_vae/explorer/web/arrays.js";
import { Encoder } from "../fidle_vae/explorer/web/encoder.js";
import { imageOfStrokes } from "../fidle_vae/explorer/web/strokes.js";

const [job, data] = process.argv.slice(2);
const { encoder: spec, drawings } = JSON.parse(readFileSync(job, "utf8"));
const encoder = new Encoder(spec, arrayReader(readFileSync(data)));
const images = drawings.map((strokes) => imageOfStrokes(strokes, encoder.shape));
const means = images.map((image) => encoder.encode(image).mean);
process.stdout.write(
  JSON.stringify({ images: images.map((image) => Array.from(image)), means }),
);
