import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MemoryServices } from '../../support/gateway/memory-services.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';
import { fireEvent, openPage, screen, waitFor, within } from '../../support/web/open-page.ts';

type Changes = NonNullable<Parameters<typeof sampleAlert>[1]>;

const raise = (services: MemoryServices, number: number, changes: Changes = {}) =>
  services.raise({
    change: 'created',
    alert: sampleAlert(number, { personId: `person-${number}`, ...changes }),
  });

/** Who is listed, from the top. */
const listed = () =>
  within(screen.getByRole('list', { name: 'List of alerts' }))
    .getAllByRole('link')
    .map((row) => row.querySelector('.row-name')?.textContent);

const buttons = () =>
  [...document.querySelectorAll<HTMLElement>('.detail .review button')].map(
    ({ textContent }) => textContent,
  );

describe('page of alerts', () => {
  it('lists what is open, newest first, and follows what comes and what is decided', async (t) => {
    const { services } = await openPage(t, '#/alerts', {
      prepare(before) {
        raise(before, 1, { personName: 'First' });
        raise(before, 2, { personName: 'Second' });
        raise(before, 3, { personName: 'Third', state: 'dismissed' });
      },
    });
    await screen.findByText('2 alerts');
    assert.deepEqual(listed(), ['Second', 'First']);
    raise(services, 4, { personName: 'Fourth' });
    await screen.findByText('3 alerts');
    assert.deepEqual(listed(), ['Fourth', 'Second', 'First']);
    const decided = sampleAlert(2, { personName: 'Second', state: 'confirmed', revision: 3 });
    services.raise({ change: 'reviewed', alert: decided });
    await waitFor(() => assert.deepEqual(listed(), ['Fourth', 'First']));
    await waitFor(() => assert.equal(document.title, '(2) Alerts · Nightglass'));
  });

  it('takes a filter into the address, and what comes live only where it fits', async (t) => {
    const { services } = await openPage(t, '#/alerts', {
      prepare: (before) => raise(before, 1, { personName: 'First' }),
    });
    await screen.findByText('1 alert');
    await screen.findByRole('option', { name: 'yard' });
    fireEvent.change(screen.getByLabelText('Camera'), { target: { value: 'yard' } });
    await screen.findByText('No alert fits.');
    assert.equal(location.hash, '#/alerts?camera=yard');
    raise(services, 2, { personName: 'Elsewhere', cameraId: 'gate' });
    raise(services, 3, { personName: 'Here', cameraId: 'yard' });
    await screen.findByText('1 alert');
    assert.deepEqual(listed(), ['Here']);
  });

  it('offers what may be done next by state and role, and a dismissal only with a reason', async (t) => {
    const alert = sampleAlert(1);
    const { services } = await openPage(t, `#/alerts/${alert.id}`, {
      as: { role: 'reviewer' },
      prepare: (before) => raise(before, 1),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Acknowledge' }));
    await waitFor(() => assert.deepEqual(buttons(), ['Confirm', 'Dismiss…', 'Escalate']));
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss…' }));
    const reason = await screen.findByLabelText('Why is it not this person?');
    const dismiss = screen.getByRole<HTMLButtonElement>('button', { name: 'Dismiss' });
    fireEvent.input(reason, { target: { value: ' no ' } });
    assert.equal(dismiss.disabled, true, 'two letters are no reason');
    fireEvent.input(reason, { target: { value: 'Another person' } });
    await waitFor(() => assert.equal(dismiss.disabled, false));
    fireEvent.click(dismiss);
    await waitFor(() => assert.deepEqual(buttons(), []));
    assert.deepEqual(
      services.reviews().map(({ action, reason: why }) => [action, why]),
      [
        ['acknowledge', ''],
        ['dismiss', 'Another person'],
      ],
    );
  });

  it('gives an operator no verdict', async (t) => {
    const alert = sampleAlert(1, { state: 'acknowledged' });
    await openPage(t, `#/alerts/${alert.id}`, {
      as: { role: 'operator' },
      prepare: (before) => before.raise({ change: 'created', alert }),
    });
    await screen.findByRole('button', { name: 'Escalate' });
    assert.deepEqual(buttons(), ['Escalate']);
  });

  it('shows what has become of an alert that somebody else was quicker to decide', async (t) => {
    const alert = sampleAlert(1, { state: 'acknowledged', revision: 1 });
    const { services, client } = await openPage(t, `#/alerts/${alert.id}`, {
      as: { role: 'reviewer' },
      prepare: (before) => before.raise({ change: 'created', alert }),
    });
    const confirm = await screen.findByRole('button', { name: 'Confirm' });
    // The page's own socket is busy: it has not been told of the other verdict yet.
    services.reviewElsewhere(alert.id, { action: 'dismiss', reviewer: 'Bob', reason: 'Taller' });
    fireEvent.click(confirm);
    await screen.findByText(
      'Somebody else has reviewed this alert meanwhile; this is its present state.',
    );
    assert.deepEqual(buttons(), []);
    assert.equal((await client.alert(alert.id)).alert.state, 'dismissed');
    assert.equal(services.reviews().length, 1, 'no verdict was written over the other one');
  });

  it('shows a second reviewer no score', async (t) => {
    const alert = sampleAlert(1, { state: 'acknowledged' });
    await openPage(t, `#/alerts/${alert.id}`, {
      as: { role: 'reviewer' },
      prepare(before) {
        before.addList('list-1', { twoPersonReview: true });
        before.raise({ change: 'created', alert });
      },
    });
    await screen.findByText('Second review, by the pictures alone');
    const detail = screen.getByRole('article').textContent ?? '';
    assert.match(detail, /hidden from the second reviewer/);
    for (const figure of ['0.52', '0.41', '0.47', '0.38', '57 / 100']) {
      assert.ok(!detail.includes(figure), `${figure} is not shown`);
    }
  });

  it('is one row a person with all sightings, and reviews several at once', async (t) => {
    const { services } = await openPage(t, '#/alerts', {
      as: { role: 'reviewer' },
      prepare(before) {
        raise(before, 1, { personName: 'Seen Often', personId: 'often' });
        raise(before, 2, { personName: 'Seen Once' });
        raise(before, 3, { personName: 'Seen Often', personId: 'often' });
        before.sight(sampleAlert(1).id, sampleSighting(5));
      },
    });
    await screen.findByText('3 alerts');
    assert.deepEqual(listed(), ['Seen Often', 'Seen Once']);
    await screen.findByText(/seen 3 times/);
    services.sight(sampleAlert(2).id, sampleSighting(9));
    await waitFor(() => assert.deepEqual(listed(), ['Seen Once', 'Seen Often']));
    fireEvent.click(screen.getByLabelText('Select Seen Often'));
    await screen.findByText('2 alerts selected');
    fireEvent.click(screen.getByRole('button', { name: 'Acknowledge' }));
    await screen.findByText('2 alerts reviewed.');
    fireEvent.click(screen.getByRole('button', { name: 'Select all' }));
    await screen.findByText('3 alerts selected');
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss…' }));
    const reason = await screen.findByLabelText('Why is it not this person?');
    fireEvent.input(reason, { target: { value: 'Another person' } });
    fireEvent.click(await screen.findByRole('button', { name: 'Dismiss' }));
    await screen.findByText('1 alert');
    assert.deepEqual(listed(), ['Seen Once']);
    assert.deepEqual(
      services.reviews().map(({ action }) => action),
      ['acknowledge', 'acknowledge', 'dismiss', 'dismiss'],
    );
  });

  it('shows each sighting with its own picture and scores, and what else there is on the person', async (t) => {
    const { services } = await openPage(t, `#/alerts/${sampleAlert(1).id}`, {
      prepare(before) {
        raise(before, 1, { personId: 'often' });
        raise(before, 2, { personId: 'often', cameraId: 'hall' });
        before.sight(sampleAlert(1).id, sampleSighting(1));
      },
    });
    const title = await screen.findByRole('heading', { name: 'Seen again 1 time' });
    const part = title.closest('section') as HTMLElement;
    assert.equal(within(part).getAllByRole('listitem').length, 1);
    await within(part).findByText('0.46', { selector: 'strong' });
    await within(part).findByAltText('Recorded face at yard');
    const others = await screen.findByRole('heading', { name: 'Other alerts on this person' });
    assert.match(others.parentElement?.textContent ?? '', /hall/);
    services.sight(sampleAlert(1).id, sampleSighting(2, { cameraId: 'hall' }));
    await screen.findByRole('heading', { name: 'Seen again 2 times' });
  });

  it('says how many alerts there are beyond those that it shows', async (t) => {
    const { services } = await openPage(t, '#/alerts', {
      prepare(before) {
        for (let n = 1; n <= 120; n += 1) raise(before, n);
      },
    });
    await screen.findByText('120 alerts, the latest 50 are shown');
    assert.equal(listed().length, 50);
    raise(services, 121);
    await screen.findByText('121 alerts, the latest 51 are shown');
    const old = sampleAlert(2, { personId: 'person-2', state: 'confirmed', revision: 3 });
    services.raise({ change: 'reviewed', alert: old });
    await screen.findByText('120 alerts, the latest 51 are shown');
  });
});
