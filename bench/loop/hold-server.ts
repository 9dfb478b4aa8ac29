/*
 * The thread that says how long the main thread was held since it was asked last; see hold-meter.ts.
 */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { workerData } from 'node:worker_threads';
import { type Hold, type HoldOrder, holdSlots } from './hold.ts';

const { buffer, addressFile } = workerData as HoldOrder;
const slots = new Float64Array(buffer);
const server = createServer((_, answer) => {
  const hold: Hold = {
    longest: slots[holdSlots.longest] ?? 0,
    longestCpu: slots[holdSlots.longestCpu] ?? 0,
  };
  slots.fill(0);
  answer.setHeader('content-type', 'application/json').end(JSON.stringify(hold));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  writeFileSync(addressFile, `http://127.0.0.1:${port}`);
});
