#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { registerConfig } from './config-command.ts';
import { registerDemo } from './demo-command.ts';
import { registerEmbed } from './embed-command.ts';
import { registerEnrol } from './enrol-command.ts';
import { registerEvaluate } from './evaluate-command.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { registerModels } from './models-command.ts';
import { reportFailure } from './report-failure.ts';
import { registerRun } from './run-command.ts';
import { registerTokens } from './tokens-command.ts';

const program = new Command('nightglass')
  .description('Watchlist alerts from live cameras whose picture is poor.')
  .version(version)
  .showHelpAfterError('(nightglass --help lists the commands)')
  .exitOverride();

registerDemo(program);
registerRun(program);
registerEnrol(program);
registerEmbed(program);
registerEvaluate(program);
registerModels(program);
registerConfig(program);
registerTokens(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message or the help already.
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  } else {
    process.stderr.write(`${reportFailure(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
