import type { TestContext } from 'node:test';
import { type Armable, type ArmingChange, armingKey } from '../../../src/domain/arming.ts';
import type { Times } from '../../../src/domain/schedule.ts';
import { ArmingService } from '../../../src/services/arming/arming-service.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore, silentLog } from '../store/open-store.ts';

export const hour = 3_600_000;
export const ann = { name: 'Ann' };
export const gate = { kind: 'camera', id: 'gate' } as const;
export const vip = { kind: 'watchlist', id: 'vip' } as const;
/** The clock of the tests begins at midnight, UTC, on a Tuesday. */
export const daytime: Times = {
  timeZone: 'UTC',
  times: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: 480, to: 1080 }],
};

/** A service on a store of its own, with two cameras and two watchlists. */
export function setUpArming(t: TestContext, dataDir?: string) {
  const opened = openStore(t, { retryMs: 1000, ...(dataDir === undefined ? {} : { dataDir }) });
  const { store, clock } = opened;
  const audit = new AuditLog({ store, now: clock.now });
  const armable: Armable[] = [
    { ...gate, cameras: ['gate'], inUse: true },
    { kind: 'camera', id: 'yard', cameras: ['yard'], inUse: true },
    { ...vip, cameras: ['gate'], inUse: true },
    { kind: 'watchlist', id: 'staff', cameras: '*', inUse: true },
  ];
  const changes: ArmingChange[] = [];
  /** Comes before each reading of what can be armed. */
  const reading: { before: () => unknown } = { before: () => undefined };
  const read = () => {
    reading.before();
    return armable;
  };
  const open = () => {
    const arming = new ArmingService({
      ...{ store, audit, clock, log: silentLog, armable: read },
      onChange: (change) => void changes.push(change),
    });
    t.after(() => arming.close());
    return arming;
  };
  const records = () =>
    audit.list({ limit: 50 }).map(({ who, what, target, detail }) => [who, what, target, detail]);
  const use = (arming: ArmingService, ...of: (readonly [typeof gate | typeof vip, Times])[]) =>
    arming.use(new Map(of.map(([subject, times]) => [armingKey(subject), times])));
  return { ...opened, arming: open(), open, armable, changes, reading, records, use };
}
