// node run_encoder.mjs JOB.json DATA.bin: encode images and draw strokes as a job asks, print JSON.
//
// The job: {encoders: [{spec, images}], drawings: [{strokes, shape}]}, where a stroke is a list of
// points [x, y] on the pad. The answer: {codes, images}: for each encoder a {mean, logVar} for each
// of its flat images, and a flat image for each drawing.
import { readFileSync } from "node:fs";
import { arrayReader } from "../../fidle_vae/explorer/web/arrays.js";
import { Encoder } from "../../fidle_vae/explorer/web/encoder.js";
import { imageOfStrokes } from "../../fidle_vae/explorer/web/strokes.js";

const [job, data] = process.argv.slice(2);
const { encoders = [], drawings = [] } = JSON.parse(readFileSync(job, "utf8"));
const read = arrayReader(readFileSync(data));

const codes = encoders.map(({ spec, images }) => {
  const encoder = new Encoder(spec, read);
  return images.map((image) => encoder.encode(image));
});
const images = drawings.map(({ strokes, shape }) => Array.from(imageOfStrokes(strokes, shape)));
process.stdout.write(JSON.stringify({ codes, images }));
