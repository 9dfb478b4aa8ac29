import { createHash } from 'node:crypto';

/** `program`: one program at a time. `write`: one transaction at a time. */
export type SchemaLockKind = 'program' | 'write';

/** The two numbers of an advisory lock, which PostgreSQL keeps by database. */
export function schemaLock(schema: string, kind: SchemaLockKind): readonly [number, number] {
  const of = createHash('sha256').update(`nightglass ${schema}`).digest().readInt32BE(0);
  return [of, kind === 'program' ? 1 : 2];
}
