import type { CameraProfile } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

/** A figure of a profile: how it is written, and what it means for faces. */
export interface ProfileFigure {
  readonly name: string;
  readonly value: (profile: CameraProfile) => string;
  readonly meaning: (profile: CameraProfile) => TextKey | undefined;
}

/** Noise of a part of so much light, grey values. */
function noiseAt({ measured: { transfer } }: CameraProfile, level: number): number {
  return Math.sqrt(transfer.gain * level + transfer.read ** 2);
}

const two = (value: number) => formatNumber(value, Math.abs(value) >= 10 ? 0 : 2);

/**
 * Each figure, in the order of the page. The limits of much noise, of bits a pixel and of the frame
 * rate are those of `src/domain/assessment/limits.ts` (a test compares them), noise at level 64 here
 * and on faces there. It has none for the others, or another measure: those here are rules of thumb.
 */
export const figures: readonly ProfileFigure[] = [
  {
    name: 'picture',
    value: ({ video: { width, height } }) => t('profile.v_picture', { width, height }),
    meaning: () => undefined,
  },
  {
    name: 'light',
    value: ({ infrared }) => t(infrared ? 'profile.v_infrared' : 'profile.v_colour'),
    meaning: ({ infrared }) => (infrared ? 'profile.m_infrared' : 'profile.m_fine'),
  },
  {
    name: 'noise',
    value: (profile) => [32, 128].map((level) => two(noiseAt(profile, level))).join(' / '),
    meaning: (profile) => {
      const noise = noiseAt(profile, 64);
      if (noise > 7) return 'profile.m_noiseMuch';
      return noise > 4 ? 'profile.m_noiseSome' : 'profile.m_fine';
    },
  },
  {
    name: 'rowNoise',
    value: ({ measured }) => two(measured.rowNoise),
    meaning: ({ measured }) => (measured.rowNoise > 1 ? 'profile.m_noiseSome' : 'profile.m_fine'),
  },
  {
    name: 'grain',
    value: ({ noise: { grain } }) =>
      grain === 0 ? t('profile.v_none') : t('profile.v_pixels', { value: two(grain) }),
    meaning: ({ noise: { grain } }) => (grain > 0.6 ? 'profile.m_grain' : 'profile.m_fine'),
  },
  {
    name: 'pattern',
    value: ({ measured: { fixed } }) => [fixed.column, fixed.row, fixed.pixel].map(two).join(' / '),
    meaning: ({ measured: { fixed } }) =>
      Math.hypot(fixed.column, fixed.row, fixed.pixel) > 1 ? 'profile.m_pattern' : 'profile.m_fine',
  },
  {
    name: 'hot',
    value: (profile) => formatNumber(hotPixels(profile)),
    meaning: ({ noise: { hot } }) => (hot > 1e-4 ? 'profile.m_hot' : 'profile.m_fine'),
  },
  {
    name: 'blur',
    value: ({ blur }) =>
      blur === null ? t('profile.v_unknown') : t('profile.v_pixels', { value: two(blur) }),
    meaning: ({ blur }) => {
      if (blur === null) return 'profile.m_blurUnknown';
      if (blur > 2.5) return 'profile.m_blurMuch';
      return blur > 1.3 ? 'profile.m_blurSome' : 'profile.m_fine';
    },
  },
  { name: 'coding', value: coding, meaning: codingMeaning },
  {
    name: 'frameRate',
    value: ({ frameRate: { mean, missing } }) =>
      t('profile.v_rate', { value: formatNumber(mean, 1), missing: formatPercent(missing) }),
    meaning: ({ frameRate: { mean, missing } }) => {
      if (missing > 0.05) return 'profile.m_missing';
      return mean < 5 ? 'profile.m_rate' : 'profile.m_fine';
    },
  },
];

/** Hot pixels in the part that was looked at. */
export function hotPixels({ measured }: CameraProfile): number {
  return Math.round(measured.fixed.hotShare * measured.width * measured.height);
}

function coding({ grid, quantiser, bitsPerPixel }: CameraProfile): string {
  const parts = [
    ...(grid === null ? [] : [t('profile.v_grid', { side: grid.side })]),
    ...(quantiser === null ? [] : [t('profile.v_quantiser', { value: two(quantiser) })]),
    ...(bitsPerPixel === null ? [] : [t('profile.v_bits', { value: two(bitsPerPixel) })]),
  ];
  return parts.length === 0 ? t('profile.v_unknown') : parts.join(', ');
}

function codingMeaning({ grid, quantiser, bitsPerPixel }: CameraProfile): TextKey {
  const costs =
    (grid !== null && grid.strength > 1.3) ||
    (quantiser !== null && quantiser > 32) ||
    (bitsPerPixel !== null && bitsPerPixel < 0.02);
  return costs ? 'profile.m_coding' : 'profile.m_fine';
}
