import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { CameraFault } from '../../domain/outbox/notice.ts';
import { CameraFaultTable } from '../../store/camera-fault-table.ts';
import type { Store } from '../../store/store.ts';
import type { Outbox } from './outbox.ts';

/** A fault must last so long, and be gone for so long, before anybody outside hears of it; milliseconds. */
const lasting = 30_000;

/** What is wrong with a camera, as health has it. */
export interface CameraProblem {
  readonly cameraId: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Which faults of cameras receivers hear of: those that last, once, and their end. A camera that
 * comes and goes is one fault.
 */
export class CameraFaults {
  readonly #store: Store;
  readonly #table: CameraFaultTable;
  readonly #outbox: Pick<Outbox, 'cameraChanged'>;
  readonly #clock: Clock;
  /** Of faults that nobody heard of: when they were seen first. Wall and monotonic milliseconds. */
  readonly #seen = new Map<string, { readonly since: number; readonly at: number }>();
  /** Of faults that receivers heard of: since when they are gone, monotonic milliseconds. */
  readonly #gone = new Map<string, number>();

  constructor(store: Store, outbox: Pick<Outbox, 'cameraChanged'>, clock: Clock) {
    this.#store = store;
    this.#table = new CameraFaultTable(store);
    this.#outbox = outbox;
    this.#clock = clock;
  }

  /** All that is wrong now; to be called every few seconds. */
  observe(problems: readonly CameraProblem[]): void {
    const now = this.#clock.now();
    const at = this.#clock.monotonic();
    const open = new Map(
      this.#store.readOr(() => this.#table.list(), []).map((fault) => [keyOf(fault), fault]),
    );
    const present = new Map(problems.map((problem) => [keyOf(problem), problem]));
    for (const key of this.#seen.keys()) if (!present.has(key)) this.#seen.delete(key);
    for (const [key, { cameraId, code, message }] of present) {
      this.#gone.delete(key);
      if (open.has(key)) continue;
      const first = this.#seen.get(key) ?? { since: now, at };
      this.#seen.set(key, first);
      if (at - first.at < lasting) continue;
      const begun = { cameraId, code, message, since: first.since, at: now };
      if (this.#tell({ ...begun, state: 'begun' })) this.#seen.delete(key);
    }
    for (const [key, fault] of open) {
      if (present.has(key)) continue;
      const since = this.#gone.get(key) ?? at;
      this.#gone.set(key, since);
      if (at - since < lasting) continue;
      if (this.#tell({ ...fault, state: 'ended', at: now })) this.#gone.delete(key);
    }
  }

  /** False where the folder takes no writes: it is tried again. */
  #tell(fault: CameraFault): boolean {
    try {
      this.#store.write(() => {
        if (fault.state === 'begun') this.#table.put(fault);
        else this.#table.delete(fault);
        this.#outbox.cameraChanged(fault);
      });
      return true;
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      return false;
    }
  }
}

function keyOf({ cameraId, code }: Pick<CameraFault, 'cameraId' | 'code'>): string {
  return `${cameraId} ${code}`;
}
