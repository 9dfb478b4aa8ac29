import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import { launcherFolder, removeLeftovers } from '../../../src/streams/preview/launcher-folder.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const module = new URL('../../../src/streams/preview/launcher-folder.ts', import.meta.url).href;

it('folders of killed processes are removed, and nothing else', (t) => {
  const parent = temporaryFolder(t);
  const code = `
    import { launcherFolder } from '${module}';
    console.log(launcherFolder('${parent}'));
    process.kill(process.pid, 'SIGKILL');`;
  const killed = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code], {
    encoding: 'utf8',
  });
  assert.equal(killed.signal, 'SIGKILL');
  const left = killed.stdout.trim();
  assert.ok(existsSync(left));
  writeFileSync(join(left, 'encode'), '#!/bin/sh\n');

  const [prefix, pid] = [basename(left).replace(/\d+-\w+$/, ''), killed.pid];
  const kept = [
    `${prefix}${process.pid}-alive1`,
    'nightglass-preview-AbCdEf',
    `nightglass-preview-00000000-${pid}-AbCdEf`,
    `${prefix}${pid}-../x`.replaceAll('/', '_'),
    `${prefix}0-AbCdEf`,
    'something-else',
  ];
  for (const name of kept) mkdirSync(join(parent, name));
  // A link of a matching name leads elsewhere: neither it nor its target is touched.
  symlinkSync(join(parent, 'something-else'), join(parent, `${prefix}${pid}-LinkTo`));

  removeLeftovers(parent);
  assert.deepEqual(readdirSync(parent).toSorted(), [...kept, `${prefix}${pid}-LinkTo`].toSorted());
  removeLeftovers(join(parent, 'nowhere'));
  assert.match(basename(launcherFolder(parent)), new RegExp(`^${prefix}${process.pid}-\\w+$`));
});
