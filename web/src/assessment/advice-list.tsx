import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type Assessment, measureValue } from './measure-value.ts';

type Advice = Assessment['advice'][number];

/** What to change, with what each change would bring. */
export function AdviceList({ assessment }: { readonly assessment: Assessment }) {
  const { advice, medianDistance } = assessment;
  return (
    <section class="panel" aria-labelledby="advice-title">
      <h2 id="advice-title">{t('assessment.advice')}</h2>
      {advice.length === 0 ? (
        <p class="muted">{t('assessment.adviceNone')}</p>
      ) : (
        <ol class="assessment-advice">
          {advice.map((each) => (
            <li key={each.change} data-change={each.change}>
              <strong>{t(`assessment.change_${each.change}`)}</strong>
              {detailsOf(each, medianDistance).map((detail) => (
                <div key={detail} class="muted">
                  {detail}
                </div>
              ))}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function detailsOf({ factor, gain, share }: Advice, median: number | null): string[] {
  const larger = [factor?.alerts, factor?.good].flatMap((times) =>
    times == null || median === null
      ? []
      : [
          t('assessment.larger', {
            times: formatNumber(times, 1),
            pixels: measureValue(Math.round(median * times), 'px'),
          }),
        ],
  );
  const found = Math.round(gain * 100);
  return [
    ...larger,
    ...(found > 0 ? [t('assessment.gain', { count: found })] : []),
    t('assessment.concerns', { share: formatPercent(share) }),
  ];
}
