/*
 * Feeds changed inputs to what takes bytes from outside.
 *
 *   npm run fuzz -- --help
 */

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type FuzzReport, fuzz } from './fuzz.ts';
import { targets } from './targets/all-targets.ts';
import type { FuzzTarget } from './targets/fuzz-target.ts';

const findingsFolder = join(import.meta.dirname, 'findings');

const bounded = (max: number) => (text: string) => {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= max)) {
    throw new InvalidArgumentError(`must be a whole number from 1 to ${max}`);
  }
  return value;
};

/** @returns which part, from 0, of how many */
const part = (text: string): readonly [number, number] => {
  const [which = Number.NaN, of = Number.NaN] = /^\d+\/\d+$/.test(text)
    ? text.split('/').map(Number)
    : [];
  if (!(which >= 1 && which <= of && of <= targets.length)) {
    throw new InvalidArgumentError(`must be a part such as 1/2, of at most ${targets.length}`);
  }
  return [which - 1, of];
};

const program = new Command('fuzz')
  .description(
    `Feeds changed inputs to what takes bytes from outside. Targets:\n${targets
      .map(({ name, about }) => `  ${name.padEnd(10)} ${about}`)
      .join('\n')}`,
  )
  .argument('[names...]', 'targets; all when none is named')
  .option('--seconds <n>', 'for each target', bounded(86_400), 30)
  .option('--inputs <n>', 'at most so many for each target', bounded(1e9), 1e9)
  .option('--seed <n>', 'the same seed gives the same inputs', bounded(2 ** 31), undefined)
  .option('--hold <ms>', 'longest processor time of one input', bounded(10_000), 100)
  .option('--part <i/n>', 'only the targets of this part, for several programs side by side', part)
  .addHelpText(
    'after',
    '\nFindings are kept in test/fuzz/findings and tried again by `npm test`.\nExit code 1 when there is one.',
  )
  .parse();

const {
  seconds,
  inputs,
  hold,
  part: [which, of] = [0, 1],
  seed = 1 + (Date.now() % 2 ** 31),
} = program.opts<{
  seconds: number;
  inputs: number;
  hold: number;
  part?: readonly [number, number];
  seed?: number;
}>();
const all = program.args.length === 0 ? targets : program.args.map(named);
const chosen = all.filter((_, at) => at % of === which);
let failed = 0;
for (const target of chosen) {
  const tty = process.stderr.isTTY;
  const report = await fuzz(target, {
    seed,
    maxInputs: inputs,
    maxMs: seconds * 1_000,
    maxHoldMs: hold,
    ...(tty ? { onProgress: (n) => process.stderr.write(`\r${target.name} ${n}`) } : {}),
  });
  if (tty) process.stderr.write('\r');
  console.log(summary(report));
  failed += report.findings.length;
  await keep(report);
}
console.log(`${chosen.length} targets, ${failed} findings, seed ${seed}`);
// A gateway that a finding left behind must not keep the program.
process.exit(failed > 0 ? 1 : 0);

function named(name: string): FuzzTarget {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  console.error(`There is no target ${name}; there are: ${targets.map((t) => t.name).join(', ')}`);
  process.exit(2);
}

function summary({ target, inputs: fed, longestMs, growth, findings }: FuzzReport): string {
  return [
    `${target}: ${fed} inputs, longest hold ${longestMs.toFixed(0)} ms of processor time,`,
    `memory ${growth >= 0 ? '+' : ''}${(growth / 2 ** 20).toFixed(1)} MB, ${findings.length} findings`,
    ...findings.map(({ kind, what, input }) => `\n  ${kind} (${input.length} bytes): ${what}`),
  ].join(' ');
}

async function keep({ target, findings }: FuzzReport): Promise<void> {
  const folder = join(findingsFolder, target);
  for (const { input } of findings.filter((finding) => finding.input.length > 0)) {
    await mkdir(folder, { recursive: true });
    const name = createHash('sha256').update(input).digest('hex').slice(0, 16);
    await writeFile(join(folder, name), input);
  }
}
