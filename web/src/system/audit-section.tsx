import { useState } from 'preact/hooks';
import type { AuditVerdict } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { timeZone } from '../i18n/time-zone.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { saveFile } from '../widgets/save-file.ts';
import { AuditFilters } from './audit-filters.tsx';
import { type AuditFilter, auditQuery, filterQuery, noFilter } from './audit-query.ts';
import { AuditTable } from './audit-table.tsx';
import { joinNames } from './audit-value.tsx';

export interface AuditSectionProps {
  /** The alert, list or person that is asked about, when the page was opened for one. */
  readonly target: string;
}

/** Who did what: filtered, verified, taken along. Looking at it is recorded too. */
export function AuditSection({ target }: AuditSectionProps) {
  const { client } = useDashboard();
  const zone = timeZone.value;
  const [filter, setFilter] = useState<AuditFilter>({ ...noFilter, target });
  const page = useQuery(() => client.audit(auditQuery(filter, zone)), [client, filter, zone]);
  const more = useMutation();
  const exporting = useMutation();
  const [verdict, setVerdict] = useState<{ readonly at: number; readonly value: AuditVerdict }>();
  const verifying = useMutation();

  async function loadMore(): Promise<void> {
    const { value } = page;
    if (value?.next == null) return;
    const older = await client.audit(auditQuery(filter, zone, value.next));
    const names = joinNames(value.names, older.names);
    page.replace({ records: [...value.records, ...older.records], next: older.next, names });
  }

  async function exportLog(): Promise<void> {
    saveFile(await client.exportAudit(filterQuery(filter, zone)));
  }

  return (
    <section class="panel" aria-labelledby="audit-title">
      <div class="panel-head">
        <h2 id="audit-title">{t('system.audit')}</h2>
        <div class="button-row">
          <Button
            disabled={verifying.busy}
            onClick={() =>
              void verifying.run(async () => {
                const value = await client.verifyAudit();
                setVerdict({ at: Date.now(), value });
              })
            }
          >
            {t(verifying.busy ? 'system.verifying' : 'system.verify')}
          </Button>
          <Button disabled={exporting.busy} onClick={() => void exporting.run(exportLog)}>
            {t(exporting.busy ? 'system.exporting' : 'system.export')}
          </Button>
        </div>
      </div>
      <div role="status">{verdict !== undefined && <Verdict {...verdict} />}</div>
      <Failure error={verifying.error} />
      <Failure error={exporting.error} />
      <AuditFilters filter={filter} onFilter={setFilter} />
      <Failure error={page.error} onRetry={page.reload} />
      {page.value === undefined && page.loading && <p class="empty">{t('shell.loading')}</p>}
      {page.value?.records.length === 0 && (
        <p class="empty" role="status">
          {t('system.auditNone')}
        </p>
      )}
      {page.value !== undefined && page.value.records.length > 0 && (
        <AuditTable
          records={page.value.records}
          names={page.value.names}
          onTarget={(one) => setFilter({ ...filter, target: one })}
        />
      )}
      <Failure error={more.error} />
      {page.value?.next != null && (
        <div class="button-row">
          <Button disabled={more.busy} onClick={() => void more.run(loadMore)}>
            {t('system.auditOlder')}
          </Button>
        </div>
      )}
    </section>
  );
}

function Verdict({ at, value }: { at: number; value: AuditVerdict }) {
  const { ok, records, head, problem } = value;
  return (
    <div class="verdict" data-ok={ok}>
      <p>
        <b>{t(ok ? 'system.verified' : 'system.notVerified')}</b>{' '}
        {ok
          ? t('system.verifiedCount', { count: records, when: formatDateTime(at) })
          : t('system.notVerifiedWhy', {
              sequence: problem?.sequence ?? '?',
              why: problem?.message ?? '',
            })}
      </p>
      {head !== undefined && (
        <p>
          {t('system.head')} <span class="mono">{head}</span>
        </p>
      )}
    </div>
  );
}
