import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { type Withheld, whyLength } from './subject-draft.ts';

/** What of something may be kept back: all of it, or what is below. */
export type WithholdPart = 'all' | 'pictures' | 'clips';

export interface WithholdProps {
  /** Place in the document. */
  readonly place: string;
  /** What it is, for those who do not see what it stands beside. */
  readonly about: string;
  readonly parts?: readonly WithholdPart[];
  readonly value: Withheld | undefined;
  /** Whether a gap is to be said. */
  readonly tried: boolean;
  readonly disabled: boolean;
  readonly onValue: (value: Withheld | undefined) => void;
}

const [shortest, longest] = whyLength;

/** Keeps something back, with the reason that the person reads instead. */
export function Withhold(props: WithholdProps) {
  const { place, about, parts = ['all'], value, tried, disabled, onValue } = props;
  const whatOf = (part: WithholdPart) => (part === 'all' ? place : `${place}/${part}`);
  const chosen = parts.find((part) => value?.what === whatOf(part)) ?? 'all';
  const short = (value?.why.trim().length ?? 0) < shortest;
  return (
    <div class="withhold">
      <Check
        checked={value !== undefined}
        disabled={disabled}
        onChecked={(checked) => onValue(checked ? { what: place, why: '' } : undefined)}
      >
        <span>
          {t('subject.withhold')}
          <span class="visually-hidden">: {about}</span>
        </span>
      </Check>
      {value !== undefined && (
        <fieldset class="withhold-fields" disabled={disabled}>
          <legend class="visually-hidden">{about}</legend>
          {parts.length > 1 && (
            <SelectField
              label={t('subject.withholdWhat')}
              value={chosen}
              options={parts.map((part) => ({ value: part, label: t(`subject.withhold_${part}`) }))}
              onValue={(part) => onValue({ ...value, what: whatOf(part) })}
            />
          )}
          <TextField
            label={t('subject.why')}
            error={tried && short ? t('forms.tooShort', { count: shortest }) : undefined}
            value={value.why}
            maxLength={longest}
            dir="auto"
            aria-required="true"
            takesFocus={value.why === ''}
            onValue={(why) => onValue({ ...value, why })}
          />
        </fieldset>
      )}
    </div>
  );
}
