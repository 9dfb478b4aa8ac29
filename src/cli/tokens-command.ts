import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { AuditAction } from '../domain/audit-actions.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { type Role, roles, type Scope, scopes } from '../domain/principal.ts';
import { createTokenStore, type TokenRecord, type TokenStore } from '../services/access/tokens.ts';
import { auditAnchorName } from '../store/audit-anchor-name.ts';
import { createAuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { wholeNumber } from './whole-number.ts';

const day = 86_400_000;

/** `nightglass tokens create|list|revoke` */
export function registerTokens(program: Command): void {
  const tokens = program.command('tokens').description('who may use the gateway');
  const place = (command: Command) =>
    command
      .option('-c, --config <file>', 'configuration file, for its data folder')
      .option('--data <dir>', 'data folder')
      .option('--json', 'print JSON');

  place(tokens.command('create'))
    .description('make a token; its secret is printed once and never again')
    .requiredOption('--name <name>', 'who holds it; stands in reviews and in the audit log')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('viewer'))
    .option('--cameras <ids...>', 'cameras that it may see (default: all)')
    .option('--watchlists <ids...>', 'watchlists that it may know of (default: all)')
    .addOption(new Option('--scopes <scopes...>', 'rights beside the role').choices(scopes))
    .option('--days <n>', 'days until it expires (default: never)', wholeNumber(1))
    .action(
      (
        options: DataFolderOptions & {
          name: string;
          role: Role;
          cameras?: string[];
          watchlists?: string[];
          scopes?: Scope[];
          days?: number;
          json?: boolean;
        },
      ) =>
        withTokens(options, (store, record) => {
          const { token, secret } = store.create({
            name: options.name,
            role: options.role,
            ...(options.cameras === undefined ? {} : { cameras: options.cameras }),
            ...(options.watchlists === undefined ? {} : { watchlists: options.watchlists }),
            ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
            ...(options.days === undefined
              ? {}
              : { expiresAt: systemClock.now() + options.days * day }),
          });
          const { role, cameras, watchlists, scopes: held, expiresAt } = token;
          const detail = { name: token.name, role, cameras, watchlists, scopes: held, expiresAt };
          record('token.created', token.id, detail);
          process.stdout.write(
            options.json === true
              ? `${JSON.stringify({ ...token, secret })}\n`
              : `${secret}\n(${describe(token)}; keep it now, it is not shown again)\n`,
          );
        }),
    );

  place(tokens.command('list'))
    .description('list tokens, without their secrets')
    .action((options: DataFolderOptions & { json?: boolean }) =>
      withTokens(options, (store) => {
        const all = store.list();
        if (options.json === true) process.stdout.write(`${JSON.stringify(all)}\n`);
        else for (const token of all) process.stdout.write(`${token.id}  ${describe(token)}\n`);
      }),
    );

  place(tokens.command('revoke'))
    .description('refuse a token from now on')
    .argument('<id>', 'as "nightglass tokens list" shows it')
    .action((id: string, options: DataFolderOptions & { json?: boolean }) =>
      withTokens(options, (store, record) => {
        store.revoke(id);
        record('token.revoked', id, {});
        process.stdout.write(
          options.json === true ? `${JSON.stringify({ revoked: id })}\n` : `revoked ${id}\n`,
        );
      }),
    );
}

/** Writes an act of this command to the audit log. */
type RecordAct = (what: AuditAction, target: string, detail: object) => void;

function withTokens(
  options: DataFolderOptions,
  work: (tokens: TokenStore, record: RecordAct) => void,
): void {
  const dataDir = dataFolderOf(options);
  const store = createStore({ dataDir });
  try {
    // A token made in memory would be lost with this process.
    store.retry();
    const health = store.health();
    if (!health.durable) {
      throw new NightglassError(
        'STORE_UNWRITABLE',
        `Cannot write the data folder: ${health.reason}`,
      );
    }
    const now = () => systemClock.now();
    const audit = createAuditLog({ store, now, anchorFile: join(dataDir, auditAnchorName) });
    work(createTokenStore({ store, now }), (what, target, detail) =>
      audit.append({
        who: 'command line',
        what,
        target,
        detail: { user: userInfo().username, ...detail },
      }),
    );
  } finally {
    store.close();
  }
}

function describe(token: TokenRecord): string {
  const cameras = token.cameras === '*' ? 'all cameras' : token.cameras.join(', ');
  const lists =
    token.watchlists === '*' ? [] : [`watchlists ${token.watchlists.join(', ') || 'none'}`];
  const until =
    token.revokedAt !== null
      ? 'revoked'
      : token.expiresAt === null
        ? 'no expiry'
        : `until ${new Date(token.expiresAt).toISOString()}`;
  return [token.name, token.role, cameras, ...lists, ...token.scopes, until].join(' · ');
}
