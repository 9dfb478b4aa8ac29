import { t } from '../i18n/t.ts';
import { Check, Choices } from '../kit/check.tsx';
import { TextArea } from '../kit/field.tsx';
import { reasonLength, type SubjectDraft } from './subject-draft.ts';

export interface SubjectOptionsProps {
  readonly draft: SubjectDraft;
  readonly onChange: (changes: Partial<SubjectDraft>) => void;
  /** Whether a gap is to be said. */
  readonly tried: boolean;
  /** All parts are of one answer: nothing changes once there is one. */
  readonly disabled: boolean;
  readonly mayTemplates: boolean;
}

const [shortest, longest] = reasonLength;

/** Why, under which law, and what goes along. */
export function SubjectOptions(props: SubjectOptionsProps) {
  const { draft, onChange, tried, disabled, mayTemplates } = props;
  const short = draft.reason.trim().length < shortest;
  return (
    <div class="two-columns">
      <TextArea
        label={t('search.reason')}
        hint={t('subject.reasonHint')}
        error={tried && short ? t('forms.tooShort', { count: shortest }) : undefined}
        rows={3}
        value={draft.reason}
        maxLength={longest}
        dir="auto"
        aria-required="true"
        disabled={disabled}
        onValue={(reason) => onChange({ reason })}
      />
      <div class="stack">
        <Choices legend={t('subject.law')}>
          {(['gdpr', 'led'] as const).map((law) => (
            <Check
              key={law}
              type="radio"
              name="subject-law"
              checked={draft.law === law}
              disabled={disabled}
              onChecked={() => onChange({ law })}
            >
              {t(`subject.law_${law}`)}
            </Check>
          ))}
        </Choices>
        <Choices legend={t('subject.along')}>
          <Check
            checked={draft.clips}
            disabled={disabled}
            onChecked={(clips) => onChange({ clips })}
          >
            {t('subject.clips')}
          </Check>
          {mayTemplates && (
            <Check
              checked={draft.templates}
              disabled={disabled}
              onChecked={(templates) => onChange({ templates })}
            >
              {t('subject.templates')}
            </Check>
          )}
          <Check
            checked={draft.staff === 'named'}
            disabled={disabled}
            onChecked={(named) => onChange({ staff: named ? 'named' : 'numbered' })}
          >
            {t('subject.named')}
          </Check>
        </Choices>
      </div>
    </div>
  );
}
