import { verifyLines } from '../../../src/store/audit-lines.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createMemoryStore } from '../../../src/store/create-store.ts';
import type { FuzzTarget } from './fuzz-target.ts';

/** A log with records of our own, as it is exported. */
async function exported(): Promise<Buffer> {
  const store = createMemoryStore();
  const log = new AuditLog({ store, now: () => 1_700_000_000_000 });
  for (let number = 1; number <= 8; number += 1) {
    const target = `list-${number}`;
    log.append({ who: 'token-1', what: 'watchlist.created', target, detail: { number } });
  }
  const written: string[] = [];
  for await (const record of log.records()) written.push(JSON.stringify(record));
  store.close();
  return Buffer.from(`${written.join('\n')}\n`);
}

/** Exported audit logs that are verified. */
export const audit: FuzzTarget = {
  name: 'audit',
  about: 'an exported audit log, a record a line',
  seeds: async () => [await exported()],
  open: async () => ({
    async feed(input) {
      await verifyLines(lines(Buffer.from(input).toString('utf8')));
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

async function* lines(text: string): AsyncGenerator<string> {
  yield* text.split('\n');
}
