import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { fireEvent, openPage, screen, waitFor } from '../../support/web/open-page.ts';

describe('a face that never moves', () => {
  it('is shown as such in the list and beside it, and the mark is lifted', async (t) => {
    const { id, cameraId } = sampleAlert(1);
    const { services } = await openPage(t, `#/alerts/${id}`, {
      prepare: (before) => before.raise({ change: 'created', alert: sampleAlert(1) }),
    });
    await screen.findByText('1 alert');
    assert.ok(screen.queryByText(/keeps its place/) === null);
    const place = { x: 0.1, y: 0.1, width: 0.1, height: 0.1 };
    services.alertStore.markStill(id, cameraId, {
      since: 1,
      place,
      liftedAt: null,
      liftedBy: null,
    });
    await screen.findByText(/keeps its place/);
    await screen.findByRole('heading', { name: 'This face never changes its place' });
    fireEvent.click(screen.getByRole('button', { name: 'Lift the mark' }));
    await waitFor(() =>
      assert.ok(screen.queryByRole('button', { name: 'Lift the mark' }) === null),
    );
    assert.equal(services.alertStore.get(id).alert.still?.liftedBy, 'Anna');
    await waitFor(() => assert.ok(screen.queryByText(/keeps its place/) === null));
  });
});
