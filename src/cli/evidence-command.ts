import { type Command, Option } from 'commander';
import { subjectLaws } from '../domain/subject-access.ts';
import type { ExportOptions } from './export-evidence.ts';
import type { SubjectOptions } from './export-subject.ts';
import type { VerifyOptions } from './verify-evidence.ts';

/** `nightglass evidence export|subject|verify` */
export function registerEvidence(program: Command): void {
  const evidence = program
    .command('evidence')
    .description('alerts and sightings in footage with all that they rest on, as one signed file');
  evidence
    .command('export')
    .description('write alerts and sightings in footage as a case: a signed zip archive; recorded')
    .option('--alert <ids...>', 'ids of alerts, at most 20')
    .option('--search <id>', 'a search of recorded footage by the program')
    .option('--sighting <ids...>', 'with --search: ids of sightings of it, at most 100')
    .option('--person <ids...>', 'with --search: ids of people, all of whose sightings are meant')
    .requiredOption('--reason <text>', 'why, 3 to 1000 characters; goes into the audit log')
    .requiredOption('--out <file>', 'where; never over another file')
    .option('--clips', 'with the clip of each appearance and sighting')
    .option('--unblurred', 'show faces of people whom the case is not about, too; on record')
    .option('-c, --config <file>', 'configuration file, for its data folder, keys and time stamps')
    .option('--data <dir>', 'data folder')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: ExportOptions) => {
      const { exportEvidence } = await import('./export-evidence.ts');
      await exportEvidence(options);
    });
  registerSubject(evidence);
  evidence
    .command('verify')
    .description('find any changed, missing or added byte of a case; exit code 1 when one was')
    .argument('<file>', 'a file that "evidence export" wrote')
    .option('--key <file>', 'public key that it must be signed with, PEM')
    .option('--timestamp-ca <file>', 'certificates that its time stamp must lead to, PEM')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (file: string, options: VerifyOptions) => {
      const { verifyEvidence } = await import('./verify-evidence.ts');
      await verifyEvidence(file, options);
    });
}

function registerSubject(evidence: Command): void {
  evidence
    .command('subject')
    .description(
      'write all that is kept of one person, and of nobody else, as signed cases; recorded',
    )
    .argument('[person...]', 'ids of the enrolments of that one person')
    .option('--picture <file>', 'a picture of who asks: search those who are not known; not kept')
    .option('--list <ids...>', 'with --picture: lists to search (default: all in force)')
    .option('--confirm <ids...>', 'alerts and sightings that show the person, as you say')
    .option('--nothing', 'with --picture: state that nothing is kept of who asks, as you say')
    .option('--reason <text>', 'which request, 3 to 1000 characters; the person reads it')
    .option('--out <file>', 'where; further parts beside it; never over another file')
    .option('--preview', 'print what would be in it; nothing is written or recorded')
    .addOption(
      new Option('--law <law>', 'under which it is asked').choices(subjectLaws).default('gdpr'),
    )
    .option(
      '--withhold <what=why>',
      'keep back what stands there, e.g. alerts/ID/notes/1; the person reads why; repeatable',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--name-staff', 'name those who dealt with it, instead of "reviewer 1"')
    .option('--no-clips', 'without clips')
    .option('--no-templates', 'hashes of templates, without their numbers')
    .option('-c, --config <file>', 'configuration file: data folder, keys, who answers for it')
    .option('--data <dir>', 'data folder')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .option('--json', 'print JSON instead of sentences')
    .action(async (people: readonly string[], options: SubjectOptions) => {
      const { exportSubjectData } = await import('./export-subject.ts');
      await exportSubjectData(people, options);
    });
}
