import { type Command, Option } from 'commander';
import { type AcceptancePlan, lightKinds } from '../domain/acceptance/walk.ts';
import { acceptanceBounds, dayMs } from '../domain/bounds.ts';
import {
  type AcceptanceOptions,
  folderOptions,
  gathered,
  planOf,
  planOptions,
  testOptions,
} from './acceptance-options.ts';
import type { AcceptanceReportOptions } from './acceptance-report.ts';
import type { FinishOptions, StartOptions, WalkOptions } from './acceptance-steps.ts';
import { wallTime } from './wall-time.ts';
import { wholeNumber } from './whole-number.ts';

interface JsonOption {
  readonly json?: boolean;
}

const formats = ['html', 'pdf', 'json'] as const;
const volunteerNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** `nightglass acceptance plan|start|status|walk|finish|report` */
export function registerAcceptance(program: Command): void {
  const acceptance = program
    .command('acceptance')
    .description('a test of a site with volunteers who walk past its cameras');
  planOptions(acceptance.command('plan'))
    .description("how many walks and strangers' faces a test needs")
    .option('--json', 'print JSON')
    .action(async (options: AcceptancePlan & JsonOption) => {
      const { showPlan } = await import('./acceptance-steps.ts');
      showPlan(planOf(options), options.json === true);
    });
  registerStart(acceptance);
  testOptions(acceptance.command('status'))
    .description('how far a test is, and what it shows so far')
    .option('--json', 'print JSON')
    .action(async (options: AcceptanceOptions & JsonOption) => {
      const { showStatus } = await import('./acceptance-steps.ts');
      await showStatus(options);
    });
  registerWalk(acceptance);
  counted(testOptions(acceptance.command('finish')))
    .description(
      'keep the figures and delete the list with its volunteers, their pictures, walks and alerts',
    )
    .action(async (options: FinishOptions) => {
      const { finishTest } = await import('./acceptance-steps.ts');
      await finishTest(options);
    });
  counted(testOptions(acceptance.command('report')))
    .description('write the report of a test, to be signed; it names no volunteer')
    .addOption(new Option('--format <format>', 'what to write').choices(formats).default('html'))
    .option('--out <file>', 'write to a file instead of standard output')
    .action(async (options: AcceptanceReportOptions) => {
      const { writeAcceptanceReport } = await import('./acceptance-report.ts');
      await writeAcceptanceReport(options);
    });
}

function registerStart(acceptance: Command): void {
  const days = acceptanceBounds.testMs / dayMs;
  planOptions(folderOptions(acceptance.command('start')))
    .description('begin a test: makes a list of its own, which volunteers are put on')
    .requiredOption('--name <name>', 'of the test and its list')
    .requiredOption('--legal-basis <text>', 'of the list')
    .requiredOption('--authorisation <text>', 'of the list: who allowed the test, and where')
    .requiredOption('--owner <text>', 'of the list: who answers for the test')
    .requiredOption(
      '--until <date>',
      `when list and volunteers are deleted at the latest, at most ${days} days ahead (ISO 8601)`,
      wallTime,
    )
    .option('--camera <id>', 'camera that is tested; several times (default: all)', gathered)
    .action(async (options: StartOptions) => {
      const { startTest } = await import('./acceptance-steps.ts');
      await startTest(options);
    });
}

function registerWalk(acceptance: Command): void {
  testOptions(acceptance.command('walk'))
    .description('record that a volunteer walks, or walked, past a camera')
    .argument('<volunteer>', 'number, as "volunteer list" shows it', volunteerNumber)
    .option('--camera <id>', 'camera that the volunteer walks past')
    .addOption(new Option('--light <kind>', 'in which light').choices(lightKinds))
    .option('--from <time>', 'when it began (ISO 8601; default: now)', wallTime)
    .option('--to <time>', 'when it ended (default: it goes on until --end)', wallTime)
    .option('--end', 'end the walk that goes on')
    .action(async (volunteer: number, options: WalkOptions) => {
      const { recordWalk } = await import('./acceptance-steps.ts');
      await recordWalk(volunteer, options);
    });
}

function counted(command: Command): Command {
  return command.option(
    '--faces <camera=n>',
    'faces that people counted at a camera, volunteers among them; several times (default: tracks that the program counted in whole hours)',
    gathered,
  );
}
