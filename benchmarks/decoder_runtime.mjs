// node decoder_runtime.mjs ours|peer EXPLORER FOLDER: prints the time per image in ms, as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [name, explorer, folder] = process.argv.slice(2);
const { spec, points, images } = JSON.parse(readFileSync(`${folder}/job.json`, "utf8"));
const load = (path) => import(pathToFileURL(path).href);

async function ours() {
  const { arrayReader } = await load(`${explorer}/arrays.js`);
  const { Decoder } = await load(`${explorer}/decoder.js`);
  const decoder = new Decoder(spec, arrayReader(readFileSync(`${folder}/data.bin`)));
  return (z) => decoder.decode(z);
}

/** The peer's WebAssembly build with SIMD, on one thread like ours. */
async function peer() {
  const dist = `${folder}/package/dist`;
  const ort = await load(`${dist}/ort.wasm.bundle.min.mjs`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = readFileSync(`${dist}/ort-wasm-simd-threaded.wasm`);
  const session = await ort.InferenceSession.create(readFileSync(`${folder}/decoder.onnx`));
  return async (z) => {
    const feed = { z: new ort.Tensor("float32", Float32Array.from(z), [1, z.length]) };
    return (await session.run(feed))[session.outputNames[0]].data;
  };
}

const decode = await { ours, peer }[name]();
const times = [];
let difference = 0;
for (let i = 0; i < 600; i++) {
  const start = performance.now();
  let image = decode(points[i % points.length]);
  if (name === "peer") image = await image;
  times.push(performance.now() - start);
  const expected = images[i % points.length];
  for (let k = 0; i < points.length && k < expected.length; k++) {
    difference = Math.max(difference, Math.abs(image[k] - expected[k]));
  }
}
const warm = times.slice(200).sort((a, b) => a - b);
const [median, p95] = [0.5, 0.95].map((share) => warm[Math.floor(share * warm.length)]);
console.log(JSON.stringify({ first: times[0], median, p95, difference }));
