import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { runChild } from '../child.ts';
import { table } from '../markdown.ts';

const program = join(import.meta.dirname, './backup-process.ts');
const filler = join(import.meta.dirname, '..', 'loop', 'fill-store.ts');

export interface BackupOrderOfBench {
  readonly step: 'backup' | 'verify' | 'restore' | 'compare';
  readonly data: string;
  readonly file: string;
  readonly restored: string;
  /** Secret key of the age format, and its public half. */
  readonly identity: string;
  readonly recipient: string;
}

/** What one step took. */
export interface BackupStep {
  readonly seconds: number;
  /** Of the processor. */
  readonly cpuSeconds: number;
  /** Bytes, the most at once; Node's own some 60 MiB among them. */
  readonly resident: number;
  /** Bytes of the database or of the backup; rows compared. */
  readonly amount: number;
}

interface BackupFigures {
  readonly alerts: number;
  readonly backup: BackupStep;
  readonly verify: BackupStep;
  readonly restore: BackupStep;
  readonly compare: BackupStep;
}

/** What a backup and a restore take, and of how much memory. */
export const backupBench: Bench = {
  name: 'backup',
  summary: 'a backup of 100 k alerts, its check, its restore, and both compared row by row',
  async run(context) {
    context.say('Back up and restore');
    const folder = join(context.workDir, 'backup');
    rmSync(folder, { recursive: true, force: true });
    const alerts = context.quick ? 2_000 : 100_000;
    const data = join(folder, 'data');
    const fill = { folder: data, alerts, people: 1_000, model: 'bench', dimension: 512 };
    await runChild({ args: [filler, JSON.stringify(fill)] });
    const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
    const identity = await generateX25519Identity();
    const places = {
      ...{ data, file: join(folder, 'one.age'), restored: join(folder, 'restored') },
      ...{ identity, recipient: await identityToRecipient(identity) },
    };
    const run = async (step: BackupOrderOfBench['step']): Promise<BackupStep> =>
      JSON.parse(await runChild({ args: [program, JSON.stringify({ step, ...places })] }));
    const figures: BackupFigures = {
      alerts,
      backup: await run('backup'),
      verify: await run('verify'),
      restore: await run('restore'),
      compare: await run('compare'),
    };
    rmSync(folder, { recursive: true, force: true });
    return {
      figures,
      markdown: report(figures),
      bound:
        'the disk: a backup writes the database twice (the copy that stands for the moment, then the file), a restore once, and both read it once more to check it.',
    };
  },
};

function report({ alerts, backup, verify, restore, compare }: BackupFigures): string {
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  const row = (name: string, { seconds, cpuSeconds, resident }: BackupStep) => [
    name,
    `${seconds.toFixed(1)} s`,
    `${cpuSeconds.toFixed(1)} s`,
    `${mib(resident)} MiB`,
  ];
  return [
    `${alerts.toLocaleString('en-US')} alerts with their sightings, reviews, events and audit records, pictures of some 2 KB an alert, 3,000 people: a database of ${mib(backup.amount)} MiB.`,
    table(
      ['', 'time', 'processor', 'memory at most'],
      [row('backup', backup), row('verify', verify), row('restore', restore)],
    ),
    `Compared afterwards: ${compare.amount.toLocaleString('en-US')} rows of all tables, each value, all alike.`,
  ].join('\n\n');
}
