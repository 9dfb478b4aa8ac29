import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { isNightglassError } from '../../domain/errors.ts';
import type {
  FromWorker,
  ModelPlacement,
  Operation,
  Results,
  SessionRun,
  ToWorker,
  WorkerStart,
} from '../protocol.ts';
import { ModelSession } from './model-session.ts';
import { type OperationTable, operationTable, type SessionSet, warmUp } from './operations.ts';

/**
 * Entry of an inference worker: loads its models, says which provider each runs on,
 * then works off batches one by one until it is asked to close.
 */
const port = parentPort;
if (port === null) throw new TypeError('Cannot run the inference worker: this is the main thread');
const { setup, abandoned } = workerData as WorkerStart;
const runs: SessionRun[] = [];
const sessions: SessionSet = {};
const denoisers: ModelSession[] = [];

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

/** On Linux a priority is a thread's; elsewhere this would be that of the whole process. */
function yieldToOthers(): void {
  if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);
}

async function load(): Promise<OperationTable> {
  if (setup.yields) yieldToOthers();
  const placements: ModelPlacement[] = [];
  for (const [task, spec] of Object.entries(setup.models)) {
    const session = await ModelSession.open(spec, setup, (run) => runs.push(run));
    sessions[task as keyof SessionSet] = session;
    placements.push(session.placement);
  }
  for (const spec of setup.denoisers) {
    const session = await ModelSession.open(spec, setup, (run) => runs.push(run));
    denoisers.push(session);
    placements.push(session.placement);
  }
  const table = operationTable(sessions, denoisers);
  if (setup.warmUp) await warmUp(table, setup);
  runs.length = 0;
  send({ type: 'ready', placements });
  return table;
}

async function runBatch(
  table: OperationTable,
  message: Extract<ToWorker, { type: 'run' }>,
): Promise<void> {
  try {
    const operation = table[message.operation] as
      | { run(items: unknown): Promise<Results[Operation][]> }
      | undefined;
    if (operation === undefined) throw new TypeError(`no model for ${message.operation}`);
    const results = await operation.run(message.items);
    send({ type: 'done', id: message.id, results, runs: runs.splice(0) }, results.map(bufferOf));
  } catch (error) {
    runs.length = 0;
    send({
      type: 'error',
      id: message.id,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function bufferOf(result: Results[Operation]): ArrayBuffer {
  if ('faces' in result) return result.faces.buffer as ArrayBuffer;
  if ('pixels' in result) return result.pixels.data.buffer as ArrayBuffer;
  if ('landmarks' in result) return result.landmarks.buffer as ArrayBuffer;
  return ('vector' in result ? result.vector : result.fused).buffer as ArrayBuffer;
}

async function close(): Promise<void> {
  for (const session of [...Object.values(sessions), ...denoisers]) await session?.release();
  port?.close();
}

try {
  const table = await load();
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(() => {
      if (message.type === 'close') return close();
      // Nobody waits for the work of a thread that was given up: on to its `close`.
      return Atomics.load(abandoned, 0) === 0 ? runBatch(table, message) : undefined;
    });
  });
} catch (error) {
  const coded = isNightglassError(error);
  send({
    type: 'failed',
    code: coded ? error.code : 'MODEL_LOAD_FAILED',
    message: error instanceof Error ? error.message : String(error),
    hint: coded ? error.hint : undefined,
  });
  await close();
}
