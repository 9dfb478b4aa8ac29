import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';

/** Components that speak of coverings, by their key in texts. */
const worn = {
  NoMask: 'alerts.covered_mask',
  NoDarkGlasses: 'alerts.covered_darkGlasses',
  NoHeadCoverings: 'alerts.covered_headwear',
} as const;

/** What covers a pictured face, in words; the figures stand among the quality components. */
export function coveredWords(components: Alert['components']): string[] {
  const found = new Set(components?.filter(({ ok }) => !ok).map(({ name }) => name));
  const words = Object.entries(worn).flatMap(([name, key]) => (found.has(name) ? [t(key)] : []));
  // A hand or a telephone is none of these, and hides as much.
  if (found.has('MouthOcclusionPrevention') && !found.has('NoMask')) {
    words.push(t('alerts.covered_lower'));
  }
  if (found.has('EyesVisible') && !found.has('NoDarkGlasses'))
    words.push(t('alerts.covered_upper'));
  return words;
}

/** Says what hides a part of the recorded face; nothing where it is free. */
export function CoveredNote({ alert }: { alert: Pick<Alert, 'components'> }) {
  const words = coveredWords(alert.components);
  if (words.length === 0) return null;
  return (
    <p class="match-covered">
      <strong>{words.join(' · ')}</strong>
      <span class="muted"> · {t('alerts.coveredCare')}</span>
    </p>
  );
}
