import { t } from '../i18n/t.ts';
import { TextField } from '../kit/field.tsx';

export interface PersonFieldsProps {
  readonly name: string;
  readonly note: string;
  /** What is wrong with the name. */
  readonly nameError: string | undefined;
  readonly noteHint?: string;
  readonly disabled?: boolean;
  readonly onName: (name: string) => void;
  readonly onNote: (note: string) => void;
}

/** Who a person is, and what is to be known about them. */
export function PersonFields(props: PersonFieldsProps) {
  const { name, note, nameError, noteHint, disabled = false, onName, onNote } = props;
  return (
    <div class="two-columns">
      <TextField
        label={t('watchlists.personName')}
        error={nameError}
        value={name}
        maxLength={120}
        dir="auto"
        aria-required="true"
        disabled={disabled}
        onValue={onName}
      />
      <TextField
        label={t('forms.optional', { label: t('watchlists.note') })}
        hint={noteHint}
        value={note}
        maxLength={1000}
        dir="auto"
        disabled={disabled}
        onValue={onNote}
      />
    </div>
  );
}
