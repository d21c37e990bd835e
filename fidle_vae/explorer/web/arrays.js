// Read the arrays that spec/packing.py packed into one byte string.

/**
 * Return a function that takes a reference {dtype, shape, offset} and returns its array, flat:
 * Float32Array for float16 and float32, Uint8Array, Int32Array. Each call returns a copy.
 * `data` is an ArrayBuffer or a view of one, such as the DataView that a notebook's widget gets.
 */
export function arrayReader(data) {
  const [buffer, start] = ArrayBuffer.isView(data) ? [data.buffer, data.byteOffset] : [data, 0];
  return ({ dtype, shape, offset }) => {
    const read = READERS[dtype];
    if (!read) throw new Error(`An array of type ${dtype} cannot be read.`);
    const bytes = shape.reduce((product, n) => product * n, read.bytes);
    const end = offset + bytes;
    if (end > data.byteLength) {
      throw new Error(`An array ends at byte ${end} of data with ${data.byteLength} bytes.`);
    }
    return read.from(buffer.slice(start + offset, start + end));
  };
}

const READERS = {
  float16: { bytes: 2, from: (buffer) => halvesToFloats(new Uint16Array(buffer)) },
  float32: { bytes: 4, from: (buffer) => new Float32Array(buffer) },
  uint8: { bytes: 1, from: (buffer) => new Uint8Array(buffer) },
  int32: { bytes: 4, from: (buffer) => new Int32Array(buffer) },
};

/** Convert 16-bit floats (5 bits of exponent, 10 of fraction): Float16Array is not everywhere. */
function halvesToFloats(halves) {
  // for each sign and exponent, the value of the fraction's last bit
  const step = Float32Array.from({ length: 64 }, (_, signAndExponent) => {
    const exponent = Math.max(signAndExponent & 31, 1);
    return (signAndExponent & 32 ? -1 : 1) * 2 ** (exponent - 25);
  });
  return Float32Array.from(halves, (half) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : half & 0x8000 ? -Infinity : Infinity;
    return step[half >> 10] * (exponent ? fraction + 1024 : fraction);
  });
}
