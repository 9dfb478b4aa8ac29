import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportComponents } from '../../../src/domain/quality/component-report.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { openPage, screen } from '../../support/web/open-page.ts';

/** Components of a face of which these are hidden or worn. */
function componentsOf(raw: Record<string, number>) {
  const components = Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, { raw: value, score: 100 * (1 - value) }]),
  );
  return reportComponents({ components, score: 70, verdict: 'accept', reasons: [] });
}

const free = {
  eyesVisible: 0.1,
  lowerFaceVisible: 0.1,
  noMask: 0.1,
  noDarkGlasses: 0,
  noHeadwear: 0.2,
};

describe('a face that is covered', () => {
  it('is said to be in words beside the match, its figures among the components', async (t) => {
    const alert = {
      ...sampleAlert(1),
      components: componentsOf({ ...free, noMask: 0.93, lowerFaceVisible: 0.8 }),
    };
    await openPage(t, `#/alerts/${alert.id}`, {
      prepare: (before) => before.raise({ change: 'created', alert }),
    });
    await screen.findByText('Mask: nose, mouth and chin hidden');
    assert.ok(screen.queryByText('Without mask') !== null);
    assert.ok(screen.queryByText(/^Nose, mouth and chin hidden/) === null);
  });

  it('has its headwear said, beside what else it wears', async (t) => {
    const alert = {
      ...sampleAlert(1),
      components: componentsOf({ ...free, noHeadwear: 0.5, noDarkGlasses: 0.9, eyesVisible: 0.7 }),
    };
    await openPage(t, `#/alerts/${alert.id}`, {
      prepare: (before) => before.raise({ change: 'created', alert }),
    });
    await screen.findByText('Dark glasses: eyes hidden · Headwear: hair and forehead hidden');
    assert.ok(screen.queryByText('Without headwear') !== null);
  });

  it('by a hand is told by the part that it hides', async (t) => {
    const hand = {
      ...sampleAlert(1),
      components: componentsOf({ ...free, lowerFaceVisible: 0.6, eyesVisible: 0.5 }),
    };
    await openPage(t, `#/alerts/${hand.id}`, {
      prepare: (before) => before.raise({ change: 'created', alert: hand }),
    });
    await screen.findByText('Nose, mouth and chin hidden · Eyes and brows hidden');
  });

  it('says nothing where the face is free', async (t) => {
    const alert = { ...sampleAlert(1), components: componentsOf(free) };
    await openPage(t, `#/alerts/${alert.id}`, {
      prepare: (before) => before.raise({ change: 'created', alert }),
    });
    await screen.findByText('Without mask');
    assert.ok(screen.queryByText(/compare what is visible/) === null);
  });
});
