import type { Command } from 'commander';
import { StoreKeys } from '../store/encryption/store-keys.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { createKeyFile } from './key-file.ts';
import { openStoreOf } from './open-store-of.ts';
import { decryptStore, type Rekeyed, rotateKey } from './rekey-store.ts';
import { rotateLoginKey } from './rotate-login-key.ts';
import { storeKeyTextOf } from './store-keys.ts';

type Options = DataFolderOptions & { readonly json?: boolean };

/** `nightglass store keys create|list`, `store rotate-key|rotate-login-key|decrypt` */
export function registerStoreKeys(store: Command): void {
  const keys = store.command('keys').description('keys that the store is encrypted with');
  keys
    .command('create')
    .description('make a file with a new key, readable by its owner alone')
    .argument('<file>', 'where; never over another file')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }) => {
      const id = createKeyFile(file);
      process.stdout.write(
        json === true
          ? `${JSON.stringify({ file, keyId: id })}\n`
          : `key ${id} in ${file}: keep a copy apart from the backups; without it the store is lost\n`,
      );
    });
  place(keys.command('list'))
    .description('keys at hand, and how much of the store is encrypted with each')
    .option('--json', 'print JSON')
    .action((options: Options) => listKeys(options));
  place(store.command('rotate-key'))
    .description(
      'encrypt the store, or all of it again with a new key; goes on where it was stopped',
    )
    .option('--json', 'print JSON')
    .action((options: Options) => report(options, rotateKey(options, progress())));
  place(store.command('rotate-login-key'))
    .description(
      'seal the logins of cameras that were added, devices and second factors with a new key',
    )
    .option('--json', 'print JSON')
    .action((options: Options) => reportLogins(options));
  place(store.command('decrypt'))
    .description('store everything without encryption again')
    .option('--json', 'print JSON')
    .action((options: Options) => report(options, decryptStore(options, progress())));
}

/** Where the store is. */
function place(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file, for its data folder and keys')
    .option('--data <dir>', 'data folder');
}

function listKeys(options: Options): void {
  const found = storeKeyTextOf(options);
  const keys = found === undefined ? [] : StoreKeys.parse(found.text, found.place).all;
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    const rows = store
      .prepare(
        `SELECT key_id AS id, sum(count) AS count FROM (
           SELECT key_id, count(*) AS count FROM templates GROUP BY key_id
           UNION ALL SELECT key_id, count(*) FROM look_alikes GROUP BY key_id
           UNION ALL SELECT key_id, count(*) FROM alert_evidence GROUP BY key_id
           UNION ALL SELECT key_id, count(*) FROM footage_pictures GROUP BY key_id
           UNION ALL SELECT key_id, count(*) FROM site_alert_pictures GROUP BY key_id
         ) AS counted GROUP BY key_id`,
      )
      .all();
    const counts = new Map(
      rows.map(({ id, count }) => [id === null ? null : String(id), Number(count)] as const),
    );
    const ids = [...new Set([...keys.map(({ id }) => id), ...counts.keys()])];
    const list = ids.map((id) => ({
      id,
      values: counts.get(id) ?? 0,
      present: id === null || keys.some((key) => key.id === id),
    }));
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(list)}\n`
        : list
            .map(
              ({ id, values, present }) =>
                `${id ?? 'not encrypted'} · ${values} value(s)${present ? '' : ' · KEY MISSING'}\n`,
            )
            .join(''),
    );
  } finally {
    store.close();
  }
}

function report({ json }: Options, done: Rekeyed): void {
  const { keyId, values, damaged, earlier } = done;
  if (damaged > 0) process.exitCode = exitCodes.failed;
  if (json === true) {
    process.stdout.write(`${JSON.stringify(done)}\n`);
    return;
  }
  const how = keyId === null ? 'decrypted' : `encrypted with the key ${keyId}`;
  process.stdout.write(`${values} value(s) ${how}\n`);
  if (damaged > 0) {
    process.stdout.write(`${damaged} value(s) were damaged before and stay as they are\n`);
  }
  if (earlier.length > 0) {
    const which = earlier.join(', ');
    process.stdout.write(
      `only backups from before need ${which}: remove them from the keys once those backups are gone\n`,
    );
  }
}

function reportLogins(options: Options): void {
  const done = rotateLoginKey(options);
  const { devices, factors, logins, lost } = done;
  if (lost.length + factors.lost > 0) process.exitCode = exitCodes.failed;
  const left = lost.length === 0 ? '' : `no key opens the login of: ${lost.join(', ')}\n`;
  const gone =
    devices.removed === 0 ? '' : `no key opens ${devices.removed} device(s): they are removed\n`;
  const shut =
    factors.lost === 0
      ? ''
      : `no key opens ${factors.lost} second factor(s): "nightglass users reset-factors" takes them away\n`;
  const sealed = `${logins} login(s), ${devices.sealed} device(s) and ${factors.sealed} second factor(s)`;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(done)}\n`
      : `${sealed} sealed with a new key\n${left}${gone}${shut}`,
  );
}

/** Says how far it is, about once a second. */
function progress(): (done: number, left: number) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (done, left) => {
    const now = performance.now();
    if (done + left === 0 || (left > 0 && now - saidAt < 1000)) return;
    saidAt = now;
    process.stderr.write(`${done} of ${done + left} values\n`);
  };
}
