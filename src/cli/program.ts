import { Command } from 'commander';
import { version } from '../app/version.ts';
import { registerAcceptance } from './acceptance-command.ts';
import { registerAudit } from './audit-command.ts';
import { registerBackup, registerRestore } from './backup-command.ts';
import { registerCalibrate } from './calibrate-command.ts';
import { registerCameras } from './cameras-command.ts';
import { registerConfig } from './config-command.ts';
import { registerDemo } from './demo-command.ts';
import { registerEmbed } from './embed-command.ts';
import { registerEnrol } from './enrol-command.ts';
import { registerEvaluate } from './evaluate-command.ts';
import { registerEvidence } from './evidence-command.ts';
import { registerFootage } from './footage-command.ts';
import { registerLearning } from './learning-command.ts';
import { registerModels } from './models-command.ts';
import { registerReceivers } from './receivers-command.ts';
import { registerReport } from './report-command.ts';
import { registerRun } from './run-command.ts';
import { registerSearch } from './search-command.ts';
import { registerStore } from './store-command.ts';
import { registerTokens } from './tokens-command.ts';
import { registerUsers } from './users-command.ts';
import { registerVolunteer } from './volunteer-command.ts';
import { registerWatchlists } from './watchlists-command.ts';

/** The command line: its commands and options; the work of each is loaded when it is called. */
export function createProgram(): Command {
  const program = new Command('nightglass')
    .description('Watchlist alerts from live cameras whose picture is poor.')
    .version(version)
    .showHelpAfterError('(nightglass --help lists the commands)')
    .exitOverride();

  registerDemo(program);
  registerRun(program);
  registerEnrol(program);
  registerEmbed(program);
  registerSearch(program);
  registerFootage(program);
  registerEvaluate(program);
  registerCalibrate(program);
  registerCameras(program);
  registerReceivers(program);
  registerWatchlists(program);
  registerVolunteer(program);
  registerAcceptance(program);
  registerModels(program);
  registerLearning(program);
  registerConfig(program);
  registerTokens(program);
  registerUsers(program);
  registerAudit(program);
  registerReport(program);
  registerEvidence(program);
  registerStore(program);
  registerBackup(program);
  registerRestore(program);
  return program;
}
