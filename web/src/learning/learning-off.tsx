import { t } from '../i18n/t.ts';

/** What an administrator writes to take faces for training, and what comes before that. */
export function LearningOff() {
  const example = [
    'learning:',
    `  legalBasis: ${t('learning.offBasis')}`,
    '  retention: 30d',
    '  watchlists: [staff-only]',
  ].join('\n');
  return (
    <section class="panel learning-off" aria-labelledby="learning-off">
      <h2 id="learning-off">{t('learning.off')}</h2>
      <p>{t('learning.offText')}</p>
      <pre class="learning-example">
        <code>{example}</code>
      </pre>
      <p>{t('learning.offBefore')}</p>
    </section>
  );
}
