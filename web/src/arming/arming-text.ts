import type { Arming } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

/** How it stands, why, and until when, in a sentence. */
export function armingSentence({ armed, by, cause, since, until }: Arming): string {
  if (cause === 'none') return t('arming.none');
  const state = t(armed ? 'arming.armed' : 'arming.disarmed');
  const values = {
    state,
    name: by ?? '',
    since: since === null ? '' : formatDateTime(since),
    until: until === null ? '' : formatDateTime(until),
  };
  return t(`arming.${cause}_${until === null ? 'open' : 'until'}`, values);
}

/** In a few words: the time alone where it is near. */
export function armingLabel({ armed, until }: Arming, now: number): string {
  if (armed) return t('arming.armed');
  if (until === null) return t('arming.disarmed');
  const time = until - now < 12 * 3_600_000 ? formatTime(until) : formatDateTime(until);
  return t('arming.disarmedUntil', { until: time });
}
