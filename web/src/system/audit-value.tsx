import type { AuditPage } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { isWallTime } from './is-wall-time.ts';

export type AuditNames = AuditPage['names'];

/** What an id stands for; undefined where it is none, or nobody is left of that id. */
export function nameOf(
  id: string,
  { people, watchlists, cameras }: AuditNames,
): string | undefined {
  return people[id] ?? watchlists[id] ?? cameras[id];
}

/** The same of pages that were read one after the other. */
export function joinNames(a: AuditNames, b: AuditNames): AuditNames {
  return {
    people: { ...a.people, ...b.people },
    watchlists: { ...a.watchlists, ...b.watchlists },
    cameras: { ...a.cameras, ...b.cameras },
  };
}

export interface AuditValueProps {
  readonly name: string;
  readonly value: unknown;
  readonly names: AuditNames;
}

/** A value of a record's details: ids by the names that they have now, times as times. */
export function AuditValue({ name, value, names }: AuditValueProps) {
  if (value === null) return <>–</>;
  if (isWallTime(name, value)) return <>{formatDateTime(value)}</>;
  const words = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const isNamed = words.some(
    (word) => typeof word === 'string' && nameOf(word, names) !== undefined,
  );
  if (!isNamed) return <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>;
  return (
    <>
      {words.map((word, at) => (
        <span key={at}>
          {at > 0 && ', '}
          <Named id={String(word)} names={names} />
        </span>
      ))}
    </>
  );
}

/** An id by its name, where it has one; the id itself stays to be read. */
export function Named({ id, names }: { readonly id: string; readonly names: AuditNames }) {
  const name = nameOf(id, names);
  return (
    <bdi title={name === undefined ? undefined : id} data-id={name === undefined ? undefined : id}>
      {name ?? id}
    </bdi>
  );
}
