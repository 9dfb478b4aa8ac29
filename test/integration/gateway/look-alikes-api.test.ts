import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { lookAlikeSchema, personSchema } from '../../../src/gateway/schemas/person.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

async function withAlert(t: TestContext) {
  const access = new FakeAccess({
    operator: { role: 'operator' },
    reviewer: { role: 'reviewer' },
    other: { role: 'reviewer', watchlists: ['list-9'] },
    gate: { role: 'reviewer', cameras: ['gate'] },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services } = opened;
  services.addList('list-1');
  const person = services.addPerson('list-1');
  const alert = sampleAlert(1, { personId: person.id });
  services.raise({ change: 'created', alert });
  const dismiss = () =>
    services.raise({ change: 'reviewed', alert: { ...alert, state: 'dismissed' } });
  const add = `/api/alerts/${alert.id}/look-alike`;
  return { ...opened, person, alert, add, dismiss, token: 'reviewer' };
}

const post = { method: 'POST' };

describe('not this person', () => {
  it('is said of a dismissed alert, shown on the person and the alert, and taken back', async (t) => {
    const { add, alert, call, dismiss, person, services, token } = await withAlert(t);
    assert.equal((await call(add, { ...post, token })).status, 409);
    dismiss();
    const added = await call(add, { ...post, token });
    assert.equal(added.status, 201);
    const lookAlike = lookAlikeSchema.parse(added.body);
    assert.equal(lookAlike.alertId, alert.id);
    assert.ok(lookAlike.raisedTo > alert.scores.fused);
    assert.equal((await call(add, { ...post, token })).status, 409);
    const shown = await call(`/api/people/${person.id}`, { token });
    assert.deepEqual(personSchema.parse(shown.body).lookAlikes, [lookAlike]);
    const record = () => call<{ lookAlikeId: string | null }>(`/api/alerts/${alert.id}`, { token });
    assert.equal((await record()).body.lookAlikeId, lookAlike.id);
    const path = `/api/people/${person.id}/look-alikes/${lookAlike.id}`;
    assert.equal((await call(path, { method: 'DELETE', token })).status, 204);
    assert.equal((await call(path, { method: 'DELETE', token })).status, 404);
    assert.equal((await record()).body.lookAlikeId, null);
    assert.deepEqual(
      services.audited
        .filter(({ what }) => what.startsWith('person.look_alike'))
        .map(({ who, what }) => `${who} ${what}`)
        .sort(),
      ['reviewer person.look_alike_added', 'reviewer person.look_alike_removed'],
    );
  });

  it('is refused where no face is found, or the person is gone', async (t) => {
    const { add, call, dismiss, person, services, token } = await withAlert(t);
    dismiss();
    services.lookAlikeAngle = undefined;
    const faceless = await call<{ error: { code: string } }>(add, { ...post, token });
    assert.deepEqual([faceless.status, faceless.body.error.code], [422, 'NO_FACE']);
    services.lists.deletePerson(person.id);
    assert.equal((await call(add, { ...post, token })).status, 404);
  });

  it('is for reviewers who may change the list; of others the alert does not exist', async (t) => {
    const { add, call, dismiss, person, services } = await withAlert(t);
    dismiss();
    assert.equal((await call(add, { ...post, token: 'operator' })).status, 403);
    assert.equal((await call(add, { ...post, token: 'other' })).status, 404);
    // The list runs on more cameras than this token's: so would the raised threshold.
    assert.equal((await call(add, { ...post, token: 'gate' })).status, 403);
    assert.deepEqual(services.lists.lookAlikes.factsOf([person.id]), []);
  });
});
