import { useState } from 'preact/hooks';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mayAs } from '../shell/navigation.tsx';
import { ConfirmDialog } from '../widgets/confirm-dialog.tsx';
import { RemotePicture } from '../widgets/remote-picture.tsx';
import { flagText } from './enrol-warnings.tsx';
import type { EnrolledImage, Person } from './wire.ts';

export interface EnrolledImagesProps {
  readonly dashboard: Dashboard;
  readonly person: Person;
  readonly onChanged: () => void;
}

/** The pictures by which a person is found. */
export function EnrolledImages({ dashboard, person, onChanged }: EnrolledImagesProps) {
  const { api, session } = dashboard;
  const [removing, setRemoving] = useState<EnrolledImage>();
  const mayChange = mayAs(session, 'admin');
  if (person.images.length === 0) {
    return <p class="failure">{t('watchlists.noPictures')}</p>;
  }
  const pathOf = ({ templateId }: EnrolledImage) =>
    `/api/people/${encodeURIComponent(person.id)}/images/${encodeURIComponent(templateId)}`;
  return (
    <>
      <ul class="face-grid">
        {person.images.map((image, i) => (
          <li key={image.templateId} class="enrolled-image">
            <RemotePicture
              api={api}
              path={pathOf(image)}
              alt={t('watchlists.pictureAlt', { number: i + 1, name: person.name })}
            />
            <p>
              {t('quality.score', { value: Math.round(image.quality) })}
              <br />
              <span class="muted">{formatDate(image.createdAt)}</span>
            </p>
            {image.flags.length > 0 && (
              <ul class="enrol-warnings">
                {image.flags.map((flag) => (
                  <li key={flag}>{flagText(flag)}</li>
                ))}
              </ul>
            )}
            {mayChange && (
              <button
                type="button"
                class="link"
                aria-label={t('watchlists.removeNumber', { number: i + 1 })}
                onClick={() => setRemoving(image)}
              >
                {t('forms.remove')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {removing !== undefined && (
        <ConfirmDialog
          title={t('watchlists.removePictureTitle')}
          confirmLabel={t('forms.remove')}
          onConfirm={async () => {
            await api.send('DELETE', pathOf(removing));
            onChanged();
          }}
          onClose={() => setRemoving(undefined)}
        >
          <p>
            {t(
              person.images.length === 1
                ? 'watchlists.removeLastPictureText'
                : 'watchlists.removePictureText',
              { name: person.name },
            )}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
