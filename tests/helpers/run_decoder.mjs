// node run_decoder.mjs JOB.json DATA.bin: decode and read what a job asks for, and print it as JSON.
//
// The job: {decoders: [{spec, points}], arrays: [reference]}. The answer: {images, arrays}, where
// images has, for each decoder, one flat image for each point.
import { readFileSync } from "node:fs";
import { arrayReader } from "../../fidle_vae/explorer/web/arrays.js";
import { Decoder } from "../../fidle_vae/explorer/web/decoder.js";

const [job, data] = process.argv.slice(2);
const { decoders = [], arrays = [] } = JSON.parse(readFileSync(job, "utf8"));
const read = arrayReader(readFileSync(data)); // a view of a larger buffer, as in a notebook

const images = decoders.map(({ spec, points }) => {
  const decoder = new Decoder(spec, read);
  return points.map((z) => Array.from(decoder.decode(z.slice(0, spec.inputDim), labels(spec, z))));
});

/** A point of a conditional decoder holds z and the class. */
function labels(spec, z) {
  return spec.classes ? z[spec.inputDim] : undefined;
}
const values = arrays.map((reference) => {
  const array = read(reference);
  return { type: array.constructor.name, values: Array.from(array, String) }; // JSON has no NaN
});
process.stdout.write(JSON.stringify({ images, arrays: values }));
