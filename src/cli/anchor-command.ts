import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { anchorTargets } from '../app/open-anchors.ts';
import { securedEndpoint } from '../config/endpoint.ts';
import { loadConfig } from '../config/load-config.ts';
import type { AuditAnchor } from '../domain/audit-anchor.ts';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  type AnchorTargets,
  anchorText,
  assertElsewhere,
  writeAnchor,
} from '../services/audit/write-anchor.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { withAudit } from './with-audit.ts';

interface AnchorOptions extends DataFolderOptions {
  readonly to?: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** `nightglass audit anchor` */
export function registerAnchor(command: Command): void {
  command
    .description('write where the log ends to a place beyond the data folder')
    .option('--to <file>', 'add a line to this file')
    .option('--url <url>', 'send it to this webhook, without headers', address)
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: AnchorOptions) => {
      const targets = targetsOf(options);
      const anchor = await withAudit(options, async (log, store): Promise<AuditAnchor> => {
        // Before: the anchor then covers the record of it. A folder that is only read has none.
        if (store.health().durable) log.require(auditEntry(commandActor(), 'audit.anchored', ''));
        const head = log.head();
        if (head === undefined) {
          throw new NightglassError('NOT_FOUND', 'Cannot anchor the audit log: it has no record');
        }
        return { ...head, at: systemClock.now() };
      });
      await writeAnchor(anchor, targets, waitingClock);
      process.stdout.write(
        options.json === true
          ? `${anchorText(anchor)}\n`
          : `kept elsewhere: record ${anchor.sequence}, ${anchor.hash}\n`,
      );
    });
}

/** A wait between two attempts keeps the command alive. */
const waitingClock = {
  ...systemClock,
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

function targetsOf(options: AnchorOptions): AnchorTargets {
  const { to, url, config: file } = options;
  const dataDir = dataFolderOf(options);
  if (to !== undefined || url !== undefined) {
    if (to !== undefined) assertElsewhere(to, dataDir);
    return {
      ...(to === undefined ? {} : { file: resolve(to) }),
      ...(url === undefined
        ? {}
        : { webhook: { url, headers: {}, timeoutMs: 10_000, attempts: 3 } }),
    };
  }
  const loaded = file === undefined ? undefined : loadConfig(file);
  const anchor = loaded?.config.audit.anchor;
  if (loaded !== undefined && anchor !== undefined) {
    return anchorTargets(anchor, { baseDir: loaded.baseDir, dataDir, env: process.env });
  }
  throw new NightglassError('USAGE', 'Cannot tell where the end of the audit log is to be kept', {
    hint: 'Give --to FILE or --url URL, or -c FILE with audit.anchor.',
  });
}

function address(text: string): string {
  const checked = securedEndpoint('https://keeper.example.org/anchors').safeParse(text);
  if (checked.success) return checked.data;
  throw new InvalidArgumentError(checked.error.issues.map(({ message }) => message).join('; '));
}
