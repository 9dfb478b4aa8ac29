import type { NoiseProfile } from '../domain/camera-noise/noise-profile.ts';

/** The profile for a terminal, in grey values of 0..255. */
export function profileText(profile: NoiseProfile): string {
  return `${[`${profile.source}: noise of ${profile.measured.pictures} pictures`, '', ...profileRows(profile).map(([name, value]) => `  ${name.padEnd(22)} ${value}`)].join('\n')}\n`;
}

/** What is measured, by name. */
export function profileRows(profile: NoiseProfile): (readonly [name: string, value: string])[] {
  const { blur, colour, frameRate, grid, infrared, measured, video } = profile;
  const { fixed, rowNoise, transfer } = measured;
  const { least, most } = reachOf(profile);
  return [
    [
      'picture',
      `${video.width}x${video.height}, ${figure(frameRate.mean)} a second, interval off by ${figure(frameRate.jitterMs)} ms, ${percent(frameRate.missing)} missing`,
    ],
    [
      'light',
      infrared
        ? `monochrome: infrared or black and white (colour ${figure(colour)})`
        : `colour (${figure(colour)})`,
    ],
    [
      'noise',
      `variance ${figure(transfer.gain)} x level + ${figure(transfer.read ** 2)}: ${figure(Math.sqrt(transfer.gain * 32 + transfer.read ** 2))} at level 32, ${figure(Math.sqrt(transfer.gain * 128 + transfer.read ** 2))} at 128 (levels ${least} to ${most} were seen)`,
    ],
    ['noise of rows', figure(rowNoise)],
    [
      'grain',
      profile.noise.grain === 0
        ? 'none: pixels are independent'
        : `${figure(profile.noise.grain)} pixels: smoothed by the camera or its coding`,
    ],
    [
      'fixed pattern',
      `columns ${figure(fixed.column)}, rows ${figure(fixed.row)}, pixels ${figure(fixed.pixel)}`,
    ],
    [
      'hot pixels',
      `${Math.round(fixed.hotShare * measured.width * measured.height)} (${(fixed.hotShare * 1e6).toFixed(0)} in a million)`,
    ],
    ['blur', blurOf(blur)],
    ['coding', codingOf(profile, grid)],
    ['left out as moving', percent(measured.moved)],
  ];
}

function blurOf(blur: number | null): string {
  if (blur === null) return 'unknown: too few straight edges';
  if (blur < 0.1) return 'none: edges are sharper than a lens draws them, the camera sharpens';
  return `${figure(blur)} pixels, of the sharpest edges`;
}

function codingOf({ bitsPerPixel, quantiser }: NoiseProfile, grid: NoiseProfile['grid']): string {
  return [
    grid === null
      ? 'no grid seen'
      : `grid of ${grid.side} pixels, steps ${figure(grid.strength)} times the others`,
    ...(quantiser === null ? [] : [`quantiser ${figure(quantiser)}`]),
    ...(bitsPerPixel === null ? [] : [`${figure(bitsPerPixel)} bits a pixel`]),
  ].join(', ');
}

function reachOf({ measured }: NoiseProfile): { least: number; most: number } {
  const levels = measured.transfer.points.map(({ level }) => level);
  return { least: Math.round(Math.min(...levels)), most: Math.round(Math.max(...levels)) };
}

export function figure(value: number): string {
  return value === 0 ? '0' : value.toPrecision(Math.abs(value) >= 100 ? 4 : 3);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
