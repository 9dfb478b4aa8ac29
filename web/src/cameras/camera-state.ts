import type { CameraStatus } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

export const stateTones: Record<CameraStatus['state'], 'busy' | 'good' | 'warn' | 'bad' | 'idle'> =
  {
    connecting: 'busy',
    live: 'good',
    stalled: 'warn',
    backoff: 'warn',
    unauthorized: 'bad',
    failed: 'bad',
    scheduled_off: 'idle',
    stopped: 'idle',
  };

export function stateLabel(state: CameraStatus['state']): string {
  return t(`wall.state_${state}`);
}

/** Codec, size and rate of a camera's own stream. */
export function streamFacts({ video, framesPerSecond, reconnects }: CameraStatus): string {
  return [
    video === undefined ? '' : `${video.codec.toUpperCase()} ${video.width}×${video.height}`,
    framesPerSecond === undefined ? '' : t('wall.rate', { rate: formatNumber(framesPerSecond, 1) }),
    reconnects > 0 ? t('wall.reconnects', { count: reconnects }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What the decoder runs on. */
export function decoding({ video }: CameraStatus): string | undefined {
  if (video?.decoder === undefined) return undefined;
  return video.decoder === 'software'
    ? t('wall.decodedInSoftware')
    : t('wall.decodedOn', { device: video.decoder });
}

/** A length of time in its largest units: 4 s, 2 min 5 s, 3 h 20 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return t('wall.seconds', { seconds });
  if (hours === 0) return t('wall.minutes', { minutes, seconds: seconds % 60 });
  return t('wall.hours', { hours, minutes: minutes % 60 });
}
