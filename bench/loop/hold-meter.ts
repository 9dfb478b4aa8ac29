/*
 * Measures how long the main thread of a program is held: loaded into it before it starts.
 *
 *   NIGHTGLASS_HOLD_METER=FILE node --import ./bench/loop/hold-meter.ts PROGRAM
 *
 * A timer of one millisecond on the main thread notes the longest pause between two of its ticks.
 * A thread of its own answers over HTTP, so that asking costs the main thread nothing; its address
 * is written to FILE.
 */

import { isMainThread, Worker } from 'node:worker_threads';
import { type HoldOrder, holdSlots } from './hold.ts';

const addressFile = process.env['NIGHTGLASS_HOLD_METER'];
if (isMainThread && addressFile !== undefined) measure(addressFile);

function measure(file: string): void {
  const buffer = new SharedArrayBuffer(holdSlots.count * Float64Array.BYTES_PER_ELEMENT);
  const workerData: HoldOrder = { buffer, addressFile: file };
  new Worker(new URL('./hold-server.ts', import.meta.url), { workerData }).unref();
  const slots = new Float64Array(buffer);
  const cpuNow = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = performance.now();
  let lastCpu = cpuNow();
  setInterval(() => {
    const now = performance.now();
    const cpu = cpuNow();
    const hold = now - last;
    slots[holdSlots.longest] = Math.max(slots[holdSlots.longest] ?? 0, hold);
    slots[holdSlots.longestCpu] = Math.max(slots[holdSlots.longestCpu] ?? 0, cpu - lastCpu);
    last = now;
    lastCpu = cpu;
  }, 1).unref();
}
