import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { auditSchema } from '../../../src/gateway/schemas/audit.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

describe('names beside the audit log', () => {
  it('are those that ids have now, and none of what was deleted', async (t) => {
    const { call, services } = await openGateway(t);
    services.addList('list-1', { name: 'Missing people' });
    const ada = services.addPerson('list-1', 'Ada');
    const gone = services.addPerson('list-1', 'Gone');
    services.lists.deletePerson(gone.id, systemActor);
    const alert = sampleAlert(1, { personId: ada.id, cameraId: 'gate' });
    services.raise({ change: 'created', alert });
    services.cameraViews = services.cameraViews.map((camera) =>
      camera.id === 'gate' ? { ...camera, name: 'North gate' } : camera,
    );
    const { body } = await call('/api/audit');
    const { names, records } = auditSchema.parse(body);
    assert.deepEqual(names, {
      people: { [ada.id]: 'Ada' },
      watchlists: { 'list-1': 'Missing people' },
      cameras: { gate: 'North gate' },
    });
    // The log itself names people by id alone.
    assert.ok(records.some(({ target }) => target === gone.id));
    assert.ok(!JSON.stringify(records).includes('"Ada"'));
  });

  it('are of the page that is read', async (t) => {
    const { call, services } = await openGateway(t);
    services.addList('list-1');
    services.addPerson('list-1', 'Ada');
    const { body } = await call('/api/audit?what=watchlist.created');
    const { names } = auditSchema.parse(body);
    assert.deepEqual(names.people, {});
    assert.deepEqual(Object.keys(names.watchlists), ['list-1']);
  });
});
