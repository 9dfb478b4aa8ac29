import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { fireEvent, openPage, screen, waitFor, within } from '../../support/web/open-page.ts';

const pages = async () =>
  within(await screen.findByRole('navigation', { name: 'Pages' }))
    .getAllByRole('link')
    .map(({ textContent }) => textContent);

describe('control room', () => {
  it('gives each role its pages, and no other by the address', async (t) => {
    const { services } = await openPage(t, '#/alerts', { as: { role: 'viewer' } });
    await screen.findByText('Your role does not have this page.');
    assert.deepEqual(await pages(), ['Wall', 'System']);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    await screen.findByText('Connected');
    assert.equal(document.querySelector('[aria-live="assertive"]')?.textContent, '');
  });

  it('announces an alert that comes, on whatever page, by name and camera', async (t) => {
    const { services } = await openPage(t, '#/system', { as: { role: 'operator' } });
    assert.deepEqual(await pages(), [
      'Wall',
      'Alerts',
      'Review queue',
      'Watchlists',
      'Footage',
      'System',
    ]);
    await screen.findByText('Connected');
    services.raise({ change: 'created', alert: sampleAlert(1) });
    await screen.findByText('New alert: Painted Person at gate, to be reviewed');
    assert.match((await pages())[1] ?? '', /^Alerts1/);
  });

  it('changes its language at once, all of it', async (t) => {
    await openPage(t, '#/wall');
    fireEvent.change(await screen.findByLabelText('Language'), { target: { value: 'zh' } });
    await screen.findByRole('heading', { name: '监控墙' });
    assert.equal(document.documentElement.lang, 'zh-Hans');
    assert.equal(localStorage.getItem('nightglass.language'), 'zh');
    fireEvent.change(screen.getByRole('combobox', { name: '语言' }), { target: { value: 'en' } });
    await screen.findByRole('heading', { name: 'Wall' });
    assert.equal(localStorage.getItem('nightglass.language'), 'en');
  });

  it('says what is wrong loudly, and what is only less than it could be quietly', async (t) => {
    await openPage(t, '#/system', {
      prepare(services) {
        services.healthReport = {
          ...services.healthReport,
          status: 'degraded',
          store: { writable: false, message: 'No space left.' },
          problems: [
            { code: 'PREVIEW_UNAVAILABLE', message: 'There is no ffmpeg.' },
            { code: 'STREAM_STALLED', message: 'A camera says nothing.' },
          ],
        };
      },
    });
    const loud = await waitFor(() => {
      const found = document.querySelector('.faults');
      assert.ok(found);
      return found.textContent ?? '';
    });
    assert.match(loud, /No space left\./);
    assert.equal(document.querySelector('.notes')?.textContent, 'There is no ffmpeg.');
    assert.doesNotMatch(document.body.textContent ?? '', /A camera says nothing/);
  });

  it('says that the connection is lost until it is back, and then shows what came meanwhile', async (t) => {
    const { services, line } = await openPage(t, '#/alerts');
    await screen.findByText('Connected');
    await screen.findByText('Nothing open.');
    line.cut();
    await screen.findByText(/The live connection is lost/);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    services.raise({ change: 'created', alert: sampleAlert(2) });
    // Attempts go on meanwhile: the page must not look connected for them.
    const states = new Set<string | null>();
    for (let n = 0; n < 20; n += 1) {
      states.add(screen.getByRole('status').textContent);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual([...states], ['Connection lost']);
    line.restore();
    await screen.findByText('2 alerts');
    await screen.findByText('Connected');
    assert.equal(screen.queryByText(/The live connection is lost/), null);
  });

  it('asks for a token where there is none, and says why one is refused', async (t) => {
    await openPage(t, '#/wall', { as: null });
    fireEvent.click(await screen.findByText('Use a token instead'));
    fireEvent.input(await screen.findByLabelText('Access token'), { target: { value: 'wrong' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText(/token is not valid/);
    assert.equal(screen.queryByRole('navigation'), null);
  });
});
