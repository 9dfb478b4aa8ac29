import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fireEvent, openPage, screen, waitFor } from '../../support/web/open-page.ts';

const box = (x: number) => ({ x, y: 10, width: 40, height: 50 });

describe('a picture of several faces', () => {
  it('is sent once one of them is clicked, and nobody is stored before', async (t) => {
    const { services } = await openPage(t, '#/watchlists/list-1', {
      prepare(before) {
        before.addList('list-1');
        before.faces = [
          { number: 1, box: box(10), quality: 81, ok: true },
          { number: 2, box: box(90), quality: 64, ok: true },
          { number: 3, box: box(150), quality: 20, ok: false },
        ];
      },
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Add a person' }));
    fireEvent.input(await screen.findByLabelText(/^Name/), { target: { value: 'Ada' } });
    const file = new File([Uint8Array.of(0xff, 0xd8)], 'two.jpg', { type: 'image/jpeg' });
    const input = document.querySelector<HTMLInputElement>('dialog input[type="file"]');
    assert.ok(input);
    fireEvent.change(input, { target: { files: [file] } });
    await screen.findByText('Several faces: choose one');
    const picture = await waitFor(() => {
      const found = document.querySelector<HTMLImageElement>('img.face-chooser-picture');
      assert.ok(found);
      return found;
    });
    fireEvent.load(picture);
    const poor = await screen.findByRole<HTMLButtonElement>('button', {
      name: 'Face 3, quality 20',
    });
    assert.equal(poor.disabled, true);
    const submit = document.querySelector<HTMLFormElement>('dialog form');
    assert.ok(submit);
    fireEvent.submit(submit);
    await screen.findByRole('alert');
    assert.deepEqual(services.lists.people('list-1'), [], 'nothing is sent before the choice');
    fireEvent.click(screen.getByRole('button', { name: 'Face 2, quality 64' }));
    await screen.findByText('Face chosen');
    fireEvent.submit(submit);
    await waitFor(() => assert.equal(services.lists.people('list-1').length, 1));
    await waitFor(() => assert.equal(services.uploads.at(-1)?.face, 2));
    const [ada] = services.lists.people('list-1');
    await waitFor(() => assert.equal(services.lists.templates(ada?.id ?? '').length, 1));
  });
});
