import type { CameraProfile } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';
import { hotPixels } from './profile-figures.ts';

const [width, height] = [560, 280];
const room = { left: 46, bottom: 36, top: 12, right: 12 };
const ticks = [0, 64, 128, 192, 255];

/** The variance of parts of like level, and the line that follows. */
export function TransferChart({ profile }: { readonly profile: CameraProfile }) {
  const { gain, points, read } = profile.measured.transfer;
  const most = Math.max(1, gain * 255 + read ** 2, ...points.map((each) => each.variance)) * 1.05;
  const x = (level: number) => room.left + (level / 255) * (width - room.left - room.right);
  const y = (variance: number) =>
    height - room.bottom - (variance / most) * (height - room.bottom - room.top);
  const number = (value: number) => formatNumber(value, value >= 10 ? 0 : 2);
  return (
    <figure>
      <figcaption>{t('profile.transfer')}</figcaption>
      <svg
        class="profile-transfer"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t('profile.transferLabel', { gain: number(gain), read: number(read ** 2) })}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line
              x1={room.left}
              x2={width - room.right}
              y1={y(most * share)}
              y2={y(most * share)}
            />
            <text x={room.left - 6} y={y(most * share) + 4} text-anchor="end">
              {number(most * share)}
            </text>
          </g>
        ))}
        {ticks.map((level) => (
          <text key={level} x={x(level)} y={height - 20} text-anchor="middle">
            {level}
          </text>
        ))}
        <text x={width / 2} y={height - 4} text-anchor="middle">
          {t('profile.level')}
        </text>
        <line
          class="profile-line"
          x1={x(0)}
          y1={y(read ** 2)}
          x2={x(255)}
          y2={y(gain * 255 + read ** 2)}
        />
        {points.map(({ level, tiles, variance }) => (
          <circle
            key={level}
            cx={x(level)}
            cy={y(variance)}
            r={Math.min(9, 2 + Math.sqrt(tiles) / 4)}
          />
        ))}
      </svg>
      <p class="muted">{t('profile.transferText')}</p>
    </figure>
  );
}

/** Where hot pixels stand. */
export function HotPixels({ profile }: { readonly profile: CameraProfile }) {
  const { fixed, height: tall, width: wide } = profile.measured;
  const words = t('profile.hotText', {
    count: formatNumber(hotPixels(profile)),
    width: wide,
    height: tall,
  });
  return (
    <figure>
      <figcaption>{t('profile.hotTitle')}</figcaption>
      <svg class="profile-hot" viewBox={`0 0 ${wide} ${tall}`} role="img" aria-label={words}>
        {fixed.hot.map(({ x, y }) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r={wide / 130} />
        ))}
      </svg>
      <p class="muted">{words}</p>
    </figure>
  );
}

interface PatternPictureProps {
  readonly id: string;
  readonly source: () => Promise<Blob>;
}

/** The fixed pattern, amplified. */
export function PatternPicture({ id, source }: PatternPictureProps) {
  return (
    <figure>
      <figcaption>{t('profile.patternTitle')}</figcaption>
      <Picture class="profile-pattern" alt={t('profile.patternTitle')} id={id} source={source} />
      <p class="muted">{t('profile.patternText')}</p>
    </figure>
  );
}
