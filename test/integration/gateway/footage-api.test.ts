import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { FootageRoots } from '../../../src/streams/recorded/footage-roots.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { listInput, templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

async function setUp(t: TestContext) {
  const opened = await openGateway(t);
  const { services } = opened;
  const list = services.lists.create(listInput({ uses: ['footage'] }));
  const { id } = services.lists.addPerson(list.id, { name: 'Ada' });
  services.lists.addTemplate(templateFor(id, vectorAt(0, 8)));
  const folder = join(temporaryFolder(t), 'nvr');
  mkdirSync(folder);
  writeFileSync(join(folder, '1.mkv'), 'a recording');
  services.footagePlaces = new FootageRoots([folder]);
  const ask = (change: object = {}) =>
    opened.call('/api/footage/jobs', {
      json: { paths: [folder], lists: [list.id], reason: 'case 17', ...change },
    });
  return { ...opened, ask };
}

describe('asking for a search of footage', () => {
  it('is refused while too many wait, before a folder is looked through', async (t) => {
    const { ask, services } = await setUp(t);
    for (let waiting = 0; waiting < 3; waiting += 1) assert.equal((await ask()).status, 201);
    let walks = 0;
    const { find } = services.footagePlaces;
    services.footagePlaces.find = (paths) => {
      walks += 1;
      return find.call(services.footagePlaces, paths);
    };
    const refused = await ask();
    assert.deepEqual([refused.status, walks], [503, 0]);
    const [job] = services.footageQueue.list();
    services.footageQueue.cancel(job?.id ?? '', systemActor);
    assert.deepEqual([(await ask()).status, walks], [201, 1]);
  });

  it('is limited in its rate, as searches are', async (t) => {
    const { ask } = await setUp(t);
    const statuses: number[] = [];
    for (let asked = 0; asked < 31; asked += 1) statuses.push((await ask()).status);
    assert.equal(statuses.filter((status) => status === 429).length, 1);
    assert.equal(statuses.at(-1), 429);
  });

  it('looks through as many folders, and no more in a minute', async (t) => {
    const { ask, call } = await setUp(t);
    const statuses: number[] = [];
    for (let asked = 0; asked < 31; asked += 1) {
      statuses.push((await call('/api/footage/folder')).status);
    }
    assert.deepEqual([statuses.indexOf(429), statuses.at(0)], [30, 200]);
    assert.equal((await ask()).status, 201, 'a search is not refused for that');
  });
});
