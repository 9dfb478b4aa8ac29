import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { createTokenStore } from '../../../src/services/access/tokens.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { portraits, toJpeg } from '../../support/images/portraits.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';

const rounds = 16;

describe('a search of recorded footage and kill -9', { timeout: 400_000 }, () => {
  let folder: string;
  let config: string;
  let token: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-kill-'));
    await mkdir(join(folder, 'nvr'));
    const [lobby] = (await demoFootage()).cameras;
    assert.ok(lobby);
    await writeFile(join(folder, 'nvr', 'night.mkv'), matroskaFile(lobby.source, rounds));
    config = join(folder, 'config.yaml');
    await writeFile(
      config,
      `data: ${join(folder, 'data')}
server: {port: 0}
models: {manifest: ${testManifest}}
footage: {roots: [${join(folder, 'nvr')}]}
watchlists:
  - {id: wanted, name: W, purpose: p, legalBasis: l, authorisation: a, owner: o, cameras: ['*'], uses: [footage], threshold: 0.7}
`,
    );
  });
  after(() => rm(folder, { recursive: true }));

  const start = async () => {
    const command = new Command(['run', '-c', config, '--json']);
    const { address } = JSON.parse(await command.line()) as { address: string };
    return { command, client: new NightglassClient({ address, token }) };
  };

  it('goes on by itself where it was, and loses nobody', async () => {
    // The first start makes the list that people are put on.
    const first = new Command(['run', '-c', config, '--json']);
    await first.line();
    await first.end('SIGTERM');
    const pictures = (await portraits()).slice(0, 2);
    const paths = pictures.map((_, at) => join(folder, `${at}.jpg`));
    for (const [at, picture] of pictures.entries()) {
      await writeFile(paths[at] as string, await toJpeg(picture));
    }
    const words = ['enrol', ...paths, '--list', 'wanted', '--name', 'Ada', '-c', config];
    const enrolled = await runCommand(words);
    assert.equal(enrolled.code, 0, enrolled.stderr);
    token = makeToken(join(folder, 'data'));

    const before = await start();
    const { id } = await before.client.searchFootage({
      ...{ paths: [join(folder, 'nvr')], lists: ['wanted'], reason: 'case 17' },
    });
    while (((await before.client.footageJob(id)).fileList[0]?.position.seconds ?? 0) < 60) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { signal } = await before.command.end('SIGKILL');
    assert.equal(signal, 'SIGKILL');

    const again = await start();
    await using _command = again.command;
    const { client } = again;
    let job = await client.footageJob(id);
    assert.ok(['waiting', 'running'].includes(job.state), job.state);
    const position = job.fileList[0]?.position.seconds ?? 0;
    assert.ok(position >= 50, `it does not begin again: ${position} s`);
    while (job.state !== 'done') {
      assert.equal(job.failure, null);
      await new Promise((resolve) => setTimeout(resolve, 100));
      job = await client.footageJob(id);
    }
    assert.ok(Math.abs(job.seconds - rounds * 16) < 1, `${job.seconds} s count once`);
    const { sightings } = await client.footageSightings(id);
    const seen = new Set(sightings.map(({ at }) => Math.floor(at / 16)));
    assert.equal(seen.size, rounds, 'in each round, none lost');
  });
});

function makeToken(dataDir: string): string {
  const store = createStore({ dataDir });
  const now = () => Date.now();
  try {
    const audit = new AuditLog({ store, now });
    return createTokenStore({ store, audit, now }).create({ name: 'ann', role: 'reviewer' }).secret;
  } finally {
    store.close();
  }
}
