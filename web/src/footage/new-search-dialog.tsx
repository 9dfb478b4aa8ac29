import { useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { timeZone } from '../i18n/time-zone.ts';
import { momentOf } from '../i18n/zoned-time.ts';
import { Button } from '../kit/button.tsx';
import { Check, Choices } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea, TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { FolderPicker } from './folder-picker.tsx';

export interface NewSearchDialogProps {
  readonly onAsked: (id: string) => void;
  readonly onClose: () => void;
}

interface Draft {
  readonly paths: readonly string[];
  readonly lists: readonly string[];
  readonly reason: string;
  readonly begins: string;
  readonly quick: boolean;
}

const nothing: Draft = { paths: [], lists: [], reason: '', begins: '', quick: false };

function asksForTwo(usable: readonly Watchlist[], { lists }: Draft): boolean {
  return usable.some(({ id, twoPersonReview }) => twoPersonReview && lists.includes(id));
}

function faultsOf({ paths, lists, reason }: Draft) {
  return {
    paths: paths.length === 0 ? t('footage.needPath') : undefined,
    lists: lists.length === 0 ? t('footage.needList') : undefined,
    reason: reason.trim().length < 3 ? t('footage.needReason') : undefined,
  };
}

/** What is searched, for which lists, and why. */
export function NewSearchDialog({ onAsked, onClose }: NewSearchDialogProps) {
  const { client } = useDashboard();
  const [draft, setDraft] = useState(nothing);
  const [tried, setTried] = useState(false);
  const lists = useQuery(() => client.watchlists(), [client]);
  const action = useMutation();
  const usable = (lists.value ?? []).filter(
    ({ inForce, uses }) => inForce && uses.includes('footage'),
  );
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const faults = faultsOf(draft);
  const needsSecond = asksForTwo(usable, draft);

  async function ask(): Promise<void> {
    setTried(true);
    if (Object.values(faults).some((fault) => fault !== undefined)) return;
    const { paths, lists: chosen, reason, begins, quick } = draft;
    const beginsAt = momentOf(begins, timeZone.peek()) ?? null;
    await action.run(async () => {
      const job = await client.searchFootage({ paths, lists: chosen, reason, beginsAt, quick });
      onAsked(job.id);
    });
  }

  return (
    <Dialog title={t('footage.newTitle')} size="wide" onClose={onClose}>
      <form
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <div class="two-columns">
          <FolderPicker
            chosen={draft.paths}
            error={tried ? faults.paths : undefined}
            onChange={(paths) => change({ paths })}
          />
          <div class="stack">
            <ListChoice
              lists={usable}
              isLoaded={lists.value !== undefined}
              chosen={draft.lists}
              error={tried ? faults.lists : undefined}
              onChange={(chosen) => change({ lists: chosen })}
            />
            <TextArea
              label={t('footage.reason')}
              hint={t('footage.reasonHint')}
              error={tried ? faults.reason : undefined}
              value={draft.reason}
              maxLength={1000}
              rows={3}
              onValue={(reason) => change({ reason })}
            />
            <WhenAndHow draft={draft} onChange={change} />
          </div>
        </div>
        {needsSecond && <p class="footage-note">{t('footage.secondNote')}</p>}
        <Failure error={lists.error ?? action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {action.busy ? t('footage.starting') : t(needsSecond ? 'footage.ask' : 'footage.start')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface WhenAndHowProps {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

function WhenAndHow({ draft: { begins, quick }, onChange }: WhenAndHowProps) {
  return (
    <>
      <TextField
        label={t('footage.begins')}
        hint={t('footage.beginsHint')}
        type="datetime-local"
        step={1}
        value={begins}
        onValue={(value) => onChange({ begins: value })}
      />
      <div>
        <Check checked={quick} onChecked={(on) => onChange({ quick: on })}>
          {t('footage.quick')}
        </Check>
        <p class="field-hint">{t('footage.quickHint')}</p>
      </div>
    </>
  );
}

interface ListChoiceProps {
  readonly lists: readonly Watchlist[];
  readonly isLoaded: boolean;
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

function ListChoice({ lists, isLoaded, chosen, error, onChange }: ListChoiceProps) {
  return (
    <Choices legend={t('footage.lists')} error={error}>
      {isLoaded && lists.length === 0 && <p class="field-hint">{t('footage.listsNone')}</p>}
      {lists.map(({ id, name, twoPersonReview }) => (
        <Check
          key={id}
          checked={chosen.includes(id)}
          onChecked={(on) => onChange(on ? [...chosen, id] : chosen.filter((each) => each !== id))}
        >
          <span dir="auto">{twoPersonReview ? t('footage.listTwo', { name }) : name}</span>
        </Check>
      ))}
    </Choices>
  );
}
