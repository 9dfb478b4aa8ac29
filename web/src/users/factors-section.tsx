import { useState } from 'preact/hooks';
import type { Factor } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { passkeyFaultHere } from './browser-passkey.ts';
import { FactorDialog, type FactorTask } from './factor-dialog.tsx';

/** One's second factors: added, removed, and the codes that stand in for them. */
export function FactorsSection() {
  const { client } = useDashboard();
  const found = useQuery(() => client.ownFactors(), [client]);
  const ways = useQuery(() => client.waysToSignIn(), [client]);
  const fault = ways.value && passkeyFaultHere(ways.value.passkeys.fault);
  const [task, setTask] = useState<FactorTask>();
  const { value } = found;
  return (
    <section class="panel" aria-labelledby="factors-title">
      <h2 id="factors-title">{t('factors.title')}</h2>
      <p class="muted">{t('factors.what')}</p>
      <Failure error={found.error} onRetry={found.reload} />
      {value !== undefined && (
        <div class="stack">
          {value.factors.length === 0 ? (
            <p class="empty">{t('factors.none')}</p>
          ) : (
            <FactorTable
              factors={value.factors}
              onRemove={(factor) => setTask({ kind: 'remove', factor })}
            />
          )}
          {value.required && <p>{t('factors.required')}</p>}
          {value.factors.length > 0 && (
            <p>{t('factors.codesLeft', { count: formatNumber(value.recoveryCodes) })}</p>
          )}
          <div class="button-row">
            <Button
              action={value.factors.length === 0 ? 'confirm' : undefined}
              onClick={() => setTask({ kind: 'app' })}
            >
              {t('factors.addApp')}
            </Button>
            {fault === null && (
              <Button onClick={() => setTask({ kind: 'passkey' })}>
                {t('factors.addPasskey')}
              </Button>
            )}
            {value.factors.length > 0 && (
              <Button onClick={() => setTask({ kind: 'codes' })}>{t('factors.newCodes')}</Button>
            )}
          </div>
          {fault && <p class="muted">{t(`factors.noPasskey_${fault}`)}</p>}
        </div>
      )}
      {task !== undefined && (
        <FactorDialog task={task} onChanged={found.reload} onClose={() => setTask(undefined)} />
      )}
    </section>
  );
}

interface FactorTableProps {
  readonly factors: readonly Factor[];
  readonly onRemove: (factor: Factor) => void;
}

function FactorTable({ factors, onRemove }: FactorTableProps) {
  return (
    <Table
      label={t('factors.title')}
      rows={factors}
      keyOf={({ id }) => id}
      columns={[
        { head: t('factors.name'), kind: 'header', cell: ({ name }) => <bdi>{name}</bdi> },
        { head: t('factors.kind'), cell: ({ kind }) => t(`factors.kind_${kind}`) },
        { head: t('factors.since'), cell: ({ createdAt }) => formatDateTime(createdAt) },
        {
          head: t('users.lastUsed'),
          cell: ({ usedAt }) => (usedAt === null ? t('users.never') : formatDateTime(usedAt)),
        },
        {
          head: t('users.actions'),
          cell: (factor) => (
            <span>
              <Button
                aria-label={`${t('users.remove')}: ${factor.name}`}
                onClick={() => onRemove(factor)}
              >
                {t('users.remove')}
              </Button>
            </span>
          ),
        },
      ]}
    />
  );
}
