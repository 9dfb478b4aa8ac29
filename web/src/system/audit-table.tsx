import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { TableRoom } from '../widgets/table-room.tsx';
import { auditText } from './audit-text.ts';
import { isWallTime } from './is-wall-time.ts';
import type { AuditRecord } from './wire.ts';

export interface AuditTableProps {
  readonly records: readonly AuditRecord[];
  /** Asks for all that concerns one thing. */
  readonly onTarget: (target: string) => void;
}

/** Records of the log, each with its place in the chain. */
export function AuditTable({ records, onTarget }: AuditTableProps) {
  return (
    <TableRoom class="audit-room" label={t('system.audit')}>
      <table class="table audit-table">
        <thead>
          <tr>
            <th scope="col" class="number">
              {t('system.auditNumber')}
            </th>
            <th scope="col">{t('system.auditTime')}</th>
            <th scope="col">{t('system.auditWho')}</th>
            <th scope="col">{t('system.auditWhat')}</th>
            <th scope="col">{t('system.auditTarget')}</th>
            <th scope="col">{t('system.auditDetail')}</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.sequence}>
              <td class="number" title={t('system.auditHash', { hash: record.hash })}>
                {record.sequence}
              </td>
              <td class="audit-time">{formatDateTime(record.at)}</td>
              <td>
                <bdi>{record.who}</bdi>
              </td>
              <td>{auditText(record.what)}</td>
              <td>
                {record.target !== '' && (
                  <button
                    type="button"
                    class="link mono audit-target"
                    title={t('system.auditOnlyTarget')}
                    onClick={() => onTarget(record.target)}
                  >
                    {record.target}
                  </button>
                )}
              </td>
              <td class="audit-detail">
                <Detail detail={record.detail} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableRoom>
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
