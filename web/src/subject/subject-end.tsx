import { ExportProgress } from '../exports/export-progress.tsx';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import type { SavedPart, useSubjectParts } from './use-subject-parts.ts';

export interface SubjectEndProps {
  readonly parts: ReturnType<typeof useSubjectParts>;
  readonly onClose: () => void;
}

/** What was done last, what is being done, and what may be done next. */
export function SubjectEnd({ parts, onClose }: SubjectEndProps) {
  const { count, isAll, isReady, making, number, saved } = parts;
  return (
    <div class="subject-end stack">
      <p role="status">{saidOf(saved, isAll)}</p>
      <Failure error={making.error} />
      {making.busy && <ExportProgress progress={parts.progress} />}
      <div class="button-row">
        {making.busy && (
          <Button look="quiet" onClick={parts.cancel}>
            {t('shell.cancel')}
          </Button>
        )}
        {isAll ? (
          <Button action="confirm" onClick={onClose}>
            {t('watchlists.done')}
          </Button>
        ) : (
          <Button type="submit" action="confirm" disabled={making.busy || !isReady}>
            {making.busy ? t('subject.making', { number }) : t('subject.make', { number, count })}
          </Button>
        )}
      </div>
    </div>
  );
}

function saidOf(parts: readonly SavedPart[], isAll: boolean): string {
  const last = parts.at(-1);
  if (isAll) return t('subject.allMade');
  return last === undefined ? '' : savedText(last);
}

/** The files that were saved so far. */
export function SavedParts({ parts }: { readonly parts: readonly SavedPart[] }) {
  const withheld = parts.reduce((sum, part) => sum + part.withheld, 0);
  return (
    <>
      {parts.map((part) => (
        <p key={part.number} class="done">
          {savedText(part)}
        </p>
      ))}
      {withheld > 0 && (
        <p class="failure" role="alert">
          {t('alerts.exportWithheld', { count: withheld })}
        </p>
      )}
    </>
  );
}

const savedText = ({ name, number }: SavedPart): string => t('subject.saved', { number, name });
