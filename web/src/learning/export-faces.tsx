import { useState } from 'preact/hooks';
import { ExportProgress } from '../exports/export-progress.tsx';
import { useExportJob } from '../exports/use-export-job.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { saveFile } from '../widgets/save-file.ts';
import type { LearningProps } from './learning-facts.tsx';

/** Characters of a reason, as the gateway takes them. */
const [shortest, longest] = [3, 1000];

/** Saves the faces as a file, for those who hold the right to. */
export function ExportFaces({ learning }: LearningProps) {
  const { session } = useDashboard();
  const [open, setOpen] = useState(false);
  if (!mayAs(session, 'admin')) return null;
  if (!session.scopes.includes('learning:export')) {
    return <p class="field-hint">{t('learning.exportScope')}</p>;
  }
  return (
    <div class="button-row">
      <Button disabled={learning.pictures === 0} onClick={() => setOpen(true)}>
        {t('learning.export')}
      </Button>
      {open && <ExportDialog onClose={() => setOpen(false)} />}
    </div>
  );
}

function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { client } = useDashboard();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<string>();
  const exporting = useMutation();
  const job = useExportJob(client);
  const short = reason.trim().length < shortest;

  async function save(): Promise<void> {
    const made = await job.make(() => client.startLearningExport(reason.trim()));
    if (made === undefined) return;
    saveFile(made.file);
    setSaved(made.file.name);
  }

  return (
    <Dialog title={t('learning.exportTitle')} onClose={onClose}>
      <form
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (short) event.currentTarget.querySelector('textarea')?.focus();
          else if (saved === undefined) void exporting.run(save);
        }}
      >
        <p>{t('learning.exportNote')}</p>
        <p class="learning-outside">{t('learning.exportOutside')}</p>
        <TextArea
          label={t('search.reason')}
          hint={t('learning.exportReasonHint')}
          error={tried && short ? t('forms.tooShort', { count: shortest }) : undefined}
          rows={3}
          value={reason}
          maxLength={longest}
          dir="auto"
          aria-required="true"
          disabled={exporting.busy || saved !== undefined}
          onValue={setReason}
        />
        <Failure error={exporting.error} />
        {exporting.busy && (
          <ExportProgress progress={job.progress} pictures="learning.exportPeople" />
        )}
        {saved !== undefined && (
          <p class="done" role="status">
            {t('learning.exported', { name: saved })}
          </p>
        )}
        <div class="button-row">
          {exporting.busy && (
            <Button look="quiet" onClick={job.cancel}>
              {t('shell.cancel')}
            </Button>
          )}
          {saved === undefined ? (
            <Button type="submit" action="confirm" disabled={exporting.busy}>
              {t(exporting.busy ? 'watchlists.exporting' : 'learning.exportMake')}
            </Button>
          ) : (
            <Button action="confirm" onClick={onClose}>
              {t('watchlists.done')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
