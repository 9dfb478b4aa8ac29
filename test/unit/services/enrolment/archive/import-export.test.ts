import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemActor } from '../../../../../src/domain/audit-entry.ts';
import { NightglassError } from '../../../../../src/domain/errors.ts';
import { folderNames } from '../../../../../src/services/enrolment/archive/folder-name.ts';
import { openArchive } from '../../../../../src/services/enrolment/archive/read-archive.ts';
import { writeArchive } from '../../../../../src/services/enrolment/archive/write-archive.ts';
import type { ImageOutcome } from '../../../../../src/services/enrolment/image-outcome.ts';
import type { ImportJob } from '../../../../../src/services/enrolment/import-job.ts';
import { ImportJobs } from '../../../../../src/services/enrolment/import-jobs.ts';
import { WatchlistStore } from '../../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../../src/store/audit-log.ts';
import { listInput, vectorAt } from '../../../../support/services/watchlist-fixture.ts';
import { gathered, zipOf } from '../../../../support/services/zip-of.ts';
import { openStore } from '../../../../support/store/open-store.ts';

function setUp(t: TestContext) {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const lists = new WatchlistStore({
    store,
    audit,
    now: clock.now,
  });
  const list = lists.create(listInput());
  const put = (personId: string, image: Uint8Array) =>
    lists.addTemplate({
      personId,
      model: 'm1',
      embedding: vectorAt(0),
      quality: 80,
      sourceSha256: Buffer.from(image).toString('hex'),
      flags: [],
      landmarks: Array.from({ length: 5 }, () => ({ x: 1, y: 1 })) as never,
      image,
    });
  return { lists, list, put, clock, audit };
}

/** Enrols what does not say `bad`. */
function importing(t: TestContext, changes: { gate?: Promise<unknown> } = {}) {
  const { lists, list, put, clock, audit } = setUp(t);
  const ended: ImportJob[] = [];
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const jobs = new ImportJobs({
    target: lists,
    audit,
    now: clock.now,
    onEnded(job) {
      ended.push(job);
      resolve();
    },
    async enrol(personId, images) {
      await changes.gate;
      const outcomes = images.map(({ name, bytes }): ImageOutcome => {
        const text = Buffer.from(bytes).toString();
        if (text === 'crash') throw new NightglassError('STORE_UNWRITABLE', 'full');
        if (text.startsWith('bad')) {
          const message = `Cannot use ${name}`;
          return {
            name,
            status: 'refused',
            code: 'NO_FACE',
            message,
            quality: null,
            choices: [],
            reasons: [],
            components: [],
          };
        }
        const { id: templateId } = put(personId, bytes);
        return {
          name,
          status: 'enrolled',
          templateId,
          quality: 80,
          components: [],
          turned: 0,
          warnings: [],
        };
      });
      return { personId, enrolled: 0, images: outcomes };
    },
  });
  t.after(() => jobs.close());
  return { lists, list, jobs, ended, end, put };
}

describe('import of an archive', () => {
  it('puts people on the list and tells what became of each picture', async (t) => {
    const { lists, list, jobs, ended, end } = importing(t);
    const bob = lists.addPerson(list.id, { name: 'Bob' });
    const job = await jobs.start(
      list.id,
      await zipOf({
        'Ada/1.jpg': 'a1',
        'Ada/2.jpg': 'bad',
        'Bob/1.jpg': 'b1',
        'Eve/1.jpg': 'bad',
        'Eve/x.txt': 'x',
        'M\u202eallory/1.jpg': 'm',
      }),
      systemActor,
    );
    assert.deepEqual([job.state, job.total], ['running', 5]);
    await end;
    const { state, done, report } = jobs.find(job.id) as ImportJob;
    assert.deepEqual([state, done], ['done', 5]);
    assert.deepEqual(
      report.map(({ person, file, status, code }) => `${person} ${file} ${status} ${code ?? ''}`),
      [
        'Eve x.txt skipped BAD_REQUEST',
        'Ada 1.jpg enrolled ',
        'Ada 2.jpg refused NO_FACE',
        'Bob 1.jpg enrolled ',
        'Eve 1.jpg refused NO_FACE',
        'M\u202eallory 1.jpg refused BAD_REQUEST',
      ],
    );
    // Nobody stays without a picture, and nobody is there twice.
    assert.deepEqual(
      lists.people(list.id).map(({ name }) => name),
      ['Ada', 'Bob'],
    );
    assert.equal(lists.templates(bob.id).length, 1);
    assert.equal(ended.length, 1);
  });

  it('takes nothing in from an archive that is refused', async (t) => {
    const { lists, list, jobs } = importing(t);
    await assert.rejects(jobs.start(list.id, new Uint8Array(9), systemActor), {
      code: 'ARCHIVE_INVALID',
    });
    const none = await zipOf({ 'Ada/readme.txt': 'x' });
    await assert.rejects(jobs.start(list.id, none, systemActor), { code: 'ARCHIVE_INVALID' });
    await assert.rejects(jobs.start('nowhere', none, systemActor), { code: 'NOT_FOUND' });
    assert.deepEqual(lists.people(list.id), []);
  });

  it('fails as a whole where going on is of no use, and leaves nobody empty', async (t) => {
    const { lists, list, jobs, end } = importing(t);
    const zip = await zipOf({ 'Ada/1.jpg': 'a', 'Bob/1.jpg': 'crash', 'Cid/1.jpg': 'c' });
    const { id } = await jobs.start(list.id, zip, systemActor);
    await end;
    const job = jobs.find(id);
    assert.deepEqual([job?.state, job?.code, job?.done], ['failed', 'STORE_UNWRITABLE', 1]);
    assert.deepEqual(
      lists.people(list.id).map(({ name }) => name),
      ['Ada'],
    );
  });

  it('runs one at a time, and stops when the program ends', async (t) => {
    const { promise: gate, resolve } = Promise.withResolvers<void>();
    const { lists, list, jobs, ended } = importing(t, { gate });
    const zip = await zipOf({ 'Ada/1.jpg': 'a', 'Ada/2.jpg': 'b', 'Bob/1.jpg': 'c' });
    await jobs.start(list.id, zip, systemActor);
    await assert.rejects(jobs.start(list.id, zip, systemActor), { code: 'CONFLICT' });
    const closed = jobs.close();
    resolve();
    await closed;
    assert.deepEqual([ended[0]?.state, ended[0]?.done], ['failed', 1]);
    assert.deepEqual(
      lists.people(list.id).map(({ name }) => name),
      ['Ada'],
    );
  });

  it('fails when the list goes away meanwhile', async (t) => {
    const { promise: gate, resolve } = Promise.withResolvers<void>();
    const { lists, list, jobs, end, ended } = importing(t, { gate });
    await jobs.start(list.id, await zipOf({ 'Ada/1.jpg': 'bad', 'Bob/1.jpg': 'b' }), systemActor);
    lists.delete(list.id);
    resolve();
    await end;
    assert.deepEqual([ended[0]?.state, ended[0]?.code], ['failed', 'NOT_FOUND']);
  });
});

describe('export of a watchlist', () => {
  it('holds who is on the list as it begins, without those who are deleted meanwhile', async (t) => {
    const { lists, list, put } = setUp(t);
    const people = Array.from({ length: 90 }, (_, n) => {
      const person = lists.addPerson(list.id, { name: `P${String(n).padStart(2, '0')}` });
      put(person.id, Buffer.from(`picture ${n}`));
      return person;
    });
    const archive = gathered(writeArchive(lists, list, Date.UTC(2030, 0, 1)));
    // Its list is read in turns of the event loop; none was yet.
    const late = lists.addPerson(list.id, { name: 'A late one' });
    put(late.id, Buffer.from('late'));
    lists.deletePerson(people[70]?.id ?? '');
    lists.updatePerson(people[80]?.id ?? '', { name: 'A new name' });
    const { images, skipped } = await openArchive(await archive);
    assert.deepEqual(skipped, []);
    const names = images.map(({ person }) => person);
    assert.equal(names.length, 89);
    assert.ok(!names.includes('P70') && !names.includes('P80') && !names.includes('A late one'));
    assert.ok(names.includes('A new name') && names.includes('P89'));
  });

  it('is an archive that an import understands, names and notes included', async (t) => {
    const { lists, list, put } = setUp(t);
    const names = ['Ada', 'A/B: "C"', '..', 'ada', 'CON', 'أحمد', '王小明 '];
    for (const [at, name] of names.entries()) {
      const { id } = lists.addPerson(list.id, { name, note: `note ${at}` });
      put(id, Buffer.from(`picture ${at}`));
    }
    const zip = await gathered(writeArchive(lists, list, Date.UTC(2030, 0, 1)));
    const { images, skipped } = await openArchive(zip);
    assert.deepEqual(skipped, []);
    assert.deepEqual(
      new Set(images.map(({ person, note }) => `${person}|${note}`)),
      new Set(names.map((name, at) => `${name.trim()}|note ${at}`)),
    );
    const pictures = await Promise.all(
      images.map(async ({ read }) => Buffer.from(await read()).toString()),
    );
    assert.deepEqual(new Set(pictures), new Set(names.map((_, at) => `picture ${at}`)));
  });

  it('holds no templates', async (t) => {
    const { lists, list, put } = setUp(t);
    put(lists.addPerson(list.id, { name: 'Ada' }).id, Buffer.from('picture'));
    const zip = await gathered(writeArchive(lists, list, 0));
    const [template] = lists.templatesOfList(list.id);
    assert.ok(template !== undefined);
    assert.equal(zip.includes(Buffer.from(template.embedding.buffer)), false);
    assert.equal(zip.includes(Buffer.from(template.sourceSha256)), false);
  });

  it('fails where a picture is deleted meanwhile', async (t) => {
    const { lists, list, put } = setUp(t);
    const { id } = lists.addPerson(list.id, { name: 'Ada' });
    put(id, Buffer.from('picture'));
    const stream = writeArchive(lists, list, 0)[Symbol.asyncIterator]();
    // Who is on the list is known before the first bytes come.
    await stream.next();
    lists.deletePerson(id);
    await assert.rejects(gathered({ [Symbol.asyncIterator]: () => stream }), /is gone/);
  });

  it('gives each person a folder that every system takes', () => {
    const folderOf = folderNames();
    const names = ['Ada', 'ada', 'a/b', '..', 'NUL', ' x. ', '\u0000', 'ADA', ''];
    assert.deepEqual(names.map(folderOf), [
      'Ada',
      'ada (2)',
      'a_b',
      '_',
      '_NUL',
      '_x_',
      '_ (2)',
      'ADA (3)',
      '_ (3)',
    ]);
  });
});
