import { useState } from 'preact/hooks';
import type { EnrolledImage, Person } from '../../../src/client/nightglass-client.ts';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { EnrolledPicture } from '../widgets/enrolled-picture.tsx';
import { flagText } from './enrol-warnings.tsx';

export interface EnrolledImagesProps {
  readonly person: Person;
  readonly onChanged: () => void;
}

/** The pictures by which a person is found. */
export function EnrolledImages({ person, onChanged }: EnrolledImagesProps) {
  const { client, session } = useDashboard();
  const [removing, setRemoving] = useState<EnrolledImage>();
  const mayChange = mayAs(session, 'admin');
  if (person.images.length === 0) {
    return <p class="failure">{t('watchlists.noPictures')}</p>;
  }
  return (
    <>
      <ul class="face-grid">
        {person.images.map((image, i) => (
          <li key={image.templateId} class="enrolled-image">
            <EnrolledPicture
              personId={person.id}
              templateId={image.templateId}
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
              <Button
                look="link"
                aria-label={t('watchlists.removeNumber', { number: i + 1 })}
                onClick={() => setRemoving(image)}
              >
                {t('forms.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {removing !== undefined && (
        <ConfirmDialog
          title={t('watchlists.removePictureTitle')}
          confirmLabel={t('forms.remove')}
          onConfirm={async () => {
            await client.removeEnrolledImage(person.id, removing.templateId);
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
