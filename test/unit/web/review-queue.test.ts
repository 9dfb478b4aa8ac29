import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { fireEvent, openPage, screen, waitFor, within } from '../../support/web/open-page.ts';

const queue = () =>
  within(screen.getByRole('list', { name: 'Queue' }))
    .getAllByRole('listitem')
    .map((item) => [
      item.querySelector('.row-name')?.textContent,
      item.getAttribute('data-decided') === 'true' ? 'decided' : 'open',
    ]);

describe('review queue', () => {
  it('keeps its order while somebody works, and counts what comes', async (t) => {
    const { services } = await openPage(t, '#/review', {
      prepare(before) {
        before.raise({ change: 'created', alert: sampleAlert(1, { personName: 'First' }) });
        before.raise({ change: 'created', alert: sampleAlert(2, { personName: 'Second' }) });
      },
    });
    await screen.findByText('2 open alerts.');
    await screen.findByText('Connected');
    services.raise({ change: 'created', alert: sampleAlert(3, { personName: 'Third' }) });
    const reorder = await screen.findByRole('button', { name: '1 new alert: put it in order' });
    services.raise({
      change: 'reviewed',
      alert: sampleAlert(2, { personName: 'Second', state: 'dismissed', revision: 2 }),
    });
    await screen.findByText('1 open alert. 1 decided meanwhile.');
    assert.deepEqual(queue(), [
      ['Second', 'decided'],
      ['First', 'open'],
    ]);
    fireEvent.click(reorder);
    await screen.findByText('2 open alerts.');
    assert.deepEqual(queue(), [
      ['Third', 'open'],
      ['First', 'open'],
    ]);
    assert.equal(screen.queryByRole('button', { name: /put it in order/ }), null);
  });

  it('goes on by keys to what is still open, and not while somebody writes', async (t) => {
    await openPage(t, '#/review', {
      prepare(before) {
        for (const [n, state] of (['new', 'new', 'new'] as const).entries()) {
          before.raise({ change: 'created', alert: sampleAlert(n + 1, { state }) });
        }
      },
    });
    await screen.findByText('3 open alerts.');
    fireEvent.keyDown(document.body, { key: 'j' });
    await waitFor(() => assert.equal(location.hash, `#/review/${sampleAlert(3).id}`));
    await screen.findByRole('article');
    fireEvent.keyDown(document.body, { key: 'n' });
    await waitFor(() => assert.equal(location.hash, `#/review/${sampleAlert(2).id}`));
    fireEvent.keyDown(screen.getByRole('combobox', { name: 'Language' }), { key: 'j' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(location.hash, `#/review/${sampleAlert(2).id}`);
  });
});
