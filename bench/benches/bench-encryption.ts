import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';
import type { Spread } from '../samples.ts';

const program = join(import.meta.dirname, './encryption-process.ts');
export const dimension = 512;

export interface EncryptionOrder {
  readonly folder: string;
  /** Templates of the store, one a person. */
  readonly templates: number;
  readonly alerts: number;
  /** How often all templates are read. */
  readonly loads: number;
}

/** Milliseconds of processor time. */
export interface EncryptionWay {
  readonly alert: Spread;
  readonly evidence: Spread;
  readonly load: Spread;
  /** The same by the clock. */
  readonly loadTime: Spread;
}

export interface EncryptionFigures {
  readonly templates: number;
  readonly alertBytes: number;
  readonly plain: EncryptionWay;
  readonly sealed: EncryptionWay;
  /** Processor time of what a command encrypts again. */
  readonly rotation: { readonly values: number; readonly bytes: number; readonly seconds: number };
  /** A step of a running program, milliseconds. */
  readonly smallStep: Spread;
}

/** What encryption at rest costs: an alert, a picture, the start, a new key. */
export const encryptionBench: Bench = {
  name: 'encryption',
  summary: 'encryption at rest: writing an alert, reading 100 k templates at the start, a new key',
  async run(context) {
    context.say('Encryption at rest');
    const order: EncryptionOrder = {
      folder: join(context.workDir, 'encryption'),
      templates: context.quick ? 10_000 : 100_000,
      alerts: context.quick ? 100 : 300,
      loads: context.quick ? 2 : 3,
    };
    const figures = JSON.parse(
      await runChild({ args: [program, JSON.stringify(order)] }),
    ) as EncryptionFigures;
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

function report({ templates, alertBytes, plain, sealed, rotation, smallStep }: EncryptionFigures) {
  const row = (name: string, of: (way: EncryptionWay) => Spread) => {
    const [without, withKey] = [of(plain), of(sealed)];
    return [
      name,
      times(without),
      times(withKey),
      `${(withKey.median - without.median).toFixed(2)} ms`,
    ];
  };
  const rate = rotation.values / rotation.seconds;
  return [
    `One list of ${templates.toLocaleString('en-US')} people with a template of ${dimension} numbers each, in stores with and without a key, in turns. An alert is written with five pictures, ${Math.round(alertBytes / 1024)} KiB in all. Processor time, medians (least–greatest).`,
    table(
      ['', 'plain', 'encrypted', 'difference'],
      [
        row('an alert is written', ({ alert }) => alert),
        row('a picture of an alert is read', ({ evidence }) => evidence),
        row(
          `${templates.toLocaleString('en-US')} templates are read at the start, until they can be searched`,
          ({ load }) => load,
        ),
      ],
    ),
    `By the clock the start took ${times(plain.loadTime)} and ${times(sealed.loadTime)}, with what else ran on the machine.`,
    `A new key: ${rotation.values.toLocaleString('en-US')} values (${Math.round(rotation.bytes / 2 ** 20)} MiB) take ${rotation.seconds.toFixed(1)} s of processor time, ${Math.round(rate).toLocaleString('en-US')} values a second. A step of a running program takes ${times(smallStep)}.`,
  ].join('\n\n');
}

function bound({ templates, plain, sealed }: EncryptionFigures): string {
  const each = ((sealed.load.median - plain.load.median) * 1000) / templates;
  return `at the start the calls of \`node:crypto\` from JavaScript, some ${each.toFixed(0)} µs a template; in writing the disk's sync.`;
}

function times({ median, low, high }: Spread): string {
  const plain = (ms: number) => ms.toFixed(ms < 10 ? 2 : 0);
  return `${plain(median)} ms (${plain(low)}–${plain(high)})`;
}
