/*
 * Stands for the bench: has a child that does not end by itself, and ends with it on a signal.
 *
 *   node test/support/bench/parent-program.ts       prints the child's process id
 */

import { startChild } from '../../../bench/child.ts';
import { endOnSignals } from '../../../bench/ending.ts';

endOnSignals();
const forever = `process.stdin.resume();
process.stdout.write(JSON.stringify(process.pid) + '\\n');
setInterval(() => undefined, 1000);`;
const child = await startChild<number>({ args: ['-e', forever] });
process.stdout.write(`${child.ready}\n`);
// Without it the pipes alone would keep this program running.
setInterval(() => undefined, 1000);
