import type { AuditRecord } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { auditText } from './audit-text.ts';
import { isWallTime } from './is-wall-time.ts';

export interface AuditTableProps {
  readonly records: readonly AuditRecord[];
  /** Asks for all that concerns one thing. */
  readonly onTarget: (target: string) => void;
}

/** Records of the log, each with its place in the chain. */
export function AuditTable({ records, onTarget }: AuditTableProps) {
  return (
    <Table
      label={t('system.audit')}
      class="audit-table"
      roomClass="audit-room"
      rows={records}
      keyOf={({ sequence }) => sequence}
      columns={[
        {
          head: t('system.auditNumber'),
          kind: 'number',
          cell: ({ sequence, hash }) => (
            <span title={t('system.auditHash', { hash })}>{sequence}</span>
          ),
        },
        { head: t('system.auditTime'), class: 'audit-time', cell: ({ at }) => formatDateTime(at) },
        { head: t('system.auditWho'), cell: ({ who }) => <bdi>{who}</bdi> },
        { head: t('system.auditWhat'), cell: ({ what }) => auditText(what) },
        {
          head: t('system.auditTarget'),
          cell: ({ target }) =>
            target !== '' && (
              <Button
                look="link"
                class="mono audit-target"
                title={t('system.auditOnlyTarget')}
                onClick={() => onTarget(target)}
              >
                {target}
              </Button>
            ),
        },
        {
          head: t('system.auditDetail'),
          class: 'audit-detail',
          cell: ({ detail }) => <Detail detail={detail} />,
        },
      ]}
    />
  );
}

function detailText(name: string, value: unknown): string {
  if (value === null) return '–';
  if (isWallTime(name, value)) return formatDateTime(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Detail({ detail }: { detail: unknown }) {
  if (detail === null || typeof detail !== 'object')
    return <>{detail == null ? '' : `${detail}`}</>;
  return (
    <>
      {Object.entries(detail).map(([name, value]) => (
        <span key={name} class="audit-pair">
          <span class="muted">{name}</span> <bdi>{detailText(name, value)}</bdi>
        </span>
      ))}
    </>
  );
}
