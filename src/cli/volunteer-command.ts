import type { Command } from 'commander';
import { type AcceptanceOptions, gathered, testOptions } from './acceptance-options.ts';
import type { AddVolunteerOptions } from './volunteer-steps.ts';
import { wallTime } from './wall-time.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass volunteer add|list|remove` */
export function registerVolunteer(program: Command): void {
  const volunteer = program
    .command('volunteer')
    .description('people who take part in an acceptance test, with their consent');
  testOptions(volunteer.command('add'))
    .description('put somebody who agreed in writing on the list of a test, with their pictures')
    .argument('<images...>', 'pictures of the volunteer, or folders of them')
    .requiredOption('--name <name>', 'as alerts show it')
    .requiredOption('--consent <file>', 'the text that was signed; its SHA-256 is kept')
    .requiredOption('--consent-version <text>', 'how the site calls this version of the text')
    .option('--consent-given <date>', 'when it was signed (ISO 8601; default: now)', wallTime)
    .option(
      '--consent-until <date>',
      'until when it holds, not before the end of the test (default: the end of the test)',
      wallTime,
    )
    .option(
      '--group <asked=said>',
      'what the volunteer agreed to say of themselves, such as age=18-39; several times',
      gathered,
    )
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .action(async (images: string[], options: AddVolunteerOptions) => {
      const { addVolunteer } = await import('./volunteer-steps.ts');
      await addVolunteer(images, options);
    });
  testOptions(volunteer.command('list'))
    .description('volunteers of a test with their consent and walks')
    .option('--json', 'print JSON')
    .action(async (options: AcceptanceOptions & { readonly json?: boolean }) => {
      const { listVolunteers } = await import('./volunteer-steps.ts');
      await listVolunteers(options);
    });
  testOptions(volunteer.command('remove'))
    .description('delete a volunteer with pictures, consent, walks and the alerts on them')
    .argument(
      '<volunteer>',
      'number, as "volunteer list" shows it',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .action(async (number: number, options: AcceptanceOptions) => {
      const { removeVolunteer } = await import('./volunteer-steps.ts');
      await removeVolunteer(number, options);
    });
}
