import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { shadowBounds } from '../../../../src/domain/bounds.ts';
import type { Embedder } from '../../../../src/domain/face-models.ts';
import type { ListMatch, MatchedTemplate } from '../../../../src/domain/match.ts';
import type { ShadowComparison, ShadowDropReason } from '../../../../src/domain/shadow.ts';
import { TemplatePool } from '../../../../src/operators/template-pool.ts';
import { type ShadowPorts, ShadowTracks } from '../../../../src/services/shadow/shadow-tracks.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { fusedKeyframe, trackTemplate } from '../../../support/marbles-faces.ts';
import { makeAlert } from '../../../support/store/alert-fixture.ts';

const space = 'other@2:abc';
const listMatch = (watchlistId: string, score: number, personId = 'ada'): ListMatch => ({
  ...{ watchlistId, watchlistName: watchlistId, personId, personName: personId },
  ...{ templateId: 't', scores: { raw: score, enhanced: null, fused: score } },
  ...{ threshold: 0.5, fpir: 0.001, gallerySize: 3, matched: score >= 0.5 },
});

function setUp(
  t: TestContext,
  bounds: Partial<ConstructorParameters<typeof ShadowTracks>[0]['bounds']> = {},
) {
  const clock = new FakeClock();
  const compared: ShadowComparison[] = [];
  const dropped: ShadowDropReason[] = [];
  const errors: unknown[] = [];
  const asked: number[] = [];
  const embedder: Embedder = {
    model: space,
    rejectBelow: 0.3,
    embed: async () => ({ vector: Float32Array.of(0, 1), recognisability: 0.9 }),
    embedEnhanced: async () => ({ vector: Float32Array.of(0, 1), recognisability: 0.9 }),
  };
  const ports: ShadowPorts = {
    embedder,
    enhancer: null,
    fuser: { fuse: async ({ raw }) => ({ fused: raw.vector, gate: 1, weight: null }) },
    gallery: {
      search: (probe, cameraId) => {
        assert.deepEqual([probe.model, cameraId], [space, 'cam']);
        asked.push(1);
        return [listMatch('list', 0.4), listMatch('other', 0.7, 'bob')];
      },
    },
    worked: () => 25 * asked.length,
    isReady: () => true,
  };
  const tracks = new ShadowTracks({
    clock,
    createPool: (first) => new TemplatePool(first),
    onCompared: (found) => compared.push(...found),
    onDropped: (reason) => dropped.push(reason),
    onError: (error) => errors.push(error),
    bounds: { ...shadowBounds, ...bounds },
  });
  t.after(() => tracks.detach());
  const seen = (
    trackId: string,
    keyframes: number,
    matches: readonly ListMatch[],
    cause: MatchedTemplate['cause'] = 'keyframe',
  ) => {
    const latest = fusedKeyframe(trackId, keyframes - 1);
    const template = trackTemplate(trackId, { keyframes, latest });
    tracks.matched({ kind: 'matched', cause, template, matches });
  };
  /** Moves time on, and lets what is under way be done. */
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { tracks, ports, seen, pass, compared, dropped, errors, asked };
}

describe('tracks by models beside those in use', () => {
  it('are compared once they are complete, on the lists that the version in use searched', async (t) => {
    const { asked, compared, dropped, pass, ports, seen, tracks } = setUp(t);
    tracks.attach(ports);
    seen('a', 1, [listMatch('list', 0.45)]);
    seen('a', 2, [listMatch('list', 0.6)]);
    // A change of the lists is no face.
    seen('a', 2, [listMatch('list', 0.9)], 'lists');
    tracks.raised({ alert: makeAlert(1, { watchlistId: 'list' }), trackId: 'a' });
    await pass(10_000);
    assert.equal(compared.length, 0);
    tracks.ended('a');
    await pass(6000);
    const [first, ...more] = compared;
    assert.deepEqual(more, []);
    assert.equal(asked.length, 2);
    assert.deepEqual(first && { ...first, at: 0 }, {
      ...{ cameraId: 'cam', watchlistId: 'list', at: 0, milliseconds: 50 },
      inUse: { score: 0.6, personId: 'ada', reported: true },
      shadow: { score: 0.4, personId: 'ada', reported: false },
      alertId: makeAlert(1).id,
    });
    // It is done with: later faces of it are not looked at.
    seen('a', 1, [listMatch('list', 0.9)]);
    await pass(60_000);
    assert.deepEqual([compared.length, dropped.length], [1, 0]);
  });

  it('are complete after silence, and not taken from the middle, without lists or without models', async (t) => {
    const { compared, pass, ports, seen, tracks } = setUp(t);
    seen('before', 1, [listMatch('list', 0.4)]);
    tracks.attach(ports);
    seen('before', 2, [listMatch('list', 0.4)]);
    seen('nowhere', 1, []);
    seen('silent', 1, [listMatch('list', 0.4)]);
    await pass(29_000);
    assert.equal(compared.length, 0);
    await pass(2000);
    assert.equal(compared.length, 1);
  });

  it('count as unseen where the other version takes no picture for a face', async (t) => {
    const { asked, compared, pass, ports, seen, tracks } = setUp(t);
    const embed = async () => ({ vector: Float32Array.of(0, 1), recognisability: 0.1 });
    tracks.attach({ ...ports, embedder: { ...ports.embedder, embed } });
    seen('a', 1, [listMatch('list', 0.8)]);
    await pass(31_000);
    assert.deepEqual(compared[0]?.shadow, { score: null, personId: null, reported: false });
    assert.equal(asked.length, 0);
  });

  it('are given up beyond the bounds, the oldest first, and where nothing can be said, counted', async (t) => {
    const bytes = fusedKeyframe('x').face.image.data.byteLength;
    const { compared, dropped, errors, pass, ports, seen, tracks } = setUp(t, {
      ...{ tracks: 3, waiting: 2, bytes: bytes * 4, keyframes: 3 },
    });
    tracks.attach(ports);
    for (const id of ['a', 'b', 'c', 'd']) seen(id, 1, [listMatch('list', 0.4)]);
    assert.deepEqual(dropped, ['busy']);
    for (const at of [2, 3, 4, 5]) seen('d', at, [listMatch('list', 0.4)]);
    // Three faces of `d` fit in beside one other: `b` went.
    assert.deepEqual(dropped, ['busy', 'busy']);
    await pass(31_000);
    assert.equal(compared.length, 2);
    tracks.attach({ ...ports, isReady: () => false });
    seen('e', 1, [listMatch('list', 0.4)]);
    await pass(31_000);
    assert.deepEqual(dropped.slice(2), ['templates']);
    const embed = () => Promise.reject(new Error('no model'));
    tracks.attach({ ...ports, embedder: { ...ports.embedder, embed } });
    seen('f', 1, [listMatch('list', 0.4)]);
    await pass(31_000);
    assert.deepEqual(dropped.slice(3), ['failed']);
    assert.equal(errors.length, 1);
  });

  it('are forgotten when the models go, also one that is looked at', async (t) => {
    const { compared, dropped, pass, ports, seen, tracks } = setUp(t);
    const { promise, resolve } = Promise.withResolvers<void>();
    const embed: Embedder['embed'] = async (face) => {
      await promise;
      return ports.embedder.embed(face);
    };
    tracks.attach({ ...ports, embedder: { ...ports.embedder, embed } });
    for (const id of ['a', 'b']) seen(id, 1, [listMatch('list', 0.4)]);
    await pass(31_000);
    const left = tracks.detach();
    resolve();
    await left;
    await pass(60_000);
    assert.deepEqual([compared, dropped], [[], []]);
  });
});
