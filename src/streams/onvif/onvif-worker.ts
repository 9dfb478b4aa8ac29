import { parentPort, workerData } from 'node:worker_threads';
import { describe } from './describe.ts';
import { failureOf } from './device-failure.ts';
import { hearEvents } from './hear-events.ts';
import { search } from './search.ts';
import type { OnvifMessage, OnvifTask } from './worker-messages.ts';

/** One task a thread: what a device sends is parsed here, within the bounds of this thread. */
async function run(task: OnvifTask): Promise<void> {
  if (task.kind === 'events') return hearEvents(task, tell);
  if (task.kind === 'search') return tell({ type: 'found', devices: await search(task) });
  tell({ type: 'described', device: await describe(task) });
}

function tell(message: OnvifMessage): void {
  parentPort?.postMessage(message);
}

const task = workerData as OnvifTask;
await run(task).catch((error: unknown) => {
  const [host, secrets] =
    task.kind === 'search' ? ['the network', []] : [new URL(task.address).host, [task.password]];
  tell({ type: 'failed', failure: failureOf(error, host, secrets) });
});
parentPort?.close();
