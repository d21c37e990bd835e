// The names of the classes in the plane, for a presentation.

const ROUNDS = 200;

/**
 * Move boxes {x, y, wide, high}, each given by its middle, up and down until none overlaps another
 * and all are within a square canvas of this side, if there is room.
 */
export function spread(boxes, side) {
  const keepInside = (box) => {
    box.x = Math.min(side - box.wide / 2, Math.max(box.wide / 2, box.x));
    box.y = Math.min(side - box.high / 2, Math.max(box.high / 2, box.y));
  };
  boxes.forEach(keepInside);
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    boxes.forEach((one, i) => {
      for (const other of boxes.slice(i + 1)) {
        const across = (one.wide + other.wide) / 2 - Math.abs(one.x - other.x);
        const up = (one.high + other.high) / 2 - Math.abs(one.y - other.y);
        if (across <= 0 || up <= 0.5) continue;
        const [upper, lower] = one.y <= other.y ? [one, other] : [other, one];
        upper.y -= up / 2;
        lower.y += up / 2;
        [upper, lower].forEach(keepInside);
        moved = true;
      }
    });
    if (!moved) return;
  }
}

/** Return the point in the middle of points [x, y]: the median along each axis. */
export function medianPoint(points) {
  return [0, 1].map((axis) => {
    const sorted = points.map((point) => point[axis]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  });
}
