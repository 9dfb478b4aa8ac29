import { resolve } from 'node:path';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { CaseFootage } from '../services/evidence/case-search.ts';
import { FootageQueue } from '../services/footage/footage-queue.ts';
import { type FootageService, footageService } from '../services/footage/footage-service.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import { FootageSightingTable } from '../store/footage-sighting-table.ts';
import { checkedRecording } from '../streams/recorded/checked-recording.ts';
import { ClipCutter } from '../streams/recorded/clip-cutter.ts';
import type { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { FootageRoots } from '../streams/recorded/footage-roots.ts';
import { type FootageProblem, FootageRunner } from './footage-runner.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

/** Searches of recorded footage, and what is wrong with those at work. */
export interface OpenFootage {
  readonly service: FootageService;
  readonly problems: () => readonly FootageProblem[];
  /** For cases of what was found. */
  readonly evidence: CaseFootage;
}

interface FootageParts {
  readonly codec: ImageCodec;
  readonly configHash: () => string;
  /** Shared by all that reads recordings. */
  readonly waits: DiskWaits;
}

/** Opens searches of recorded footage; those that were at work when the program ended go on. */
export function openFootage(
  { baseDir, clock, config, log, now, resources }: Foundation,
  { audit, store, watchlists }: Records,
  { inference }: Models,
  { codec, configHash, waits }: FootageParts,
): OpenFootage {
  const { roots, waiting } = config.footage;
  const places = new FootageRoots(
    roots.map((root) => resolve(baseDir, root)),
    clock,
    waits,
  );
  const cutter = new ClipCutter(clock, waits);
  const queue = new FootageQueue({ store, audit, watchlists, now, waiting });
  const runner = resources.use(
    new FootageRunner({
      ...{ config, store, watchlists, queue, places, waits, inference, codec },
      ...{ configHash, clock, log },
    }),
  );
  const service = footageService({
    ...{ store, queue, places, watchlists, cut: (file, span) => cutter.cut(file, span) },
    progress: (id) => runner.progress(id),
  });
  const evidence: CaseFootage = {
    jobs: new FootageJobTable(store),
    found: new FootageSightingTable(store),
    watchlists,
    async open({ path, sha256 }, signal) {
      await places.check(path, signal);
      return checkedRecording({ path, sha256 }, { waits, signal });
    },
  };
  return { service, problems: () => runner.problems(), evidence };
}
