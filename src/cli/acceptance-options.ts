import type { Command } from 'commander';
import type { AcceptancePlan } from '../domain/acceptance/walk.ts';
import { rateWithin } from './rate-within.ts';

/** Which data folder and which test a command works on. */
export interface AcceptanceOptions {
  readonly config: string;
  readonly data?: string;
  readonly test?: string;
}

/** Options of commands on a test. */
export function testOptions(command: Command): Command {
  return folderOptions(command).option('--test <id>', 'which test (default: the one under way)');
}

export function folderOptions(command: Command): Command {
  return command
    .requiredOption('-c, --config <file>', 'configuration file of the Nightglass that is tested')
    .option('--data <dir>', 'data folder, instead of that of the configuration');
}

/** What a test has to show: an {@link AcceptancePlan}. */
export function planOptions(command: Command): Command {
  return command
    .option('--rate <rate>', 'least share of walks that are to be found', rateWithin, 0.9)
    .option('--half-width <share>', 'half the width of its 95 % interval', rateWithin, 0.05)
    .option('--fpir <rate>', "most false alerts a stranger's face", rateWithin, 0.001);
}

export function planOf({ fpir, halfWidth, rate }: AcceptancePlan): AcceptancePlan {
  return { fpir, halfWidth, rate };
}

/** Gathers the values of an option that may be given several times. */
export function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
