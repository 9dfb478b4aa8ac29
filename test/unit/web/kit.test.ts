import '../../support/web/open-page.ts';
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { outOfView } from '../../support/web/browser-globals.ts';
import { cleanup, fireEvent, render, screen, waitFor } from '../../support/web/open-page.ts';

const { h } = await import('preact');
const { Button } = await import('../../../web/src/kit/button.tsx');
const { Dialog } = await import('../../../web/src/kit/dialog.tsx');
const { DropZone } = await import('../../../web/src/kit/drop-zone.tsx');
const { SelectField, TextField } = await import('../../../web/src/kit/field.tsx');
const { Picture } = await import('../../../web/src/kit/picture.tsx');
const { Table } = await import('../../../web/src/kit/table.tsx');

afterEach(cleanup);

describe('kit', () => {
  it('has buttons that submit nothing unless they say so', () => {
    let submitted = 0;
    const onSubmit = (event: Event) => {
      event.preventDefault();
      submitted += 1;
    };
    render(
      h('form', { onSubmit }, [
        h(Button, { key: 1, children: 'Plain' }),
        h(Button, { key: 2, type: 'submit', action: 'confirm', children: 'Send' }),
      ]),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Plain' }));
    assert.equal(submitted, 0);
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    assert.equal(submitted, 1);
    assert.equal(screen.getByRole('button', { name: 'Send' }).dataset['action'], 'confirm');
  });

  it('ties label, hint and error to a field, and takes the focus where that is asked for', () => {
    const said: string[] = [];
    render(
      h(TextField, {
        label: 'Owner',
        hint: 'Who answers',
        error: 'Fill this in',
        value: '',
        takesFocus: true,
        onValue: (value) => said.push(value),
      }),
    );
    const input = screen.getByLabelText('Owner');
    const described = input.getAttribute('aria-describedby')?.split(' ') ?? [];
    assert.deepEqual(
      described.map((id) => document.getElementById(id)?.textContent),
      ['Who answers', 'Fill this in'],
    );
    assert.equal(input.getAttribute('aria-invalid'), 'true');
    assert.equal(document.activeElement, input);
    fireEvent.input(input, { target: { value: 'Night shift' } });
    assert.deepEqual(said, ['Night shift']);
  });

  it('gives back only choices that it offers', () => {
    const said: string[] = [];
    const options = [
      { value: 'a', label: 'First' },
      { value: 'b', label: 'Second' },
    ];
    render(
      h(SelectField, { label: 'One', value: 'a', options, onValue: (value) => said.push(value) }),
    );
    const select = screen.getByLabelText<HTMLSelectElement>('One');
    fireEvent.change(select, { target: { value: 'b' } });
    assert.deepEqual(said, ['b']);
  });

  it('gives the focus back when a dialog closes', async () => {
    render(h(Button, { children: 'Open' }));
    const opener = screen.getByRole('button', { name: 'Open' });
    opener.focus();
    let closed = 0;
    const { unmount } = render(
      h(Dialog, { title: 'Question', onClose: () => (closed += 1), children: 'Text' }),
    );
    assert.equal(screen.getByRole('dialog', { name: 'Question' }).hasAttribute('open'), true);
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => assert.equal(closed, 1));
    unmount();
    assert.equal(document.activeElement, opener);
  });

  it('fetches a picture once it comes into view, and says what became of it', async () => {
    let asked = 0;
    const show = outOfView();
    const source = () => {
      asked += 1;
      return Promise.resolve(new Blob(['picture']));
    };
    const { unmount } = render(h(Picture, { source, id: 'a', alt: 'A face' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(asked, 0, 'nobody looks at it');
    assert.equal(document.querySelector('[aria-busy]'), null, 'and nothing is under way');
    show();
    const image = await screen.findByRole<HTMLImageElement>('img', { name: 'A face' });
    assert.match(image.src, /^blob:/);
    assert.equal(asked, 1);
    fireEvent.error(image);
    await screen.findByText('The picture could not be loaded');
    unmount();
    await assert.rejects(fetch(image.src), 'its memory is given back');

    render(h(Picture, { source: async () => null, alt: '', absent: 'Nothing kept' }));
    await screen.findByText('Nothing kept');
    render(h(Picture, { source: () => Promise.reject(new Error('gone')), alt: '' }));
    await screen.findByText('The picture could not be loaded');
  });

  it('fetches another picture when it is of something else', async () => {
    const asked: string[] = [];
    const pictureOf = (id: string) =>
      h(Picture, {
        id,
        alt: id,
        source: async () => {
          asked.push(id);
          return new Blob([id]);
        },
      });
    const { rerender } = render(pictureOf('a'));
    await screen.findByRole('img', { name: 'a' });
    rerender(pictureOf('a'));
    rerender(pictureOf('b'));
    await waitFor(() => assert.deepEqual(asked, ['a', 'b']));
  });

  it('draws tables with heads of columns and rows, in a room that keys can scroll', () => {
    render(
      h(Table<{ name: string; count: number }>, {
        label: 'Counts',
        rows: [
          { name: 'gate', count: 3 },
          { name: 'yard', count: 5 },
        ],
        keyOf: ({ name }) => name,
        columns: [
          { head: 'Camera', kind: 'header', cell: ({ name }) => name },
          { head: 'Frames', kind: 'number', class: 'wide', cell: ({ count }) => count },
        ],
      }),
    );
    assert.deepEqual(
      screen.getAllByRole('columnheader').map(({ textContent }) => textContent),
      ['Camera', 'Frames'],
    );
    assert.deepEqual(
      screen.getAllByRole('rowheader').map(({ textContent }) => textContent),
      ['gate', 'yard'],
    );
    const [cell] = screen.getAllByRole('cell');
    assert.deepEqual([cell?.textContent, cell?.className], ['3', 'number wide']);
    assert.equal(screen.getByRole('region', { name: /Counts/ }).tabIndex, 0);
  });

  it('takes dropped files that fit, and no others', () => {
    const taken: string[] = [];
    render(
      h(DropZone, {
        label: 'Pictures',
        hint: 'JPEG',
        accept: '.zip,image/*',
        multiple: true,
        onFiles: (files) => taken.push(...files.map(({ name }) => name)),
      }),
    );
    const files = [
      new File([''], 'a.jpg', { type: 'image/jpeg' }),
      new File([''], 'b.txt', { type: 'text/plain' }),
      new File([''], 'c.ZIP'),
    ];
    const zone = screen.getByText('Pictures').closest('label');
    assert.ok(zone);
    fireEvent.drop(zone, { dataTransfer: { files } });
    assert.deepEqual(taken, ['a.jpg', 'c.ZIP']);
  });
});
