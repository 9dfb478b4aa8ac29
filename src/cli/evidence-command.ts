import type { Command } from 'commander';
import type { ExportOptions } from './export-evidence.ts';
import type { VerifyOptions } from './verify-evidence.ts';

/** `nightglass evidence export|verify` */
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
