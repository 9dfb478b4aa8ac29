import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { FootageRunner, type FootageRunnerOptions } from '../../../src/app/footage-runner.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { auditEntry, systemActor } from '../../../src/domain/audit-entry.ts';
import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import type { FootageJob } from '../../../src/domain/footage.ts';
import type { Inference } from '../../../src/inference/inference.ts';
import { FootageQueue } from '../../../src/services/footage/footage-queue.ts';
import type { AuditLog } from '../../../src/store/audit-log.ts';
import type { Store } from '../../../src/store/store.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { DiskWaits } from '../../../src/streams/recorded/disk-waits.ts';
import { FootageRoots } from '../../../src/streams/recorded/footage-roots.ts';
import { matroskaFile } from '../demo/matroska-file.ts';
import { demoFootage } from '../live/demo-footage.ts';
import { embeddingLength } from '../live/embedding-length.ts';
import { servicesOn } from '../services/faces-in-store.ts';
import { listInput, templateFor, vectorAt } from '../services/watchlist-fixture.ts';
import { fillDisk, openStore, silentLog } from '../store/open-store.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

/** The machine's clock, on which no timer takes longer than an instant. */
const hurriedClock: Clock = {
  ...systemClock,
  after: (ms, callback) => systemClock.after(Math.min(ms, 20), callback),
};

/** The queue of searches with the real runner, store and files; the models are the caller's. */
export async function openFootageJobs(t: TestContext, inference: Inference) {
  const { store, dataDir } = openStore(t, { clock: hurriedClock, busyTimeoutMs: 1 });
  const { now } = systemClock;
  const { audit, lists } = servicesOn(store, now);
  const folder = join(temporaryFolder(t), 'nvr');
  mkdirSync(folder);
  const list = lists.create(listInput({ uses: ['footage'] }));
  const { id: personId } = lists.addPerson(list.id, { name: 'Ada' });
  const { model } = inference.embedder();
  lists.addTemplate(templateFor(personId, vectorAt(0, embeddingLength()), { model }));
  const queue = new FootageQueue({ store, audit, watchlists: lists, now, waiting: 20 });
  const waits = new DiskWaits(systemClock);
  const places = new FootageRoots([folder]);
  const { config } = parseConfig(JSON.stringify({ footage: { roots: [folder] } }));
  const options: FootageRunnerOptions = {
    ...{
      config,
      store,
      watchlists: lists,
      queue,
      places,
      waits,
      inference,
      codec: createImageCodec(),
    },
    ...{ configHash: () => 'test', clock: hurriedClock, log: silentLog },
  };
  const startRunner = () => {
    const runner = new FootageRunner(options);
    t.after(() => runner.close());
    return runner;
  };
  const [lobby] = (await demoFootage()).cameras;
  if (lobby === undefined) throw new Error('no footage');
  return {
    ...{ store, dataDir, audit, lists, list, queue, places, folder, options, startRunner },
    /** Puts a video of 16 s, `times` times over, in the folder. */
    async record(name: string, times = 1): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, matroskaFile(lobby.source, times));
      return path;
    },
    async ask(paths: readonly string[], quick = false): Promise<string> {
      const files = await places.find(paths);
      const asked = { files, lists: [list.id], reason: 'case 17', beginsAt: null, quick };
      return queue.ask(asked, { name: 'ann' }).id;
    },
    async until(id: string, is: (job: FootageJob) => boolean): Promise<FootageJob> {
      for (;;) {
        const job = queue.get(id);
        if (is(job)) return job;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Lets the database take nothing more, not even where a page has room left, until undone. */
export function fillToTheLast(store: Store, audit: AuditLog): () => void {
  const undo = fillDisk(store);
  for (const size of [2_000, 200, 20, 0]) {
    const entry = auditEntry(systemActor, 'footage.viewed', 'x', { filler: '-'.repeat(size) });
    for (let isFull = false; !isFull; ) {
      try {
        store.write(() => audit.record(entry));
      } catch {
        isFull = true;
      }
    }
  }
  return undo;
}
