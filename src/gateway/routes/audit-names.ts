import type { AuditRecord } from '../../domain/audit-record.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';

/** What ids in records stand for now. */
export interface AuditNames {
  readonly people: Readonly<Record<string, string>>;
  readonly watchlists: Readonly<Record<string, string>>;
  readonly cameras: Readonly<Record<string, string>>;
}

/**
 * Names of the people, lists and cameras that records speak of. They are looked up for who may
 * see them all, and stand nowhere in the log: what was deleted has none.
 */
export async function namesIn(
  records: readonly Pick<AuditRecord, 'target' | 'detail'>[],
  services: Pick<GatewayServices, 'people' | 'watchlists' | 'cameras'>,
): Promise<AuditNames> {
  const mentioned = new Set(records.flatMap(idsIn));
  const among = (all: readonly { readonly id: string; readonly name: string }[]) =>
    Object.fromEntries(all.filter(({ id }) => mentioned.has(id)).map(({ id, name }) => [id, name]));
  return {
    people: services.people.names([...mentioned]),
    watchlists: among(await services.watchlists.list()),
    cameras: among(await services.cameras.list()),
  };
}

/** All that may be an id: what a record is about, and each word of its details. */
function idsIn({ target, detail }: Pick<AuditRecord, 'target' | 'detail'>): string[] {
  const values = detail !== null && typeof detail === 'object' ? Object.values(detail) : [];
  const texts = values.flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [target, ...texts].flatMap((text) => (typeof text === 'string' ? text.split(',') : []));
}
