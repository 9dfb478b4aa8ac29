import type { Canvas, Colour } from './canvas.ts';
import { createTexture } from './noise-texture.ts';
import { castView, type Hit, lit, mix, onGrid, ramp } from './ray-cast.ts';
import type { Passer, Scene, View } from './scene.ts';

const view: View = { width: 480, height: 270, focalLength: 440, horizon: 104, cameraHeight: 1.9 };
const ground = view.cameraHeight;
const wallX = -1.9;
const fenceX = 2.5;
const end = 11;
const post = { x: 0.82, z: 2.35, radius: 0.1 } as const;
/** A lamp over the side door, and a street lamp far off. */
const lamps = [
  { x: -1.75, y: -0.75, z: 3.6, power: 1.7, reach: 1.3 },
  { x: 0.6, y: -1.7, z: 1.6, power: 1.2, reach: 2.2 },
  { x: 1.9, y: -2.2, z: 9, power: 1.5, reach: 2 },
] as const;
const texture = createTexture(29, 4);

/** A side entrance at night: dark, noisy, almost without colour, 480 x 270 at 10 frames a second. */
export function yardScene(passers: readonly Passer[]): Scene {
  return {
    name: 'side-entrance',
    view,
    framesPerSecond: 10,
    seconds: 14,
    quality: 26,
    passers,
    look: {
      gain: 0.78,
      saturation: 0.22,
      tint: [0.97, 1.02, 1],
      blurs: 1,
      shot: 0.28,
      read: 3,
      pattern: 1.1,
      vignette: 0.34,
      black: 9,
    },
    paintBackground: (): Canvas => castView(view, trace),
    lightAt: (x, z) => lit([1, 0.96, 0.88], 0.24 + Math.min(0.7, 0.62 * lightOf(x, 0, z))),
    brightnessAt: (time) =>
      1 + 0.04 * Math.sin((2 * Math.PI * time) / 14) + 0.015 * Math.sin((2 * Math.PI * time) / 2),
  };
}

function lightOf(x: number, y: number, z: number): number {
  let sum = 0.12;
  for (const lamp of lamps) {
    const distance = (x - lamp.x) ** 2 + (y - lamp.y) ** 2 + (z - lamp.z) ** 2;
    sum += (lamp.power * lamp.reach) / (lamp.reach + distance);
  }
  return sum;
}

function trace(dx: number, dy: number): Hit {
  const near = tracePost(dx, dy);
  if (near !== undefined) return near;
  const candidates: Hit[] = [endAt(dx * end, dy * end)];
  if (dy > 0) candidates.push(groundAt(dx, ground / dy));
  if (dx < 0) candidates.push(houseAt(dy, wallX / dx));
  if (dx > 0) {
    const fence = fenceAt(dy, fenceX / dx);
    if (fence !== undefined) candidates.push(fence);
  }
  return candidates.reduce((first, hit) => (hit.depth < first.depth ? hit : first));
}

function groundAt(dx: number, depth: number): Hit {
  const x = dx * depth;
  const grain = texture(x * 12, depth * 12) * 10 + texture(x, depth) * 14;
  let colour: Colour = [92 + grain, 92 + grain, 94 + grain];
  if (onGrid(x + 10.3, 0.8, 0.03) || onGrid(depth, 0.8, 0.035)) colour = lit(colour, 0.72);
  const puddle = ramp(0.28, 0.5, texture(x * 0.7 + 3, depth * 0.5));
  const light = lightOf(x, ground, depth);
  return {
    depth,
    colour: mix(lit(colour, light), [150, 156, 168], 0.3 * puddle * Math.min(light, 1)),
  };
}

/** A brick wall with a steel door and its lamp; people come out beyond its corner. */
function houseAt(dy: number, depth: number): Hit {
  const y = dy * depth;
  if (depth > 5.4) return { depth: Number.POSITIVE_INFINITY, colour: [0, 0, 0] };
  const row = Math.floor((y + 10) / 0.075);
  const shift = row % 2 === 0 ? 0 : 0.11;
  const joint = onGrid(y + 10, 0.075, 0.011) || onGrid(depth + shift, 0.22, 0.012);
  const tone = texture(Math.floor((depth + shift) / 0.22) * 3.7, row * 2.3) * 16;
  let colour: Colour = joint ? [112, 106, 100] : [128 + tone, 92 + tone * 0.8, 76 + tone * 0.7];
  if (depth > 3.1 && depth < 4.1 && y > -0.2) {
    const frame = depth < 3.17 || depth > 4.03 || y < -0.13;
    colour = frame ? [60, 62, 66] : [104, 112, 122];
    if (!frame && Math.abs(depth - 3.95) < 0.03 && Math.abs(y - 0.85) < 0.07)
      colour = [190, 188, 180];
  }
  if (Math.abs(depth - 3.6) < 0.12 && y > -0.62 && y < -0.45)
    return { depth, colour: [255, 246, 224] };
  return { depth, colour: lit(colour, 0.75 * lightOf(wallX, y, depth)) };
}

/** A fence of boards along the right side; the sky stands above it. */
function fenceAt(dy: number, depth: number): Hit | undefined {
  const y = dy * depth;
  if (depth > 9.5 || y < 0.05) return undefined;
  const board = Math.floor(depth / 0.16);
  const tone = texture(board * 5.3, y * 0.7) * 12;
  const gap = onGrid(depth, 0.16, 0.012);
  const colour: Colour = gap ? [24, 22, 22] : [96 + tone, 84 + tone, 72 + tone];
  return { depth, colour: lit(colour, 0.7 * lightOf(fenceX, y, depth)) };
}

/** Across the street: a house front with a few lit windows, and the night sky. */
function endAt(x: number, y: number): Hit {
  if (y < -2.1 + texture(x * 0.4, 1) * 0.3) {
    const glow = 22 + 16 * ramp(-4, -2, y);
    return { depth: end, colour: [glow, glow * 1.04, glow * 1.25] };
  }
  const window = onGrid(x + 9.7, 1.7, 0.62) && onGrid(y + 5.9, 1.5, 0.85) && y < 0.6;
  if (window) {
    const on = texture(Math.floor((x + 9.7) / 1.7) * 7.1, Math.floor((y + 5.9) / 1.5) * 3.3) > 0.16;
    return { depth: end, colour: on ? [150, 128, 84] : [34, 36, 42] };
  }
  const grain = texture(x * 3, y * 3) * 6;
  const halo = 90 * Math.exp(-((x - 1.9) ** 2 + (y + 1.5) ** 2) / 1.1);
  return {
    depth: end,
    colour: [46 + grain + halo, 45 + grain + halo * 0.9, 46 + grain + halo * 0.65],
  };
}

/** A round post close to the camera. */
function tracePost(dx: number, dy: number): Hit | undefined {
  const depth = post.z;
  const offset = (dx * depth - post.x) / post.radius;
  const y = dy * depth;
  if (Math.abs(offset) > 1 || y > ground) return undefined;
  const roundness = Math.sqrt(1 - offset * offset);
  const colour = lit(
    [118, 120, 122],
    (0.25 + 0.5 * roundness + 0.2 * Math.max(0, offset)) * lightOf(post.x, y, depth),
  );
  return { depth: depth - post.radius * roundness, colour };
}
