import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';

const program = join(import.meta.dirname, './evidence-process.ts');
/** Ten before and ten after, as clips are by default. */
export const clipSeconds = 20;

export interface EvidenceOrder {
  readonly folder: string;
  readonly footage: string;
  readonly manifest: string;
  readonly alerts: number;
}

export interface CaseCost {
  readonly seconds: number;
  /** Of all threads of the program. */
  readonly processor: number;
  readonly bytes: number;
}

export interface EvidenceFigures {
  readonly footage: string;
  readonly alerts: number;
  readonly pictures: CaseCost;
  readonly hiddenPictures: CaseCost;
  readonly whole: CaseCost;
  readonly verified: CaseCost;
  readonly hidden: CaseCost;
}

/** What exporting a case costs, and verifying it. */
export const evidenceBench: Bench = {
  name: 'evidence',
  summary: 'a case of ten alerts with clips: exported, faces of others hidden, verified',
  async run(context) {
    context.say('Evidence export');
    const order: EvidenceOrder = {
      folder: join(context.workDir, 'evidence'),
      footage: await context.footage('usual'),
      manifest: context.manifest,
      alerts: context.quick ? 2 : 10,
    };
    const figures = JSON.parse(
      await runChild({ args: [program, JSON.stringify(order)] }),
    ) as EvidenceFigures;
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

function report(figures: EvidenceFigures): string {
  const { alerts, footage, pictures, hiddenPictures, whole, verified, hidden } = figures;
  const row = (name: string, { seconds, processor, bytes }: CaseCost) => [
    name,
    `${seconds.toFixed(1)} s`,
    `${processor.toFixed(1)} s`,
    `${(bytes / 2 ** 20).toFixed(1)} MiB`,
  ];
  return [
    `A case of ${alerts} alerts, each with five pictures and a clip of ${clipSeconds} s (${footage}), with both reports. Once each.`,
    table(
      ['', 'by the clock', 'processor', 'archive'],
      [
        row('exported without clips, everybody shown', pictures),
        row('exported without clips, faces of others hidden in frames', hiddenPictures),
        row('exported with clips as recorded, everybody shown', whole),
        row('verified with these clips', verified),
        row('exported with clips, faces of others hidden', hidden),
      ],
    ),
  ].join('\n\n');
}

function bound({ alerts, hiddenPictures, hidden }: EvidenceFigures): string {
  const each = (hidden.processor - hiddenPictures.processor) / alerts;
  return `hiding faces in a clip (${each.toFixed(1)} s of processor time each): decoding it twice, looking for faces five times a second, coding it again. Without clips, the letters and pages of the PDF report.`;
}
