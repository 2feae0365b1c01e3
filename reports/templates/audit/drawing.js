"use strict";
/** Small maps, coloured as the program colours them: levels of -127 to 127 of a peak, -128 where the sign is not settled. */
const STEPS = 127, HATCHED = -128;
const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** For each pixel along a side of cells: between which two cells its middle lies, and the share of the second. */
function between(cells, times, smooth) {
  return Array.from({ length: cells * times }, (_, at) => {
    const place = (at + 0.5) / times;
    if (!smooth) return { low: Math.floor(place), high: Math.floor(place), share: 0, cell: Math.floor(place) };
    const nearest = Math.min(Math.max(place - 0.5, 0), cells - 1), low = Math.min(Math.floor(nearest), Math.max(cells - 2, 0));
    return { low, high: Math.min(low + 1, cells - 1), share: nearest - low, cell: Math.floor(place) };
  });
}

/** Which colour of the ramp a part of the limit takes: half away from zero, so that both sides are alike. */
function colourOf(part) {
  const strength = Math.floor(Math.min(Math.abs(part), 1) * STEPS + 0.5);
  return STEPS + (part < 0 ? -strength : strength);
}

/** Draws a map on a canvas about `size` pixels wide. */
function paint(canvas, map, ramp, { limit, smooth, onlyFake, size }) {
  map.cellsOf ??= new Int8Array(bytesOf(map.levels).buffer);
  const { rows, columns, cellsOf } = map, times = Math.max(1, Math.round(size / Math.max(rows, columns)));
  const down = between(rows, times, smooth), across = between(columns, times, smooth);
  const value = (row, column) => {
    const level = cellsOf[row * columns + column];
    return level === HATCHED || (onlyFake && level < 0) ? 0 : level;
  };
  const factor = limit > 0 ? map.peak / limit / STEPS : 0;
  [canvas.width, canvas.height] = [columns * times, rows * times];
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer), apart = Math.max(6, Math.round(canvas.width / 28));
  let at = 0;
  for (const [y, v] of down.entries()) for (const [x, h] of across.entries()) {
    const above = value(v.low, h.low) * (1 - h.share) + (h.share && value(v.low, h.high) * h.share);
    const below = v.share && value(v.high, h.low) * (1 - h.share) + (h.share && value(v.high, h.high) * h.share);
    const stripe = cellsOf[v.cell * columns + h.cell] === HATCHED ? (x + y) % apart : apart;
    pixels[at++] = stripe === 0 ? 0xff000000 : stripe === 1 ? 0xffffffff
      : ramp[colourOf((above * (1 - v.share) + below * v.share) * factor)];
  }
  context.putImageData(image, 0, 0);
}
