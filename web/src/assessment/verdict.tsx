import { formatNumber, formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { componentKey } from '../widgets/quality-names.ts';
import { type Assessment, measureValue } from './measure-value.ts';

const tones = { alerts: 'good', review: 'warn', unusable: 'bad', unseen: 'idle' } as const;

/** What the camera can be used for, by the evaluation's figures. */
export function Verdict({ assessment }: { readonly assessment: Assessment }) {
  const { use, preliminary, evaluated, medianDistance, expected, tracks, usable, pooled } =
    assessment;
  return (
    <section class="panel assessment-verdict" aria-labelledby="verdict-title" data-use={use}>
      <h2 id="verdict-title">{t('assessment.verdict')}</h2>
      <p class="assessment-use" data-tone={tones[use]}>
        {t(`assessment.use_${use}`)}
      </p>
      <p>{t(`assessment.useText_${use}`)}</p>
      {expected !== null && preliminary && (
        <p class="assessment-preliminary">{t('assessment.preliminary')}</p>
      )}
      {expected !== null && (
        <ul class="assessment-sentences">
          <li>{t('assessment.distance', { pixels: measureValue(medianDistance, 'px') })}</li>
          <li>
            {t('assessment.expectedTpir', {
              ...hundreds(expected.tpir),
              searches: Math.round(1 / assessment.figures.fpir),
            })}
          </li>
          <li>{t('assessment.expectedRank1', hundreds(expected.rank1))}</li>
          <li>{t('assessment.usable', { usable, tracks, pooled })}</li>
        </ul>
      )}
      {!evaluated && <p class="assessment-preliminary">{t('assessment.otherRecogniser')}</p>}
      <Reasons unusable={assessment.unusable} />
      <Facts assessment={assessment} />
    </section>
  );
}

type Expected = NonNullable<Assessment['expected']>;

/** Shares as people of 100. */
function hundreds({ value, low, high }: Expected['tpir']) {
  const of = (share: number) => Math.round(share * 100);
  return { count: of(value), low: of(low), high: of(high) };
}

function Reasons({ unusable }: Pick<Assessment, 'unusable'>) {
  const reasons = Object.entries(unusable).toSorted(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  return (
    <div>
      <h3>{t('assessment.unusable')}</h3>
      <dl class="counts">
        {reasons.map(([reason, count]) => (
          <div key={reason}>
            <dt>{reasonName(reason)}</dt>
            <dd>{formatNumber(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function reasonName(reason: string): string {
  if (reason === 'not_a_face') return t('assessment.notFace');
  const key = componentKey(reason);
  return key === undefined ? reason : t(`quality.${key}`);
}

function Facts({ assessment: { seconds, frames, faces, tracks } }: { assessment: Assessment }) {
  const facts = [
    ['looked', formatSpan(seconds * 1_000)],
    ['frames', formatNumber(frames)],
    ['faces', formatNumber(faces)],
    ['people', formatNumber(tracks)],
  ] as const;
  return (
    <dl class="list-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`assessment.fact_${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
