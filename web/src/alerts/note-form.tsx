import { useState } from 'preact/hooks';
import type { AlertRecord } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface NoteFormProps {
  readonly alertId: string;
  readonly onNoted: (record: AlertRecord) => void;
}

/** Characters that the gateway takes. */
const longest = 2000;

/** Writes a note on an alert. */
export function NoteForm({ alertId, onNoted }: NoteFormProps) {
  const { client } = useDashboard();
  const [text, setText] = useState('');
  const action = useMutation();
  const ready = text.trim() !== '';
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        void action.run(async () => {
          onNoted(await client.addNote(alertId, text.trim()));
          setText('');
        });
      }}
    >
      <TextArea
        label={t('alerts.note')}
        value={text}
        rows={2}
        maxLength={longest}
        dir="auto"
        onValue={setText}
      />
      {ready && (
        <Button type="submit" disabled={action.busy}>
          {t('alerts.noteAdd')}
        </Button>
      )}
      <Failure error={action.error} />
    </form>
  );
}
