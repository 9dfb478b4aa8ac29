import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Field } from '../kit/field.tsx';
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
      <Field label={t('system.auditWho')}>
        {(control) => (
          <input
            {...control}
            value={draft.who}
            autoComplete="off"
            onInput={(event) => change({ who: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t('system.auditWhat')}>
        {(control) => (
          <select
            {...control}
            value={draft.what}
            onChange={(event) => change({ what: event.currentTarget.value })}
          >
            <option value="">{t('forms.all')}</option>
            {Object.keys(auditActions).map((action) => (
              <option key={action} value={action}>
                {auditText(action)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('system.auditTarget')}>
        {(control) => (
          <input
            {...control}
            value={draft.target}
            autoComplete="off"
            onInput={(event) => change({ target: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t('system.auditFrom')}>
        {(control) => (
          <input
            {...control}
            type="date"
            value={draft.from}
            onInput={(event) => change({ from: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t('system.auditTo')}>
        {(control) => (
          <input
            {...control}
            type="date"
            value={draft.to}
            onInput={(event) => change({ to: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="button-row">
        <Button type="submit">{t('system.auditApply')}</Button>
        <Button look="link" onClick={() => onFilter({ ...noFilter })}>
          {t('system.auditReset')}
        </Button>
      </div>
    </form>
  );
}
