import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { auditActions } from './audit-actions.ts';
import { type AuditFilter, noFilter } from './audit-query.ts';
import { auditText } from './audit-text.ts';

export interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onFilter: (filter: AuditFilter) => void;
}

/** Narrows the log; asked for by a button, as each look at the log is recorded in it. */
export function AuditFilters({ filter, onFilter }: AuditFiltersProps) {
  const [draft, setDraft] = useState(filter);
  const [shown, setShown] = useState(filter);
  if (shown !== filter) {
    setShown(filter);
    setDraft(filter);
  }
  const change = (part: Partial<AuditFilter>) => setDraft({ ...draft, ...part });
  return (
    <form
      class="audit-filters"
      onSubmit={(event) => {
        event.preventDefault();
        onFilter(draft);
      }}
    >
      <TextField
        label={t('system.auditWho')}
        value={draft.who}
        onValue={(who) => change({ who })}
      />
      <SelectField
        label={t('system.auditWhat')}
        value={draft.what}
        options={[
          { value: '', label: t('forms.all') },
          ...Object.keys(auditActions).map((value) => ({ value, label: auditText(value) })),
        ]}
        onValue={(what) => change({ what })}
      />
      <TextField
        label={t('system.auditTarget')}
        value={draft.target}
        onValue={(target) => change({ target })}
      />
      <TextField
        label={t('system.auditFrom')}
        type="date"
        value={draft.from}
        onValue={(from) => change({ from })}
      />
      <TextField
        label={t('system.auditTo')}
        type="date"
        value={draft.to}
        onValue={(to) => change({ to })}
      />
      <div class="button-row">
        <Button type="submit">{t('system.auditApply')}</Button>
        <Button look="link" onClick={() => onFilter({ ...noFilter })}>
          {t('system.auditReset')}
        </Button>
      </div>
    </form>
  );
}
