import { formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Appearance } from '../live/appearances.ts';

/** How often a person was seen, and within which time. */
export function seenTimes(appearances: readonly Pick<Appearance, 'capturedAt'>[]): string {
  const first = appearances[0]?.capturedAt ?? 0;
  const last = appearances.at(-1)?.capturedAt ?? 0;
  return t('alerts.seenTimes', { count: appearances.length, span: formatSpan(last - first) });
}
