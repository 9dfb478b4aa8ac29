import { useRef, useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { ApiError } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { timeZone } from '../i18n/time-zone.ts';
import { Button } from '../kit/button.tsx';
import { Check, Choices } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextField, type TextFieldProps } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
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

const priorities = ['urgent', 'normal', 'low'] as const satisfies Watchlist['priority'][];
const sounds = ['alarm', 'tone', 'none'] as const satisfies Watchlist['sound'][];
const watchlistUses = ['live', 'footage'] as const satisfies Watchlist['uses'];

type RequiredField = 'name' | 'purpose' | 'legalBasis' | 'authorisation' | 'owner';
type WrittenField = RequiredField | 'expiresAt' | 'retentionDays' | 'oneIn' | 'fixedThreshold';

const labels = {
  name: 'name',
  purpose: 'purpose',
  legalBasis: 'legalBasis',
  authorisation: 'authorisation',
  owner: 'owner',
  expiresAt: 'expiresAt',
  retentionDays: 'retentionDays',
  oneIn: 'fpirOneIn',
  fixedThreshold: 'fixedThreshold',
} as const satisfies Record<WrittenField, string>;
const longest: Record<RequiredField, number> = {
  name: 120,
  purpose: 500,
  legalBasis: 500,
  authorisation: 500,
  owner: 120,
};

/** Makes or changes a watchlist: what it is for, on whose word, where, how strictly, how long. */
export function WatchlistForm({ list, onSaved, onClose }: WatchlistFormProps) {
  const { client, loadWatchlists } = useDashboard();
  const [draft, setDraft] = useState(() =>
    list === undefined ? newDraft(Date.now(), timeZone.peek()) : draftOf(list, timeZone.peek()),
  );
  const [faults, setFaults] = useState<DraftFaults>({});
  const [refusal, setRefusal] = useState<{ field: string; text: string }>();
  const action = useMutation();
  const form = useRef<HTMLFormElement>(null);

  const change = (part: Partial<WatchlistDraft>) => setDraft((before) => ({ ...before, ...part }));
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
        void loadWatchlists();
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

  const count = Object.keys(faults).length;
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
        <Fields draft={draft} onChange={change} errorOf={errorOf} />
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

interface FieldsProps {
  readonly draft: WatchlistDraft;
  readonly onChange: (part: Partial<WatchlistDraft>) => void;
  readonly errorOf: (field: keyof WatchlistDraft) => string | undefined;
}

function Fields({ draft, onChange, errorOf }: FieldsProps) {
  const field = (name: WrittenField, more: Partial<TextFieldProps> = {}) => (
    <TextField
      label={t(`watchlists.${labels[name]}`)}
      error={errorOf(name)}
      value={draft[name]}
      onValue={(value) => onChange({ [name]: value })}
      {...more}
    />
  );
  const required = (name: RequiredField, hint?: string) =>
    field(name, { hint, maxLength: longest[name], 'aria-required': 'true' });
  const everyN = Number(draft.oneIn);

  return (
    <>
      <div class="two-columns">
        {required('name')}
        {required('owner', t('watchlists.ownerHint'))}
      </div>
      {required('purpose', t('watchlists.purposeHint'))}
      <div class="two-columns">
        {required('legalBasis', t('watchlists.legalBasisHint'))}
        {required('authorisation', t('watchlists.authorisationHint'))}
      </div>
      <CameraChoice
        all={draft.allCameras}
        chosen={draft.cameras}
        error={errorOf('cameras')}
        onChange={(allCameras, cameras) => onChange({ allCameras, cameras })}
      />
      <div class="two-columns">
        {field('expiresAt', {
          type: 'datetime-local',
          hint: t(
            draft.expiresAt === '' ? 'watchlists.expiresNeverHint' : 'watchlists.expiresAtHint',
          ),
        })}
        {field('retentionDays', { inputMode: 'numeric', hint: t('watchlists.retentionHint') })}
        {field('oneIn', {
          inputMode: 'numeric',
          hint:
            everyN >= 2
              ? t('watchlists.fpirHint', { percent: formatNumber(100 / everyN) })
              : undefined,
        })}
        {field('fixedThreshold', {
          inputMode: 'decimal',
          hint: t('watchlists.fixedThresholdHint'),
        })}
      </div>
      <div class="two-columns">
        <SelectField
          label={t('watchlists.priority')}
          hint={t('watchlists.priorityHint')}
          value={draft.priority}
          options={priorities.map((value) => ({ value, label: t(`watchlists.priority_${value}`) }))}
          onValue={(priority) => onChange({ priority })}
        />
        <SelectField
          label={t('watchlists.sound')}
          hint={t('watchlists.soundHint')}
          value={draft.sound}
          options={sounds.map((value) => ({ value, label: t(`watchlists.sound_${value}`) }))}
          onValue={(sound) => onChange({ sound })}
        />
      </div>
      <UseChoice
        chosen={draft.uses}
        error={errorOf('uses')}
        onChange={(uses) => onChange({ uses })}
      />
      <ReviewerChoice two={draft.twoPersonReview} onChange={onChange} />
    </>
  );
}

function ReviewerChoice({
  two: chosen,
  onChange,
}: { readonly two: boolean } & Pick<FieldsProps, 'onChange'>) {
  return (
    <Choices legend={t('watchlists.reviewers')}>
      {[false, true].map((two) => (
        <Check
          key={String(two)}
          type="radio"
          name="reviewers"
          checked={chosen === two}
          onChecked={() => onChange({ twoPersonReview: two })}
        >
          {t(two ? 'watchlists.twoReviewers' : 'watchlists.oneReviewer')}
        </Check>
      ))}
    </Choices>
  );
}

interface UseChoiceProps {
  readonly chosen: Watchlist['uses'];
  readonly error: string | undefined;
  readonly onChange: (uses: Watchlist['uses']) => void;
}

function UseChoice({ chosen, error, onChange }: UseChoiceProps) {
  const toggle = (use: Watchlist['uses'][number], on: boolean) =>
    onChange(watchlistUses.filter((each) => (each === use ? on : chosen.includes(each))));
  return (
    <Choices legend={t('watchlists.uses')} error={error}>
      {watchlistUses.map((use) => (
        <Check key={use} checked={chosen.includes(use)} onChecked={(on) => toggle(use, on)}>
          {t(`watchlists.use_${use}`)}
        </Check>
      ))}
    </Choices>
  );
}

function faultText(fault: DraftFault): string {
  if (fault.kind === 'required') return t('forms.required');
  if (fault.kind === 'past') return t('forms.pastTime');
  return t('forms.invalidNumber', { least: fault.least, most: fault.most });
}
