// node run_geometry.mjs JOB.json: call functions of geometry.js, codes.js, names.js and address.js,
// and print their results.
//
// The job: a list of calls [name, argument, ...], with the names below. The answer: a list.
import { readFileSync } from "node:fs";
import { readState, writeState } from "../../fidle_vae/explorer/web/address.js";
import { CodeCloud, wholeView } from "../../fidle_vae/explorer/web/codes.js";
import { distance, logDensity, Plane, pointOnPath, samplePrior } from "../../fidle_vae/explorer/web/geometry.js";
import { medianPoint, spread } from "../../fidle_vae/explorer/web/names.js";

function cloudOf(codes, labels, latentDim) {
  return new CodeCloud(Float32Array.from(codes.flat()), labels && Uint8Array.from(labels), latentDim);
}

const FUNCTIONS = {
  medianPoint,
  readState,
  writeState,
  spread: (boxes, side) => (spread(boxes, side), boxes),
  projectGaussian: (plane, gaussian) => new Plane(plane).projectGaussian(gaussian),
  distance,
  logDensity,
  pointOnPath,
  draw: (latentDim, count) => Array.from({ length: count }, () => samplePrior(latentDim)),
  planeOfDims: (latentDim, dims) => Plane.ofDims(latentDim, dims),
  centre: (plane) => new Plane(plane).centre,
  project: (plane, z) => new Plane(plane).project(z),
  move: (plane, z, at) => new Plane(plane).move(z, at),
  code: (cloud, index) => cloudOf(...cloud).code(index),
  byDistance: (cloud, z) => cloudOf(...cloud).byDistance(z),
  around: (cloud, z, n) => cloudOf(...cloud).around(z, n),
  nearest(cloud, plane, at, reach, hidden) {
    const seen = cloudOf(...cloud);
    seen.lookFrom(new Plane(plane), 1);
    return seen.nearest(at, reach, new Set(hidden));
  },
  wholeView(plane, clouds) {
    const seen = clouds.map((cloud) => cloudOf(...cloud));
    return { ...wholeView(new Plane(plane), seen), points: seen.map(({ points }) => points) };
  },
};

const calls = JSON.parse(readFileSync(process.argv[2], "utf8"));
const results = calls.map(([name, ...given]) => FUNCTIONS[name](...given));
process.stdout.write(JSON.stringify(results));
