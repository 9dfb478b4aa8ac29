import { type Command, Option } from 'commander';
import type { Actor } from '../domain/audit-entry.ts';
import { mostDays } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { type Role, roles, type Scope, scopes } from '../domain/principal.ts';
import { createTokenStore, type TokenStore } from '../services/access/tokens.ts';
import { AuditLog } from '../store/audit-log.ts';
import type { TokenRecord } from '../store/token-table.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';
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
    .option('--for <name>', 'login name of an account that uses it: no second person beside it')
    .option('--days <n>', 'days until it expires (default: never)', wholeNumber(1, mostDays))
    .action(
      (
        options: DataFolderOptions & {
          name: string;
          role: Role;
          cameras?: string[];
          watchlists?: string[];
          scopes?: Scope[];
          for?: string;
          days?: number;
          json?: boolean;
        },
      ) =>
        withTokens(options, (store, by) => {
          const input = {
            name: options.name,
            role: options.role,
            ...(options.cameras === undefined ? {} : { cameras: options.cameras }),
            ...(options.watchlists === undefined ? {} : { watchlists: options.watchlists }),
            ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
            ...(options.for === undefined ? {} : { people: [options.for] }),
            ...(options.days === undefined
              ? {}
              : { expiresAt: systemClock.now() + options.days * day }),
          };
          const { token, secret } = store.create(input, by);
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
      withTokens(options, (store, by) => {
        store.revoke(id, by);
        process.stdout.write(
          options.json === true ? `${JSON.stringify({ revoked: id })}\n` : `revoked ${id}\n`,
        );
      }),
    );
}

function withTokens(
  options: DataFolderOptions,
  work: (tokens: TokenStore, by: Actor) => void,
): void {
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    const now = () => systemClock.now();
    const audit = new AuditLog({ store, now });
    work(createTokenStore({ store, audit, now }), commandActor());
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
