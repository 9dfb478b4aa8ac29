import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { SelectField } from '../kit/field.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import type { PictureSource } from './enrol-picture.ts';
import { NewPersonDialog } from './new-person-dialog.tsx';
import './watchlists.css';

export interface EnrolFaceDialogProps {
  /** The face: what it is called, where it is an alert's. */
  readonly source: PictureSource & { readonly name?: string };
  readonly onClose: () => void;
}

/** Enrols a face that was seen: on which list, and who it is. */
export function EnrolFaceDialog({ source, onClose }: EnrolFaceDialogProps) {
  const { watchlists } = useDashboard();
  const lists = watchlists.value.filter(({ inForce }) => inForce);
  const [chosen, setChosen] = useState(lists[0]?.id ?? '');
  const [going, setGoing] = useState(lists.length === 1);
  const list = lists.find(({ id }) => id === chosen);
  if (going && list !== undefined) {
    return (
      <NewPersonDialog list={list} first={source} onEnrolled={() => undefined} onClose={onClose} />
    );
  }
  return (
    <Dialog title={t('watchlists.enrolFace')} onClose={onClose}>
      {lists.length === 0 ? (
        <p class="dialog-body">{t('watchlists.enrolNoList')}</p>
      ) : (
        <form
          class="dialog-body stack"
          onSubmit={(event) => {
            event.preventDefault();
            setGoing(true);
          }}
        >
          <SelectField
            label={t('watchlists.enrolOnList')}
            value={chosen}
            options={lists.map(({ id, name }) => ({ value: id, label: name }))}
            onValue={setChosen}
          />
          <div class="button-row">
            <Button type="submit" action="confirm">
              {t('watchlists.enrolGoOn')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
