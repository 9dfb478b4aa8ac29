import { useState } from 'preact/hooks';
import type { ChosenEvidence } from '../../../src/client/nightglass-client.ts';
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
  const [saved, setSaved] = useState<string>();
  const exporting = useMutation();
  const short = reason.trim().length < shortest;
  const tooMany = alertIds.length > most;

  async function save(): Promise<void> {
    const faces = shown ? 'shown' : 'blurred';
    const chosen = { alerts: alertIds, footage };
    const file = await client.exportEvidence(chosen, reason.trim(), clips, faces);
    saveFile(file);
    setSaved(file.name);
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
          disabled={saved !== undefined}
          onValue={setReason}
        />
        <Check checked={clips} disabled={saved !== undefined} onChecked={setClips}>
          {t(footage.length === 0 ? 'alerts.exportClips' : 'footage.exportClips')}
        </Check>
        {mayAs(session, 'admin') && (
          <Check checked={shown} disabled={saved !== undefined} onChecked={setShown}>
            {t('alerts.exportShown')}
          </Check>
        )}
        <Failure error={exporting.error} />
        {saved !== undefined && (
          <p class="done" role="status">
            {t('alerts.exported', { name: saved })}
          </p>
        )}
        <VerifyNote />
        <div class="button-row">
          {saved === undefined ? (
            <Button type="submit" action="confirm" disabled={exporting.busy || tooMany}>
              {t(exporting.busy ? 'watchlists.exporting' : 'watchlists.export')}
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

function VerifyNote() {
  return (
    <p class="muted">
      <a class="link" href="./verify-case.html" target="_blank" rel="noopener">
        {t('alerts.verifyCase')}
      </a>{' '}
      {t('alerts.verifyCaseNote')}
    </p>
  );
}
