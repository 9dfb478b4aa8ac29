/*
 * The virtual cameras of the bench, in a process of their own so that serving
 * costs the product nothing:
 *
 *   node bench/camera-process.ts FOOTAGE COUNT
 *
 * Prints the cameras' URLs as one line of JSON; ends with its standard input,
 * on which it takes orders, one a line: {"camera":1,"fault":"stall"}.
 */

import { createInterface } from 'node:readline';
import { readFootage } from '../demo/footage/footage-file.ts';
import { createRtspServer } from '../demo/rtsp/rtsp-server.ts';
import { applyFault, type FaultOrder } from './camera-faults.ts';
import { phasedLoops } from './phased-loops.ts';

const [path = '', count = '1'] = process.argv.slice(2);
const source = (await readFootage(path))?.cameras[0]?.source;
if (source === undefined) throw new Error(`There is no footage in ${path}`);
const cameras = phasedLoops(source, Number(count)).map((loop, index) => ({
  path: `camera-${index + 1}`,
  source: loop,
}));
const server = await createRtspServer({ cameras });
process.stdout.write(`${JSON.stringify(cameras.map(({ path }) => server.url(path)))}\n`);
const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const { camera, fault } = JSON.parse(line) as FaultOrder;
  applyFault(server.camera(`camera-${camera}`), fault);
});
orders.on('close', () => void server.close());
