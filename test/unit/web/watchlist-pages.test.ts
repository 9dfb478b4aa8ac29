import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fireEvent, openPage, screen, waitFor } from '../../support/web/open-page.ts';

const fields = {
  Name: 'Missing people',
  Owner: 'Duty officer',
  Purpose: 'Find missing people',
  'Legal basis': 'Police act, section 1',
  'Authorisation reference': 'File 12/2026',
};

const write = (label: string, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });

async function openForm() {
  fireEvent.click(await screen.findByRole('button', { name: 'New watchlist' }));
  await screen.findByRole('dialog');
}

const save = () => fireEvent.click(screen.getByRole('button', { name: 'Save' }));

describe('pages of watchlists', () => {
  it('sends no list with a gap, says where it is, and sends it once it is filled', async (t) => {
    const { services } = await openPage(t, '#/watchlists');
    await openForm();
    save();
    await waitFor(() => {
      assert.equal(screen.getAllByText('Please fill this in.').length, 6);
    });
    assert.equal(screen.getByLabelText('Purpose').getAttribute('aria-invalid'), 'true');
    assert.equal(services.lists.list().length, 0);
    for (const [label, value] of Object.entries(fields)) write(label, value);
    fireEvent.click(screen.getByLabelText('All cameras'));
    write('One false alarm in … searches', '250');
    save();
    await screen.findByRole('heading', { name: 'Missing people' });
    const [list] = services.lists.list();
    assert.deepEqual(
      [list?.name, list?.cameras, list?.fpir, list?.twoPersonReview],
      ['Missing people', '*', 0.004, false],
    );
    assert.equal(location.hash, `#/watchlists/${list?.id}`);
  });

  it('says at the name that it is taken', async (t) => {
    const { services } = await openPage(t, '#/watchlists');
    await openForm();
    services.addList('list-1', { name: fields.Name });
    for (const [label, value] of Object.entries(fields)) write(label, value);
    fireEvent.click(screen.getByLabelText('All cameras'));
    save();
    const error = await screen.findByText(/the name is taken/);
    assert.equal(screen.getByLabelText('Name').getAttribute('aria-describedby'), error.id);
    assert.equal(screen.getByRole('dialog').contains(error), true, 'the form stays open');
  });

  it('deletes a list only after its name was typed', async (t) => {
    const { services } = await openPage(t, '#/watchlists/list-1', {
      prepare(before) {
        before.addList('list-1', { name: 'Old list' });
      },
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    const really = await screen.findByRole<HTMLButtonElement>('button', {
      name: 'Delete for good',
    });
    assert.equal(really.disabled, true);
    write('Type “Old list” to confirm', 'Old');
    fireEvent.click(really);
    assert.equal(services.lists.list().length, 1);
    write('Type “Old list” to confirm', 'Old list');
    await waitFor(() => assert.equal(really.disabled, false));
    fireEvent.click(really);
    await waitFor(() => assert.equal(services.lists.list().length, 0));
    await waitFor(() => assert.equal(location.hash, '#/watchlists'));
  });

  it('lets who is no administrator look, and change nothing', async (t) => {
    await openPage(t, '#/watchlists', { as: { role: 'operator' } });
    await screen.findByRole('heading', { name: 'Watchlists' });
    await screen.findByText('No watchlists yet.');
    assert.equal(screen.queryByRole('button', { name: 'New watchlist' }), null);
  });
});
