import { type Command, Option } from 'commander';
import { accountState } from '../domain/account.ts';
import type { Actor } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { type Role, roles, type Scope, scopes } from '../domain/principal.ts';
import type { AccountView } from '../services/access/account-contract.ts';
import type { MadeLink } from '../services/access/account-links.ts';
import { AccountStore } from '../services/access/account-store.ts';
import { SecondFactors } from '../services/access/factors/second-factors.ts';
import { PasswordHasher } from '../services/access/password-hasher.ts';
import { AuditLog } from '../store/audit-log.ts';
import { keysInFolder, secretBox } from '../store/secret-box.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';
import { textTable, withoutControls } from './text-table.ts';

interface UsersOptions extends DataFolderOptions {
  readonly json?: boolean;
}

interface LinkOptions extends UsersOptions {
  readonly address: string;
}

interface InviteOptions extends LinkOptions {
  readonly displayName?: string;
  readonly role: Role;
  readonly cameras?: readonly string[];
  readonly watchlists?: readonly string[];
  readonly scopes?: readonly Scope[];
}

/** `nightglass users list|invite|disable|enable|reset-password|reset-factors|remove` */
export function registerUsers(program: Command): void {
  const users = program
    .command('users')
    .description('accounts of the people who use Nightglass; beside a running one, too');
  const place = (command: Command) =>
    command
      .option('-c, --config <file>', 'configuration file, for its data folder')
      .option('--data <dir>', 'data folder')
      .option('--json', 'print JSON instead of sentences');
  const linking = (command: Command) =>
    place(command).option(
      '--address <url>',
      'where the page is for whoever gets the link',
      'http://127.0.0.1:8480',
    );

  place(users.command('list'))
    .description('list accounts')
    .action((options: UsersOptions) =>
      withUsers(options, (accounts, _, factors) => list(accounts, factors, options)),
    );

  linking(users.command('invite'))
    .description('make an account, and a link with which its holder chooses a password')
    .argument('<name>', 'login name; stands in reviews and in the audit log')
    .option('--display-name <name>', 'how the pages call the person (default: the login name)')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).default('viewer'))
    .option('--cameras <ids...>', 'cameras that they may see (default: all)')
    .option('--watchlists <ids...>', 'watchlists that they may know of (default: all)')
    .addOption(new Option('--scopes <scopes...>', 'rights beside the role').choices(scopes))
    .action((name: string, options: InviteOptions) =>
      withUsers(options, (accounts, by) => {
        const { displayName, role, cameras, watchlists } = options;
        const rights = { role, cameras, watchlists, scopes: options.scopes };
        const { account, ...link } = accounts.invite({ name, displayName, ...rights }, by);
        printLink(account.name, link, options);
      }),
    );

  linking(users.command('reset-password'))
    .description('take a password away, end sessions, and make a link for a new one')
    .argument('<name>', 'login name')
    .action((name: string, options: LinkOptions) =>
      withUsers(options, (accounts, by) => {
        const account = accounts.named(name);
        printLink(account.name, accounts.link(account.id, by), options);
      }),
    );

  registerEnds(users, place);
}

/** What takes something away. */
function registerEnds(users: Command, place: (command: Command) => Command): void {
  for (const [command, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    place(users.command(command))
      .description(disabled ? 'let somebody in no longer' : 'let somebody in again')
      .argument('<name>', 'login name')
      .action((name: string, options: UsersOptions) =>
        withUsers(options, (accounts, by) => {
          const account = accounts.named(name);
          accounts.change(account.id, { disabled }, by);
          printDone(`${command}d`, account.name, options);
        }),
      );
  }

  place(users.command('reset-factors'))
    .description('take all second factors of somebody away who has lost them, and end sessions')
    .argument('<name>', 'login name')
    .action((name: string, options: UsersOptions) =>
      withUsers(options, (accounts, by, factors) => {
        const account = accounts.named(name);
        factors.reset(account.id, by);
        printDone('reset', account.name, options);
      }),
    );

  place(users.command('remove'))
    .description('remove an account; its login name is given to nobody again')
    .argument('<name>', 'login name')
    .action((name: string, options: UsersOptions) =>
      withUsers(options, (accounts, by) => {
        const account = accounts.named(name);
        accounts.remove(account.id, by);
        printDone('removed', account.name, options);
      }),
    );
}

function withUsers(
  options: DataFolderOptions,
  work: (accounts: AccountStore, by: Actor, factors: SecondFactors) => void,
): void {
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    const now = () => systemClock.now();
    const audit = new AuditLog({ store, now });
    const hasher = new PasswordHasher(systemClock);
    const factors = new SecondFactors({
      ...{ store, audit, now, monotonic: () => systemClock.monotonic() },
      // Commands take away and list; who must have one is asked when somebody signs in.
      ...{ box: secretBox(() => keysInFolder(dataFolderOf(options))), policy: 'optional' },
    });
    work(new AccountStore({ store, audit, now, hasher }), commandActor(), factors);
  } finally {
    store.close();
  }
}

function list(
  accounts: AccountStore,
  factors: SecondFactors,
  { json = false }: UsersOptions,
): void {
  const kinds = factors.kinds();
  const users = accounts
    .list()
    .map((user) => ({ ...user, secondFactors: kinds.get(user.id) ?? [] }));
  if (json) {
    const shown = users.map((user) => ({ ...user, state: accountState(user) }));
    process.stdout.write(`${JSON.stringify({ users: shown })}\n`);
  } else if (users.length === 0) {
    process.stdout.write('no accounts; invite somebody with "nightglass users invite"\n');
  } else {
    const heads = [
      'NAME',
      'CALLED',
      'ROLE',
      'CAMERAS',
      'WATCHLISTS',
      'STATE',
      'SECOND FACTOR',
      'LAST SEEN',
    ];
    process.stdout.write(textTable(heads, users.map(rowOf)));
  }
}

function rowOf(user: AccountView & { readonly secondFactors: readonly string[] }): string[] {
  const { name, displayName, role, cameras, watchlists, lastSeenAt, secondFactors } = user;
  const some = (ids: '*' | readonly string[]) => (ids === '*' ? 'all' : ids.join(', ') || 'none');
  const seen = lastSeenAt === null ? 'never' : new Date(lastSeenAt).toISOString();
  const second = secondFactors.join(', ') || 'none';
  const rights = [role, some(cameras), some(watchlists)];
  return [name, displayName, ...rights, accountState(user), second, seen].map(withoutControls);
}

function printLink(name: string, { secret, kind, expiresAt }: MadeLink, options: LinkOptions) {
  const link = `${options.address.replace(/\/+$/, '')}/#/join/${secret}`;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ name, kind, link, expiresAt })}\n`
      : `${link}\n(for ${name}, once, until ${new Date(expiresAt).toISOString()}; hand it over now, it is not shown again)\n`,
  );
}

function printDone(done: string, name: string, { json = false }: UsersOptions): void {
  process.stdout.write(json ? `${JSON.stringify({ [done]: name })}\n` : `${done} ${name}\n`);
}
