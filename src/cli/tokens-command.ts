import { type Command, Option } from 'commander';
import { type Role, roles, type Scope, scopes } from '../access/principal.ts';
import { createTokenStore, type TokenRecord, type TokenStore } from '../access/tokens.ts';
import { systemClock } from '../clock.ts';
import { NightglassError } from '../errors.ts';
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
    .addOption(new Option('--scopes <scopes...>', 'rights beside the role').choices(scopes))
    .option('--days <n>', 'days until it expires (default: never)', wholeNumber(1))
    .action(
      (
        options: DataFolderOptions & {
          name: string;
          role: Role;
          cameras?: string[];
          scopes?: Scope[];
          days?: number;
          json?: boolean;
        },
      ) =>
        withTokens(options, (store) => {
          const { token, secret } = store.create({
            name: options.name,
            role: options.role,
            ...(options.cameras === undefined ? {} : { cameras: options.cameras }),
            ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
            ...(options.days === undefined
              ? {}
              : { expiresAt: systemClock.now() + options.days * day }),
          });
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
      withTokens(options, (store) => {
        store.revoke(id);
        process.stdout.write(
          options.json === true ? `${JSON.stringify({ revoked: id })}\n` : `revoked ${id}\n`,
        );
      }),
    );
}

function withTokens(options: DataFolderOptions, work: (tokens: TokenStore) => void): void {
  const store = createStore({ dataDir: dataFolderOf(options) });
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
    work(createTokenStore({ store, now: () => systemClock.now() }));
  } finally {
    store.close();
  }
}

function describe(token: TokenRecord): string {
  const cameras = token.cameras === '*' ? 'all cameras' : token.cameras.join(', ');
  const until =
    token.revokedAt !== null
      ? 'revoked'
      : token.expiresAt === null
        ? 'no expiry'
        : `until ${new Date(token.expiresAt).toISOString()}`;
  return [token.name, token.role, cameras, ...token.scopes, until].join(' · ');
}
