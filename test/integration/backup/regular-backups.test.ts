import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const passphrase = 'correct horse battery';

/** Asks until the answer is as wanted. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const giveUp = Date.now() + 300_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > giveUp) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('nightglass run with regular backups', { timeout: 900_000 }, () => {
  it('makes one that restores, says so in metrics and log, and says what fails in health', async (t) => {
    const folder = temporaryFolder(t);
    const config = join(folder, 'c.yaml');
    const secret = join(folder, 'passphrase');
    const write = (backups: string) =>
      writeFileSync(
        config,
        `data: data\nserver: {port: 0}\nbackup: {folder: ${backups}, passphrase: {file: passphrase}}\n`,
      );
    writeFileSync(secret, passphrase);
    write('backups');
    const token = await runCommand(['tokens', 'create', '-c', config, '--name', 'm', '--json']);
    const headers = { authorization: `Bearer ${JSON.parse(token.stdout).secret}` };
    {
      await using program = new Command(['run', '-c', config, '--json']);
      const { address } = JSON.parse(await program.line());
      const text = async () => (await fetch(`${address}/metrics`, { headers })).text();
      const metrics = await until(text, (all) => all.includes('backups_total{result="made"} 1'));
      assert.match(metrics, /nightglass_backups_total\{result="made"\} 1/, program.stderr);
      assert.match(metrics, /nightglass_backups_kept 1\n/);
      assert.match(metrics, /nightglass_backup_interval_seconds 86400\n/);
      assert.equal((await program.end('SIGTERM')).code, 0);
    }
    const [name] = readdirSync(join(folder, 'backups'));
    const backup = join(folder, 'backups', String(name));
    const open = ['--passphrase-file', secret];
    const restored = await runCommand(['restore', backup, ...open, '--data', join(folder, 'new')]);
    assert.equal(restored.code, 0, restored.stderr);
    const log = await runCommand(['audit', 'export', '-c', config]);
    assert.match(log.stdout, /"what":"backup.started"[\s\S]*"what":"backup.created"/);

    write('gone/backups');
    {
      await using program = new Command(['run', '-c', config, '--json']);
      const { address } = JSON.parse(await program.line());
      const ask = async () => (await fetch(`${address}/healthz`, { headers })).json();
      const health = (await until(ask, (all) => JSON.stringify(all).includes('BACKUP_FAILED'))) as {
        problems: { code: string }[];
      };
      assert.ok(health.problems.some(({ code }) => code === 'BACKUP_FAILED'));
      await program.end('SIGTERM');
    }
    assert.equal(existsSync(join(folder, 'gone')), false);
  });

  it('refuses a folder of backups in the data folder', async (t) => {
    const folder = temporaryFolder(t);
    const config = join(folder, 'c.yaml');
    writeFileSync(join(folder, 'passphrase'), passphrase);
    writeFileSync(
      config,
      'data: data\nserver: {port: 0}\nbackup: {folder: data/backups, passphrase: {file: passphrase}}\n',
    );
    const ended = await runCommand(['run', '-c', config]);
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /lies in the data folder[\s\S]*CONFIG_INVALID/);
  });
});
