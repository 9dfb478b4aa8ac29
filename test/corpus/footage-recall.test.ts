import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clips } from '../support/corpus/clips.ts';
import { openTrackSearch, type TrackSearch } from '../support/footage/searched-tracks.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

describe('a search of footage that spares looks', { skip: sharedMissing, timeout: 900_000 }, () => {
  let search: TrackSearch;
  before(async () => {
    search = await openTrackSearch();
  });
  after(() => search?.[Symbol.asyncDispose]());

  for (const [name, { path }] of Object.entries(clips)) {
    it(`finds everybody in ${name} who is found where every picture is looked at`, async (t) => {
      const everywhere = await search.run([path], (settings) => {
        const { scene } = settings;
        return { ...settings, scene: { ...scene, motion: { ...scene.motion, enabled: false } } };
      });
      const sparing = await search.run([path]);
      t.diagnostic(
        `${everywhere.tracks} people in ${everywhere.looked} looks, ${sparing.tracks} in ${sparing.looked}`,
      );
      assert.deepEqual([everywhere.lost, sparing.lost], [0, 0]);
      assert.ok(everywhere.looked >= sparing.looked);
      assert.ok(everywhere.tracks >= 1, 'the clip shows somebody');
      assert.ok(sparing.tracks >= everywhere.tracks);
    });
  }
});
