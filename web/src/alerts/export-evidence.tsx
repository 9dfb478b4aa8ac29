import { useState } from 'preact/hooks';
import type { ChosenEvidence } from '../../../src/client/nightglass-client.ts';
import { ExportProgress } from '../exports/export-progress.tsx';
import { useExportJob } from '../exports/use-export-job.ts';
import { VerifyNote } from '../exports/verify-note.tsx';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { saveFile } from '../widgets/save-file.ts';

/** Characters of a reason, and alerts of a case, as the gateway takes them. */
const [shortest, longest] = [3, 1000];
const most = 20;

export interface ExportEvidenceProps {
  readonly alertIds: readonly string[];
  /** Sightings in recorded footage. */
  readonly footage?: ChosenEvidence['footage'];
  /** Default: that evidence is exported. */
  readonly label?: string;
}

/** Saves alerts and sightings as one signed case, for a reason that goes on record. */
export function ExportEvidence({ label, ...chosen }: ExportEvidenceProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="link" onClick={() => setOpen(true)}>
        {label ?? t('alerts.exportEvidence')}
      </Button>
      {open && <ExportDialog {...chosen} onClose={() => setOpen(false)} />}
    </>
  );
}

interface ExportDialogProps extends Omit<ExportEvidenceProps, 'label'> {
  readonly onClose: () => void;
}

function ExportDialog({ alertIds, footage = [], onClose }: ExportDialogProps) {
  const { client, session } = useDashboard();
  const [reason, setReason] = useState('');
  const [clips, setClips] = useState(false);
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<SavedCase>();
  const exporting = useMutation();
  const job = useExportJob(client);
  const short = reason.trim().length < shortest;
  const tooMany = alertIds.length > most;
  const fixed = saved !== undefined || exporting.busy;

  async function save(): Promise<void> {
    const faces = shown ? 'shown' : 'blurred';
    const chosen = { alerts: alertIds, footage };
    const made = await job.make(() => client.startExport(chosen, reason.trim(), clips, faces));
    if (made === undefined) return;
    saveFile(made.file);
    setSaved({ name: made.file.name, withheld: made.withheld });
  }

  return (
    <Dialog title={t('alerts.exportTitle')} onClose={onClose}>
      <form
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (short) event.currentTarget.querySelector('textarea')?.focus();
          else if (saved === undefined && !tooMany) void exporting.run(save);
        }}
      >
        <p>{t(footage.length === 0 ? 'alerts.exportNote' : 'footage.exportNote')}</p>
        {tooMany && (
          <p class="failure" role="alert">
            {t('alerts.exportTooMany', { count: most })}
          </p>
        )}
        <TextArea
          label={t('search.reason')}
          hint={t('alerts.exportReasonHint')}
          error={tried && short ? t('forms.tooShort', { count: shortest }) : undefined}
          rows={3}
          value={reason}
          maxLength={longest}
          dir="auto"
          aria-required="true"
          disabled={fixed}
          onValue={setReason}
        />
        <Check checked={clips} disabled={fixed} onChecked={setClips}>
          {t(footage.length === 0 ? 'alerts.exportClips' : 'footage.exportClips')}
        </Check>
        {mayAs(session, 'admin') && (
          <Check checked={shown} disabled={fixed} onChecked={setShown}>
            {t('alerts.exportShown')}
          </Check>
        )}
        <Failure error={exporting.error} />
        {exporting.busy && <ExportProgress progress={job.progress} />}
        {saved !== undefined && <Saved {...saved} />}
        <VerifyNote />
        <ExportButtons
          state={exporting.busy ? 'busy' : saved === undefined ? 'asking' : 'saved'}
          disabled={tooMany}
          onCancel={job.cancel}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

interface ExportButtonsProps {
  readonly state: 'asking' | 'busy' | 'saved';
  readonly disabled: boolean;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

function ExportButtons({ state, disabled, onCancel, onClose }: ExportButtonsProps) {
  return (
    <div class="button-row">
      {state === 'busy' && (
        <Button look="quiet" onClick={onCancel}>
          {t('shell.cancel')}
        </Button>
      )}
      {state === 'saved' ? (
        <Button action="confirm" onClick={onClose}>
          {t('watchlists.done')}
        </Button>
      ) : (
        <Button type="submit" action="confirm" disabled={state === 'busy' || disabled}>
          {t(state === 'busy' ? 'watchlists.exporting' : 'watchlists.export')}
        </Button>
      )}
    </div>
  );
}

interface SavedCase {
  readonly name: string;
  /** Clips that are not in it. */
  readonly withheld: number;
}

function Saved({ name, withheld }: SavedCase) {
  return (
    <>
      <p class="done" role="status">
        {t('alerts.exported', { name })}
      </p>
      {withheld > 0 && (
        <p class="failure" role="alert">
          {t('alerts.exportWithheld', { count: withheld })}
        </p>
      )}
    </>
  );
}
