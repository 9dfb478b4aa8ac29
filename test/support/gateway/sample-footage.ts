import type { FootageJob } from '../../../src/domain/footage.ts';
import { footageCamera } from '../../../src/services/footage/footage-sightings.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../src/store/footage-sighting-table.ts';
import type { MemoryServices } from './memory-services.ts';
import { sampleAlert } from './sample-alert.ts';

/** When the first file of a sample begins. */
export const sampleBeginning = Date.UTC(2026, 10, 28, 21);

const seconds = 1_800;

export interface SampleSearch {
  readonly lists?: readonly string[];
  readonly reason?: string;
  readonly askedBy?: string;
  /** Seconds in the footage at which each person was seen. */
  readonly seen?: Readonly<Record<string, readonly number[]>>;
  readonly jpeg?: Uint8Array;
  readonly state?: 'waiting' | 'running' | 'done';
}

/** A search of two files, of which the second one cannot be read, at work unless said otherwise. */
export function sampleSearch(
  { footageQueue: queue, store }: Pick<MemoryServices, 'footageQueue' | 'store'>,
  sample: SampleSearch = {},
): FootageJob {
  const { lists = ['list-1'], reason = 'Case 17', askedBy = 'ann', state = 'running' } = sample;
  const files = ['gate-2100.mkv', 'gate-2130.mkv', 'gate-2200.mkv'].map((name, at) => ({
    ...{ path: `/srv/nvr/gate/${name}`, bytes: 734_003_200 + at, sha256: null },
  }));
  const by = { name: askedBy };
  const asked = queue.ask({ files, lists, reason, beginsAt: sampleBeginning }, by);
  if (asked.state === 'asked' || state === 'waiting') return asked;
  const job = queue.examined(
    queue.begin(asked.id),
    files.map((file, at) =>
      at === 2
        ? { ...file, failure: 'STREAM_UNSUPPORTED' as const }
        : { ...file, sha256: String(at).repeat(64), seconds },
    ),
    by,
  );
  const found = put(store, job, sample);
  const figures = {
    ...{ seconds: 1_240, frames: 31_000, looked: 2_480, faces: 614, keyframes: 88, tracks: 21 },
    ...{ damaged: 3, lost: 0, mostFrames: 5 },
  };
  store.write(() => {
    const table = new FootageJobTable(store);
    table.update(job.id, { seconds: figures.seconds, figures, sightings: found });
    table.putPosition(job.id, 0, { seconds: 1_240, done: false });
  });
  if (state === 'done') queue.end(job.id, 'done', null, { name: 'system' });
  return queue.get(job.id);
}

function put(store: MemoryServices['store'], job: FootageJob, sample: SampleSearch): number {
  const { seen = {}, jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) } = sample;
  const table = new FootageSightingTable(store);
  let number = 0;
  store.write(() => {
    for (const [personName, times] of Object.entries(seen)) {
      for (const time of times) {
        number += 1;
        const file = Math.floor(time / seconds);
        const at = time - file * seconds;
        const capturedAt = sampleBeginning + time * 1_000;
        const alert = sampleAlert(number, {
          id: `${job.id.slice(0, 4)}${String(number).padStart(22, '0')}`.toUpperCase(),
          personName,
          personId: personName.toLowerCase().replaceAll(' ', '-'),
          ...{ cameraId: footageCamera(file), capturedAt, lastSeenAt: capturedAt + 4_000 },
        });
        table.insert(
          { jobId: job.id, file, at, until: at + 4, preliminary: false, alert },
          sampleBeginning,
        );
        for (const kind of ['face', 'enhanced', 'enrolled'] as const) {
          table.putPicture(alert.id, kind, jpeg);
        }
      }
    }
  });
  return number;
}
