import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const alert = sampleAlert(1);
const { id, personId } = alert;
const face = new Uint8Array([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);
const hints = /"(scores|threshold|quality|components|meanGate|gallerySize|fpir)"/;

/** A list that asks for two people, an alert of it, and those who may judge it. */
async function setUp(t: TestContext) {
  const access = new FakeAccess({
    ann: { role: 'reviewer' },
    bob: { role: 'reviewer' },
    eve: { role: 'admin' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services, call } = opened;
  services.addList('list-1', { twoPersonReview: true });
  const other = services.addPerson('list-1', 'Other');
  services.pictures.set('face', face);
  services.raise({ change: 'created', alert });
  const match = { watchlistId: 'list-1', watchlistName: 'l', templateId: 't', fpir: 0.001 };
  const scores = { raw: 0.5, enhanced: null, fused: 0.6 };
  const rest = { scores, threshold: 0.4, gallerySize: 2, matched: true };
  services.find = async () => [
    {
      box: { x: 1, y: 2, width: 3, height: 4 },
      quality: 60,
      verdict: 'accept',
      components: [],
      candidates: [personId, 'another'].map((of) => ({
        ...match,
        ...rest,
        personId: of,
        personName: of,
      })),
    },
  ];
  const upload = (fields: Record<string, string> = {}) => {
    const form = imageForm(0, fields);
    form.append('image', new Blob([face]), 'mine.jpg');
    return form;
  };
  const review = (token: string, action: string) =>
    call(`/api/alerts/${id}/review`, { token, json: { action, reason: 'same person' } });
  return { ...opened, upload, review, other };
}

describe('who is to judge an alert with a second person', () => {
  for (const when of ['before the first verdict', 'after it'] as const) {
    it(`gets none of the machine's view of it ${when}`, async (t) => {
      const { call, upload, review, other } = await setUp(t);
      if (when === 'after it') {
        assert.equal((await review('ann', 'acknowledge')).status, 200);
        assert.equal((await review('ann', 'confirm')).status, 200);
      }
      for (const token of ['bob', 'eve']) {
        for (const path of [`/api/alerts/${id}`, '/api/alerts', '/api/alerts?order=queue']) {
          const { status, body } = await call(path, { token });
          assert.equal(status, 200);
          assert.doesNotMatch(JSON.stringify(body), hints, path);
        }
        const range = `from=${alert.createdAt}&to=${alert.createdAt + 1}`;
        const { body } = await call<{ scores: unknown[] }>(`/api/statistics?${range}`, { token });
        assert.deepEqual(body.scores, []);
        const reason = 'who is this';
        for (const asked of [{ json: { alertId: id, reason } }, { form: upload({ reason }) }]) {
          assert.equal((await call('/api/search', { token, ...asked })).status, 403);
        }
        assert.equal((await call('/api/quality', { token, form: upload() })).status, 403);
      }
      const path = `/api/people/${other.id}/images`;
      const json = { alertId: id, kind: 'face' };
      assert.equal((await call(`${path}/from-alert`, { token: 'eve', json })).status, 403);
      assert.equal((await call(path, { token: 'eve', form: upload() })).status, 403);
    });
  }

  it('gets none by the enhanced picture, as it leaves with its mark', async (t) => {
    const { address, services, call } = await setUp(t);
    services.pictures.set('enhanced', face);
    services.raise({ change: 'created', alert: { ...alert, id: sampleAlert(2).id } });
    const evidence = `${address}/api/alerts/${sampleAlert(2).id}/evidence/enhanced`;
    const answer = await fetch(evidence, { headers: { authorization: 'Bearer bob' } });
    const bytes = await answer.arrayBuffer();
    assert.ok(bytes.byteLength > face.length, 'it has gained a mark');
    const form = imageForm(0);
    form.append('image', new Blob([bytes]), 'mine.jpg');
    assert.equal((await call('/api/quality', { token: 'bob', form })).status, 403);
  });

  it('finds the person by no other picture either, and is told that candidates are kept back', async (t) => {
    const { call } = await setUp(t);
    const form = () => imageForm(1, { reason: 'who is this' });
    type Found = { faces: { withheld: number; candidates: { personId: string }[] }[] };
    const { body } = await call<Found>('/api/search', { token: 'bob', form: form() });
    assert.equal(body.faces[0]?.withheld, 1);
    assert.deepEqual(
      body.faces[0]?.candidates.map((each) => each.personId),
      ['another'],
    );
  });

  it('sees all once it is decided, and who has given a verdict does at once', async (t) => {
    const { call, upload, review } = await setUp(t);
    await review('ann', 'acknowledge');
    await review('ann', 'confirm');
    const shown = async (token: string) =>
      hints.test(JSON.stringify((await call(`/api/alerts/${id}`, { token })).body));
    assert.deepEqual([await shown('ann'), await shown('bob')], [true, false]);
    await review('bob', 'confirm');
    assert.equal(await shown('bob'), true);
    const form = upload({ reason: 'who is this' });
    assert.equal((await call('/api/search', { token: 'bob', form })).status, 200);
  });
});
