import type { TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { ApiError } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { Field, type FieldControl } from '../kit/field.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { useMutation } from '../widgets/use-mutation.ts';
import { CameraChoice } from './camera-choice.tsx';
import {
  bodyOf,
  changesOf,
  type DraftFault,
  type DraftFaults,
  draftOf,
  faultsOf,
  fieldOfRefusal,
  newDraft,
  type WatchlistDraft,
} from './watchlist-draft.ts';

export interface WatchlistFormProps {
  /** The list to be changed; a new one is made without. */
  readonly list?: Watchlist;
  readonly onSaved: (list: Watchlist) => void;
  readonly onClose: () => void;
}

type TextField = 'name' | 'purpose' | 'legalBasis' | 'authorisation' | 'owner';
const longest: Record<TextField, number> = {
  name: 120,
  purpose: 500,
  legalBasis: 500,
  authorisation: 500,
  owner: 120,
};

/** Makes or changes a watchlist: what it is for, on whose word, where, how strictly, how long. */
export function WatchlistForm({ list, onSaved, onClose }: WatchlistFormProps) {
  const { client } = useDashboard();
  const [draft, setDraft] = useState(() =>
    list === undefined ? newDraft(Date.now()) : draftOf(list),
  );
  const [faults, setFaults] = useState<DraftFaults>({});
  const [refusal, setRefusal] = useState<{ field: string; text: string }>();
  const action = useMutation();
  const form = useRef<HTMLFormElement>(null);

  const change = (part: Partial<WatchlistDraft>) => setDraft((before) => ({ ...before, ...part }));
  const typed =
    (field: keyof WatchlistDraft) =>
    (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      change({ [field]: event.currentTarget.value });
  const errorOf = (field: keyof WatchlistDraft) => {
    const fault = faults[field];
    if (fault !== undefined) return faultText(fault);
    return refusal?.field === field ? refusal.text : undefined;
  };

  async function save(): Promise<void> {
    const found = faultsOf(draft, Date.now(), list);
    setFaults(found);
    setRefusal(undefined);
    if (Object.keys(found).length > 0) return focusFault();
    const changes = list === undefined ? {} : changesOf(draft, list);
    if (list !== undefined && Object.keys(changes).length === 0) return onClose();
    const saved = await action.run(async () => {
      try {
        onSaved(
          list === undefined
            ? await client.createWatchlist(bodyOf(draft))
            : await client.changeWatchlist(list.id, changes),
        );
      } catch (error) {
        const field =
          error instanceof ApiError ? fieldOfRefusal(error.code, error.message) : undefined;
        if (field === undefined) throw error;
        setRefusal({ field, text: errorText(error) });
        focusFault();
      }
    });
    if (saved) action.clear();
  }

  function focusFault(): void {
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  const text = (field: TextField, hint?: string) => (
    <Field label={t(`watchlists.${field}`)} hint={hint} error={errorOf(field)}>
      {(control: FieldControl) => (
        <input
          {...control}
          value={draft[field]}
          maxLength={longest[field]}
          autoComplete="off"
          aria-required="true"
          onInput={typed(field)}
        />
      )}
    </Field>
  );
  const count = Object.keys(faults).length;
  const everyN = Number(draft.oneIn);

  return (
    <Dialog
      title={t(list === undefined ? 'watchlists.newTitle' : 'watchlists.editTitle')}
      size="wide"
      onClose={onClose}
    >
      <form
        ref={form}
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="two-columns">
          {text('name')}
          {text('owner', t('watchlists.ownerHint'))}
        </div>
        {text('purpose', t('watchlists.purposeHint'))}
        <div class="two-columns">
          {text('legalBasis', t('watchlists.legalBasisHint'))}
          {text('authorisation', t('watchlists.authorisationHint'))}
        </div>
        <CameraChoice
          all={draft.allCameras}
          chosen={draft.cameras}
          error={errorOf('cameras')}
          onChange={(allCameras, cameras) => change({ allCameras, cameras })}
        />
        <div class="two-columns">
          <Field
            label={t('watchlists.expiresAt')}
            hint={t(
              draft.expiresAt === '' ? 'watchlists.expiresNeverHint' : 'watchlists.expiresAtHint',
            )}
            error={errorOf('expiresAt')}
          >
            {(control) => (
              <input
                {...control}
                type="datetime-local"
                value={draft.expiresAt}
                onInput={typed('expiresAt')}
              />
            )}
          </Field>
          <Field
            label={t('watchlists.retentionDays')}
            hint={t('watchlists.retentionHint')}
            error={errorOf('retentionDays')}
          >
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                value={draft.retentionDays}
                onInput={typed('retentionDays')}
              />
            )}
          </Field>
          <Field
            label={t('watchlists.fpirOneIn')}
            hint={
              everyN >= 2
                ? t('watchlists.fpirHint', { percent: formatNumber(100 / everyN) })
                : undefined
            }
            error={errorOf('oneIn')}
          >
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                value={draft.oneIn}
                onInput={typed('oneIn')}
              />
            )}
          </Field>
          <Field
            label={t('watchlists.fixedThreshold')}
            hint={t('watchlists.fixedThresholdHint')}
            error={errorOf('fixedThreshold')}
          >
            {(control) => (
              <input
                {...control}
                inputMode="decimal"
                value={draft.fixedThreshold}
                onInput={typed('fixedThreshold')}
              />
            )}
          </Field>
        </div>
        <fieldset class="choices">
          <legend class="legend">{t('watchlists.reviewers')}</legend>
          {[false, true].map((two) => (
            <label key={String(two)} class="choice">
              <input
                type="radio"
                name="reviewers"
                checked={draft.twoPersonReview === two}
                onChange={() => change({ twoPersonReview: two })}
              />
              {t(two ? 'watchlists.twoReviewers' : 'watchlists.oneReviewer')}
            </label>
          ))}
        </fieldset>
        {count > 0 && (
          <p class="failure" role="alert">
            {t('forms.notSent', { count })}
          </p>
        )}
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {action.busy ? t('forms.saving') : t('shell.save')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function faultText(fault: DraftFault): string {
  if (fault.kind === 'required') return t('forms.required');
  if (fault.kind === 'past') return t('forms.pastTime');
  return t('forms.invalidNumber', { least: fault.least, most: fault.most });
}
