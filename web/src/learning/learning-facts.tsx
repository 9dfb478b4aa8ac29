import type { Learning } from '../../../src/client/nightglass-client.ts';
import { formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { countText } from './count-text.ts';

export interface LearningProps {
  readonly learning: Learning;
}

/** What the configuration allows, and how much there is now. */
export function LearningFacts({ learning }: LearningProps) {
  const { policy, poorFace, unknown } = learning;
  const { legalBasis, perPerson, pictures, retention } = policy;
  const people = t('learning.people', { count: learning.people });
  const facts: readonly (readonly [string, string])[] = [
    [t('learning.legalBasis'), legalBasis],
    [t('learning.retention'), t('learning.retentionValue', { days: formatSpan(retention) })],
    [t('learning.count'), `${people} · ${countText(learning)}`],
    [t('learning.excludedCount'), t('learning.people', { count: learning.excluded })],
    [t('learning.inExport'), t('learning.inExportValue', { perPerson, pictures })],
    [t('learning.leftOut'), t('learning.leftOutValue', { pixels: poorFace })],
  ];
  return (
    <>
      {unknown.length > 0 && (
        <div class="list-warnings" role="status">
          <p>{t('learning.unknown', { ids: unknown.join(', ') })}</p>
        </div>
      )}
      {!learning.complete && (
        <div class="list-warnings" role="status">
          <p>{t('learning.incomplete')}</p>
        </div>
      )}
      <dl class="panel list-details">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
