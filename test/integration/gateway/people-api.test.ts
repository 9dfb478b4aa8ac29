import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { enrolOutcome, imageGrade, personSchema } from '../../../src/gateway/schemas/person.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';

const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: ['gate'],
};

async function withPerson(t: Parameters<typeof openGateway>[0], access?: FakeAccess) {
  const opened = await openGateway(t, access && { access, openOnLoopback: false });
  const watchlist = await opened.services.watchlists.create(
    { ...list, cameras: ['gate'] },
    systemActor,
  );
  const person = await opened.services.people.create(
    {
      watchlistId: watchlist.id,
      name: 'Ada',
      note: '',
    },
    systemActor,
  );
  return { ...opened, watchlist, person };
}

describe('people', () => {
  it('get another name or note, each alone, on record', async (t) => {
    const { call, services, person } = await withPerson(t);
    const path = `/api/people/${person.id}`;
    const renamed = await call(path, { method: 'PATCH', json: { name: 'Ada Byron' } });
    assert.equal(renamed.status, 200);
    assert.equal(personSchema.parse(renamed.body).name, 'Ada Byron');
    const noted = await call(path, { method: 'PATCH', json: { note: 'صورة قديمة' } });
    const { name, note } = personSchema.parse(noted.body);
    assert.deepEqual([name, note], ['Ada Byron', 'صورة قديمة']);
    assert.deepEqual(
      services.audited.map(({ what, detail }) => [what, detail?.['fields']]),
      [
        ['person.updated', 'name'],
        ['person.updated', 'note'],
      ],
    );
  });

  it('are not changed by what cannot be read', async (t) => {
    const { call, services, person } = await withPerson(t);
    for (const json of [{}, { name: '' }, { name: 'x'.repeat(121) }, { age: 3 }, { note: 7 }, []]) {
      const { status } = await call(`/api/people/${person.id}`, { method: 'PATCH', json });
      assert.equal(status, 400, JSON.stringify(json));
    }
    assert.deepEqual(services.people.get(person.id), person);
    assert.deepEqual(services.audited, []);
  });

  it('of lists that the token may not see do not exist for it', async (t) => {
    const access = new FakeAccess({
      yard: { role: 'admin', cameras: ['yard'] },
      other: { role: 'admin', watchlists: ['list-9'] },
      reviewer: { role: 'reviewer' },
    });
    const { call, services, person } = await withPerson(t, access);
    const { id } = sampleAlert(1);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    for (const token of ['yard', 'other']) {
      const json = { name: 'B' };
      const patched = await call(`/api/people/${person.id}`, { token, method: 'PATCH', json });
      assert.equal(patched.status, 404, token);
      const path = `/api/people/${person.id}/images/from-alert`;
      assert.equal((await call(path, { token, json: { alertId: id, kind: 'face' } })).status, 404);
    }
    const json = { name: 'B' };
    const path = `/api/people/${person.id}`;
    assert.equal((await call(path, { token: 'reviewer', method: 'PATCH', json })).status, 403);
  });
});

describe('enrolment from an alert', () => {
  it('takes the recorded face or a best one, never the AI-made picture', async (t) => {
    const { call, services, person } = await withPerson(t);
    const { id } = sampleAlert(1);
    services.pictures.set('face', new Uint8Array([1, 2, 3]));
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const path = `/api/people/${person.id}/images/from-alert`;
    const enrolled = await call<{ outcomes: unknown[] }>(path, {
      json: { alertId: id, kind: 'face' },
    });
    assert.equal(enrolled.status, 200);
    z.array(enrolOutcome).length(1).parse(enrolled.body.outcomes);
    assert.deepEqual(services.uploads[0]?.bytes, new Uint8Array([1, 2, 3]));
    const [entry] = services.audited;
    assert.deepEqual(
      [entry?.what, entry?.detail?.['alert'], entry?.detail?.['picture']],
      ['person.enrolled', id, 'face'],
    );
    for (const kind of ['enhanced', 'enrolled', 'frame', 'best-5']) {
      assert.equal((await call(path, { json: { alertId: id, kind } })).status, 400, kind);
    }
    assert.equal((await call(path, { json: { alertId: id, kind: 'best-4' } })).status, 404);
    assert.equal((await call(path, { json: { alertId: 'none', kind: 'face' } })).status, 404);
    assert.equal(services.uploads.length, 1);
  });

  it('takes the recorded face of a sighting, as the camera that saw it may be seen', async (t) => {
    const access = new FakeAccess({
      admin: { role: 'admin' },
      gate: { role: 'admin', cameras: ['gate'] },
    });
    const { call, services, person } = await withPerson(t, access);
    const { id } = sampleAlert(1);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    services.pictures.set('face', new Uint8Array([4, 5, 6]));
    services.sight(id, sampleSighting(1));
    const path = `/api/people/${person.id}/images/from-alert`;
    const enrol = (kind: string, token = 'admin') =>
      call(path, { token, json: { alertId: id, kind } });
    // The gate's token does not see the yard, where the sighting was.
    assert.equal((await enrol('sighting-1-face', 'gate')).status, 404);
    assert.equal((await enrol('sighting-1-face')).status, 200);
    assert.deepEqual(services.uploads[0]?.bytes, new Uint8Array([4, 5, 6]));
    assert.equal((await enrol('sighting-2-face')).status, 404);
    for (const kind of ['sighting-1-frame', 'sighting-1-enhanced', 'sighting-x-face']) {
      assert.equal((await enrol(kind)).status, 400, kind);
    }
  });
});

describe('quality beforehand', () => {
  it('grades each image and keeps nothing', async (t) => {
    const { call, services } = await openGateway(t);
    const answer = await call<{ grades: unknown[] }>('/api/quality', { form: imageForm(2) });
    assert.equal(answer.status, 200);
    const grades = z.array(imageGrade).parse(answer.body.grades);
    assert.deepEqual(
      grades.map(({ name }) => name),
      ['picture-0.jpg', 'picture-1.jpg'],
    );
    assert.equal((await call('/api/quality', { form: imageForm(0) })).status, 400);
    assert.equal((await call('/api/quality', { json: {} })).status, 400);
    assert.deepEqual(services.audited, []);
  });
});
