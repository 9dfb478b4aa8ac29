import type { Canvas, Colour } from './canvas.ts';
import { createTexture } from './noise-texture.ts';
import { castView, type Hit, lit, mix, onGrid, ramp } from './ray-cast.ts';
import type { Passer, Scene, View } from './scene.ts';

const view: View = { width: 768, height: 432, focalLength: 700, horizon: 158, cameraHeight: 1.78 };
const halfWidth = 1.9;
const ceiling = -1.1;
const floor = view.cameraHeight;
const end = 9.5;
/** The side corridor that people come from, in the left wall, and one on the right. */
const openings = { left: [6.1, 7.5], right: [7.2, 8.6] } as const;
const pillar = { left: -1.12, right: -0.8, near: 3.0, far: 3.32 } as const;
const texture = createTexture(11, 4);

/** A lobby by day: an even, bright picture, 768 x 432 at 10 frames a second. */
export function lobbyScene(passers: readonly Passer[]): Scene {
  return {
    name: 'lobby',
    view,
    framesPerSecond: 10,
    seconds: 16,
    quality: 22,
    passers,
    look: {
      gain: 1.12,
      saturation: 0.92,
      tint: [1, 1, 1],
      blurs: 0,
      shot: 0.02,
      read: 1.2,
      pattern: 0,
      vignette: 0.16,
      black: 2,
    },
    paintBackground: (): Canvas => castView(view, trace),
    lightAt: (x, z) => lit([1, 0.985, 0.96], 0.62 + 0.42 * lightOf(x, z)),
    brightnessAt: (time) => 1 + 0.02 * Math.sin((2 * Math.PI * time) / 16),
  };
}

function trace(dx: number, dy: number): Hit {
  const post = tracePillar(dx, dy);
  if (post !== undefined) return post;
  const candidates: Hit[] = [];
  if (dy > 0) candidates.push(floorAt(dx, floor / dy));
  if (dy < 0) candidates.push(ceilingAt(dx, ceiling / dy));
  if (dx !== 0) candidates.push(wallAt(dx, dy, halfWidth / Math.abs(dx)));
  candidates.push(endWallAt(dx * end, dy * end));
  return candidates.reduce((near, hit) => (hit.depth < near.depth ? hit : near));
}

/** Light falls from ceiling panels every 2.4 metres. */
function lightOf(x: number, z: number): number {
  const phase = Math.cos((2 * Math.PI * (z - 1.2)) / 2.4);
  const daylight = 0.35 * ramp(5, end, z);
  return 0.72 + 0.12 * phase - 0.05 * x * x + daylight;
}

/** Corners get less light. */
function corner(distance: number): number {
  return 1 - 0.34 * Math.exp(-Math.max(distance, 0) / 0.22);
}

function floorAt(dx: number, depth: number): Hit {
  const x = dx * depth;
  const grain = texture(x * 9, depth * 9) * 5 + texture(x * 1.3, depth * 1.3) * 5;
  let colour: Colour = [146 + grain, 141 + grain, 134 + grain];
  if (onGrid(x + 10, 0.6, 0.012) || onGrid(depth, 0.6, 0.014)) colour = lit(colour, 0.8);
  // The polished floor mirrors the panels and the daylight of the far door, blurred.
  const mirror =
    0.34 *
      ramp(0.55, 0.1, Math.abs(x) / 1.1) *
      Math.max(0, Math.cos((2 * Math.PI * (depth - 1.2)) / 2.4)) +
    0.5 * ramp(4.5, end, depth) * ramp(1.3, 0.5, Math.abs(x));
  const lightness = lightOf(x, depth) * corner(halfWidth - Math.abs(x)) * corner((end - depth) * 2);
  return { depth, colour: mix(lit(colour, lightness), [236, 240, 244], mirror * 0.55) };
}

function ceilingAt(dx: number, depth: number): Hit {
  const x = dx * depth;
  const within = Math.abs(x) < 0.45 && onGrid(depth + 0.6, 2.4, 1.2);
  if (within) return { depth, colour: [250, 251, 248] };
  let colour: Colour = [206, 206, 202];
  if (onGrid(x + 10.15, 0.6, 0.012) || onGrid(depth, 0.6, 0.012)) colour = lit(colour, 0.9);
  return {
    depth,
    colour: lit(colour, 0.8 + 0.2 * lightOf(x, depth) * corner(halfWidth - Math.abs(x))),
  };
}

function wallAt(dx: number, dy: number, depth: number): Hit {
  const side = dx < 0 ? 'left' : 'right';
  const y = dy * depth;
  const [from, to] = openings[side];
  if (depth > from && depth < to && y > -0.55) return sideCorridor(dx, dy, from, to);
  if (depth > from - 0.08 && depth < to + 0.08 && y > -0.63) return { depth, colour: [88, 84, 80] };
  const grain = texture(depth * 3, y * 3 + (dx < 0 ? 40 : 0)) * 3;
  let colour: Colour =
    y > 0.62 ? [124 + grain, 132 + grain, 138 + grain] : [205 + grain, 201 + grain, 190 + grain];
  if (Math.abs(y - 0.62) < 0.025) colour = [96, 92, 86];
  if (y > floor - 0.1) colour = [84, 82, 80];
  const thing = side === 'left' ? leftWallThings(depth, y) : rightWallThings(depth, y);
  const lightness =
    (0.3 + 0.62 * lightOf(halfWidth, depth)) * corner(floor - y) * corner(y - ceiling);
  return { depth, colour: lit(thing ?? colour, lightness) };
}

/** A closed door with a frame, and a plate beside it. */
function leftWallThings(depth: number, y: number): Colour | undefined {
  if (depth > 3.9 && depth < 4.85 && y > -0.32) {
    if (depth < 3.97 || depth > 4.78 || y < -0.25) return [92, 74, 58];
    if (Math.abs(depth - 4.08) < 0.03 && Math.abs(y - 0.72) < 0.05) return [196, 190, 178];
    return [138 + texture(depth * 4, y * 0.6) * 9, 104 + texture(depth * 4, y * 0.6) * 7, 74];
  }
  if (depth > 5.1 && depth < 5.35 && y > 0.02 && y < 0.2) return [70, 96, 128];
  return undefined;
}

/** A notice board and a picture. */
function rightWallThings(depth: number, y: number): Colour | undefined {
  if (depth > 3.2 && depth < 4.7 && y > -0.35 && y < 0.38) {
    if (depth < 3.25 || depth > 4.65 || y < -0.3 || y > 0.33) return [110, 84, 58];
    const sheet = onGrid(depth - 3.3, 0.34, 0.25) && onGrid(y + 0.27, 0.3, 0.23);
    if (!sheet) return [158, 122, 84];
    const line = onGrid(y, 0.035, 0.012) && onGrid(depth - 3.33, 0.34, 0.19);
    return line ? [168, 168, 170] : [232, 230, 222];
  }
  if (depth > 5.6 && depth < 6.6 && y > -0.4 && y < 0.35) {
    if (depth < 5.66 || depth > 6.54 || y < -0.34 || y > 0.29) return [48, 46, 44];
    return mix(
      [96, 130, 158],
      [190, 170, 120],
      ramp(-0.3, 0.3, y + texture(depth * 2, y * 2) * 0.3),
    );
  }
  return undefined;
}

/** Beyond an opening lies a dimmer corridor, square to ours. */
function sideCorridor(dx: number, dy: number, from: number, to: number): Hit {
  if (dy > 0 && floor / dy < to) {
    const depth = floor / dy;
    if (Math.abs(dx * depth) > halfWidth && depth > from) {
      return { depth, colour: lit([128, 124, 118], 0.55) };
    }
  }
  const y = dy * to;
  const fade = 0.62 - 0.06 * Math.abs(dx * to);
  return { depth: to, colour: lit(y > 0.62 ? [112, 118, 124] : [192, 188, 178], fade) };
}

/** The far end: a glazed double door to the street. */
function endWallAt(x: number, y: number): Hit {
  const wall = lit([200, 196, 186], 0.95 * corner(halfWidth - Math.abs(x)) * corner(floor - y));
  if (Math.abs(x) > 1.15 || y < -0.62) return { depth: end, colour: wall };
  const frame = Math.abs(x) > 1.08 || Math.abs(x) < 0.045 || y < -0.55 || Math.abs(y - 0.75) < 0.03;
  if (frame) return { depth: end, colour: [72, 76, 80] };
  const haze = texture(x * 2.2, y * 1.6) * 12;
  const street = mix(
    [228, 236, 244],
    [150, 158, 152],
    ramp(0.15, 0.9, y + texture(x * 3, 7) * 0.12),
  );
  return { depth: end, colour: [street[0] + haze, street[1] + haze, street[2] + haze] };
}

/** A square pillar that hides whoever walks behind it. */
function tracePillar(dx: number, dy: number): Hit | undefined {
  const { left, right, near, far } = pillar;
  const shade = (depth: number, tone: number): Hit => {
    const y = dy * depth;
    const grain = texture(dx * depth * 14, y * 5) * 4;
    const base: Colour = y > floor - 0.12 ? [80, 78, 76] : [172 + grain, 168 + grain, 160 + grain];
    return { depth, colour: lit(base, tone * corner((floor - y) * 1.5) * corner(y - ceiling)) };
  };
  const x = dx * near;
  const within = (depth: number): boolean => dy * depth < floor && dy * depth > ceiling;
  if (x > left && x < right && within(near)) {
    return shade(near, 0.86 + 0.1 * ramp(left, right, x));
  }
  // The side that faces the middle of the lobby.
  const depth = right / dx;
  if (dx < 0 && depth > near && depth < far && within(depth)) return shade(depth, 0.68);
  return undefined;
}
