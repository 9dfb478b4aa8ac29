import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';

const program = join(import.meta.dirname, '../inference.ts');

/** Median of a way to do the same, milliseconds. */
export interface InferenceCost {
  readonly wall: number;
  readonly cpu: number;
}

export interface InferenceRow {
  readonly work: string;
  readonly floor: InferenceCost;
  readonly ours: InferenceCost;
}

/** What the queues, workers, alignment and decoding cost beyond ONNX Runtime. */
export const inferenceBench: Bench = {
  name: 'inference',
  summary: 'queue, worker, alignment and decoding against the bare calls of ONNX Runtime',
  async run({ manifest, quick, say }) {
    say('Inference alone');
    const repeats = quick ? 20 : 100;
    const said = await runChild({ args: [program, manifest, String(repeats), '--json'] });
    const rows = JSON.parse(said) as InferenceRow[];
    return {
      figures: rows,
      markdown: [
        `Medians of ${repeats} calls, one thread a session, the bare \`session.run\` in turns with the same through queue, worker thread, alignment and decoding.`,
        table(
          ['work', 'floor, processor time', 'ours', 'ratio', 'floor, wall time', 'ours'],
          rows.map(({ work, floor, ours }) => [
            work,
            `${floor.cpu.toFixed(2)} ms`,
            `${ours.cpu.toFixed(2)} ms`,
            (ours.cpu / floor.cpu).toFixed(2),
            `${floor.wall.toFixed(2)} ms`,
            `${ours.wall.toFixed(2)} ms`,
          ]),
        ),
      ].join('\n\n'),
      bound:
        'by the models themselves; beyond them the pixels are turned into tensors, and two messages go between threads.',
    };
  },
};
