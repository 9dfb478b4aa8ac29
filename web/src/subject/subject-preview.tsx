import type { SubjectPreview as Preview } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { leftOutOf, type SubjectDraft } from './subject-draft.ts';
import { SubjectItems } from './subject-items.tsx';

export interface SubjectPreviewProps {
  readonly preview: Preview;
  /** The part that it is of. */
  readonly number: number;
  readonly draft: SubjectDraft;
  readonly onChange: (changes: Partial<SubjectDraft>) => void;
  readonly tried: boolean;
  readonly disabled: boolean;
  readonly mayTemplates: boolean;
}

/** What a part will hold and what not, with what may be kept back of it. */
export function SubjectPreview(props: SubjectPreviewProps) {
  const { preview, number, draft, mayTemplates } = props;
  const { alerts, parts, siteAlerts, sightings, totals } = preview;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const here: [string, number][] = [
    [t('subject.alerts'), alerts.length],
    [t('subject.sightings'), sightings.length],
    ...(siteAlerts.length > 0
      ? [[t('subject.siteAlerts'), siteAlerts.length] satisfies [string, number]]
      : []),
    [t('subject.pictures'), sum([...alerts, ...sightings].map(({ pictures }) => pictures))],
    [t('subject.clipCount'), sum(alerts.map(({ clips }) => clips))],
  ];
  const leftOut = leftOutOf(preview, draft, mayTemplates);
  return (
    <section class="stack" aria-labelledby="subject-part">
      <h3 id="subject-part">{t('subject.part', { number, count: number + parts - 1 })}</h3>
      {parts + number > 2 && (
        <p class="muted">
          {t('subject.totals', {
            ...{ alerts: totals.alerts, sightings: totals.sightings },
            siteAlerts: totals.siteAlerts,
          })}
        </p>
      )}
      <dl class="subject-counts">
        {here.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatNumber(count)}</dd>
          </div>
        ))}
      </dl>
      <LeftOut reasons={leftOut} />
      <SubjectItems {...props} />
    </section>
  );
}

function LeftOut({ reasons }: { readonly reasons: ReturnType<typeof leftOutOf> }) {
  return (
    <section class="subject-left-out" aria-labelledby="subject-left-out">
      <h4 id="subject-left-out">{t('subject.leftOut')}</h4>
      {reasons.length === 0 && <p class="muted">{t('subject.nothingLeftOut')}</p>}
      <ul>
        {reasons.map(([reason, count]) => (
          <li key={reason}>
            {t(`subject.reason_${reason}`)}: <b>{formatNumber(count)}</b>
          </li>
        ))}
      </ul>
      <p class="muted">{t('subject.leftOutNote')}</p>
    </section>
  );
}
