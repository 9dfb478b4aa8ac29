import { useState } from 'preact/hooks';
import type { LookAlike, Person } from '../../../src/client/nightglass-client.ts';
import { formatDate, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { href } from '../page/route.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';

export interface LookAlikesProps {
  readonly person: Person;
  readonly onChanged: () => void;
}

/** Faces of dismissed alerts that are not this person: a face like them alerts only above their score. */
export function LookAlikes({ person, onChanged }: LookAlikesProps) {
  const { client, session } = useDashboard();
  const [removing, setRemoving] = useState<LookAlike>();
  const mayChange = mayAs(session, 'reviewer');
  if (person.lookAlikes.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="look-alikes-title">
      <h3 id="look-alikes-title">{t('watchlists.lookAlikes')}</h3>
      <p class="muted">{t('watchlists.lookAlikesText', { name: person.name })}</p>
      <ul class="face-grid">
        {person.lookAlikes.map((each, i) => (
          <li key={each.id} class="enrolled-image">
            <EvidencePicture
              alertId={each.alertId}
              kind="face"
              alt={t('watchlists.lookAlikeAlt', { number: i + 1, name: person.name })}
              absent={t('alerts.notKept')}
            />
            <p>
              {t('watchlists.lookAlikeFrom', { value: formatNumber(each.raisedTo, 2) })}
              <br />
              <span class="muted">
                {each.createdBy}, {formatDate(each.createdAt)}
              </span>
            </p>
            <p>
              <a class="link" href={href('alerts', each.alertId)}>
                {t('watchlists.lookAlikeAlert')}
              </a>
            </p>
            {mayChange && (
              <Button
                look="link"
                aria-label={t('watchlists.removeLookAlikeNumber', { number: i + 1 })}
                onClick={() => setRemoving(each)}
              >
                {t('forms.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {removing !== undefined && (
        <ConfirmDialog
          title={t('watchlists.removeLookAlikeTitle')}
          confirmLabel={t('forms.remove')}
          onConfirm={async () => {
            await client.removeLookAlike(person.id, removing.id);
            onChanged();
          }}
          onClose={() => setRemoving(undefined)}
        >
          <p>{t('watchlists.removeLookAlikeText', { name: person.name })}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
