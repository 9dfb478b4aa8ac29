import type { AuditRecord } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { auditText } from './audit-text.ts';
import { type AuditNames, AuditValue, Named, nameOf } from './audit-value.tsx';

export interface AuditTableProps {
  readonly records: readonly AuditRecord[];
  readonly names: AuditNames;
  /** Asks for all that concerns one thing. */
  readonly onTarget: (target: string) => void;
}

/** Records of the log, each with its place in the chain. */
export function AuditTable({ records, names, onTarget }: AuditTableProps) {
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
                class={nameOf(target, names) === undefined ? 'mono audit-target' : 'audit-target'}
                title={t('system.auditOnlyTarget')}
                onClick={() => onTarget(target)}
              >
                <Named id={target} names={names} />
              </Button>
            ),
        },
        {
          head: t('system.auditDetail'),
          class: 'audit-detail',
          cell: ({ detail }) => <Detail detail={detail} names={names} />,
        },
      ]}
    />
  );
}

function Detail({ detail, names }: { detail: unknown; names: AuditNames }) {
  if (detail === null || typeof detail !== 'object')
    return <>{detail == null ? '' : `${detail}`}</>;
  return (
    <>
      {Object.entries(detail).map(([name, value]) => (
        <span key={name} class="audit-pair">
          <span class="muted">{name}</span> <AuditValue name={name} value={value} names={names} />
        </span>
      ))}
    </>
  );
}
