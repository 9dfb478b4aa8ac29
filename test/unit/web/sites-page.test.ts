import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Alert } from '../../../src/domain/alert.ts';
import { camerasOfSite } from '../../../src/domain/principal.ts';
import type { SiteAlertChange } from '../../../src/domain/site-alert.ts';
import type { MemoryServices } from '../../support/gateway/memory-services.ts';
import { putSiteAlert } from '../../support/gateway/put-site-alert.ts';
import { fireEvent, openPage, screen, waitFor, within } from '../../support/web/open-page.ts';

const alerts = () =>
  within(screen.getByRole('list', { name: 'Alerts of sites' })).getAllByRole('article');

const shown = () =>
  alerts().map(
    (card) => `${card.dataset['site']} ${within(card).getByRole('heading').textContent}`,
  );

function twoSites(services: MemoryServices): void {
  services.addList('list-1', { name: 'Missing people' });
  services.addList('list-2', { name: 'Barred' });
  services.addSite('harbour', {
    lists: [{ id: 'list-1', version: 7, people: 12 }],
    behind: ['list-2'],
    ...{ waiting: 3, late: 2 },
  });
  services.addSite('station', { up: false, heardAt: Date.now() - 7_200_000, waiting: null });
  services.federation.setSites('list-1', ['harbour'], { name: 'ann' });
  services.federation.setSites('list-2', ['harbour'], { name: 'ann' });
  const review = { action: 'dismiss', reviewer: 'eve', reason: 'somebody else' } as const;
  putSiteAlert(services.store, 'harbour', 1, {
    changes: { personName: 'First', state: 'dismissed' },
    reviews: [{ ...review, at: 1_790_000_100_000, stateAfter: 'dismissed' }],
  });
  putSiteAlert(services.store, 'station', 2, {
    changes: { personName: 'Second' },
    delayMs: 3_600_000,
  });
  putSiteAlert(services.store, 'harbour', 3, { changes: { personName: '' }, blind: true });
}

describe('page of sites', () => {
  it('says how each site is, and shows alerts of all, the latest first', async (t) => {
    await openPage(t, '#/sites', { prepare: twoSites });
    await screen.findByText(/judged at the site that raised them/);
    await waitFor(() => {
      assert.deepEqual(shown(), [
        ...['harbour Person deleted from the list', 'station Second', 'harbour First'],
      ]);
    });
    const [harbour, station] = [...document.querySelectorAll<HTMLElement>('.site-states > li')];
    assert.ok(harbour !== undefined && station !== undefined);
    within(harbour).getByText('Heard');
    const lists = [...harbour.querySelectorAll('.site-lists li')].map(
      ({ textContent }) => textContent,
    );
    assert.deepEqual(lists, [
      'Missing people 12 people as it is here',
      'Barred  not as it is here',
    ]);
    const figures = [...harbour.querySelectorAll('dd')].map(({ textContent }) => textContent);
    assert.deepEqual(figures.slice(1, 3), ['3', '2']);
    within(station).getByText('Silent');
    within(station).getByText('No list goes there.');
    within(station).getByText(/silent since/);
    const [blind, late, judged] = alerts();
    assert.ok(blind !== undefined && late !== undefined && judged !== undefined);
    within(blind).getByText(/another is to judge without knowing it/);
    within(late).getByText('late');
    within(late).getByText('Nobody at the site has judged it yet.');
    within(judged).getByText('eve');
    within(judged).getByText('somebody else');
    assert.equal(within(judged).queryByText('late'), null);
    assert.deepEqual(
      within(judged)
        .queryAllByRole('button')
        .map(({ textContent }) => textContent),
      ['Full frame'],
      'nothing that judges',
    );
  });

  it('takes site and state into the address, and older ones by the page', async (t) => {
    await openPage(t, '#/sites', {
      prepare(services) {
        twoSites(services);
        for (let number = 4; number < 34; number += 1) {
          putSiteAlert(services.store, 'harbour', number, {
            changes: { personName: `No ${number}` },
          });
        }
      },
    });
    await waitFor(() => assert.equal(alerts().length, 30));
    fireEvent.click(screen.getByRole('button', { name: 'Show older ones' }));
    await waitFor(() => assert.equal(alerts().length, 33));
    assert.equal(new Set(shown()).size, 33);
    fireEvent.change(screen.getByLabelText('Site'), { target: { value: 'station' } });
    await waitFor(() => assert.deepEqual(shown(), ['station Second']));
    assert.equal(location.hash, '#/sites?site=station');
    fireEvent.change(screen.getByLabelText('State'), { target: { value: 'confirmed' } });
    await screen.findByText('No alert of a site fits. Choose another site or state.');
    assert.equal(location.hash, '#/sites?site=station&state=confirmed');
  });

  it('follows what comes live, and asks anew after the line was lost', async (t) => {
    const { line, services } = await openPage(t, '#/sites?site=harbour', { prepare: twoSites });
    await waitFor(() => assert.equal(alerts().length, 2));
    await screen.findByText('Connected');
    const tell = (
      change: SiteAlertChange['change'],
      site: string,
      number: number,
      changes: Partial<Alert>,
    ) => {
      const id = putSiteAlert(services.store, site, number, { changes });
      const alert = services.siteAlerts.find(site, id);
      assert.ok(alert !== undefined);
      services.siteAlerts$.next({ change, alert, at: Date.now(), picture: null });
    };
    const third = 'harbour Person deleted from the list';
    tell('received', 'station', 5, { personName: 'Elsewhere' });
    tell('received', 'harbour', 6, { personName: 'Sixth' });
    await waitFor(() => assert.deepEqual(shown(), ['harbour Sixth', third, 'harbour First']));
    tell('changed', 'harbour', 6, { personName: 'Sixth', state: 'confirmed' });
    await waitFor(() => within(alerts()[0] as HTMLElement).getByText('Confirmed'));
    tell('gone', 'harbour', 6, { personName: 'Sixth' });
    await waitFor(() => assert.deepEqual(shown(), [third, 'harbour First']));
    line.cut();
    putSiteAlert(services.store, 'harbour', 7, { changes: { personName: 'Seventh' } });
    await screen.findByText('Connection lost');
    line.restore();
    // Stored meanwhile: of the sixth, which was put here last, the page hears now.
    await waitFor(() => assert.equal(shown()[0], 'harbour Seventh'));
  });

  it('is there for who may see a site, and shows that site alone', async (t) => {
    await openPage(t, '#/sites', {
      as: { role: 'operator', cameras: ['gate', camerasOfSite('station')] },
      prepare: twoSites,
    });
    await waitFor(() => assert.deepEqual(shown(), ['station Second']));
    assert.equal(document.querySelectorAll('.site-states > li').length, 1);
    assert.equal(screen.queryByText('harbour'), null);
  });

  it('is no page for others, and none where there are no sites', async (t) => {
    await openPage(t, '#/sites', {
      as: { role: 'operator', cameras: ['gate'] },
      prepare: twoSites,
    });
    await screen.findByText('Your role does not have this page.');
    await screen.findByText('Connected');
    assert.equal(screen.queryByRole('link', { name: 'Sites' }), null);
  });

  it('says that no alert has come', async (t) => {
    await openPage(t, '#/sites', { prepare: (services) => services.addSite('harbour') });
    await screen.findByText('No alert has come from a site yet.');
    screen.getByRole('link', { name: 'Sites' });
  });
});
