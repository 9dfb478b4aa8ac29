import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlertClip } from '../../../src/domain/clip.ts';
import { clipFacesSchema } from '../../../src/gateway/schemas/clip.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { assertShape, open, services, tokens } from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';
import { madeClip } from '../../support/services/clips-of.ts';

const { id } = sampleAlert(1);
const clip: AlertClip = { state: 'pending' };
const fileOf = (appearance: number) => new Uint8Array(300_000).fill(appearance + 1);

/** An alert of `gate` with sightings at `yard` and at `hall`, each with a clip of its own. */
async function raise(): Promise<void> {
  services.raise({ change: 'created', alert: sampleAlert(1, { clip }) });
  services.sight(id, sampleSighting(1, { clip }));
  services.sight(id, sampleSighting(2, { cameraId: 'hall', clip }));
  for (const appearance of [0, 1, 2]) {
    const place = { alertId: id, appearance };
    const kept = await inTurns(services.clips.keep(place, madeClip(fileOf(appearance))));
    assert.ok(typeof kept !== 'string', String(kept));
    assert.ok(services.alertStore.setClip(place, kept));
  }
}

const get = (address: string, path: string, token: string) =>
  fetch(`${address}/api/alerts/${id}/clips/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });

describe('clips over HTTP', () => {
  it('show each appearance to who may see all cameras', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    await raise();
    for (const appearance of [0, 1, 2]) {
      const answer = await get(address, String(appearance), 'operator');
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'video/mp4');
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), fileOf(appearance));
      const faces = await get(address, `${appearance}/faces`, 'operator');
      assertShape(clipFacesSchema, await faces.json());
    }
    assert.equal((await get(address, '3', 'operator')).status, 404);
    assert.equal((await get(address, '999', 'operator')).status, 400);
  });

  it('show a token that is limited to a camera the appearances before that one alone', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    await raise();
    // Its alert is what the sighting says of it; under either number it is the same clip.
    for (const appearance of ['0', '1']) {
      const answer = await get(address, appearance, 'yard-only');
      assert.equal(answer.status, 200);
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), fileOf(1));
    }
    const hidden = await get(address, '2', 'yard-only');
    const missing = await get(address, '3', 'yard-only');
    assert.deepEqual([hidden.status, missing.status], [404, 404]);
    const words = async (answer: Response) => (await answer.text()).replaceAll(/\d/g, '');
    assert.equal(await words(hidden), await words(missing));
    assert.equal((await get(address, '2/faces', 'yard-only')).status, 404);
  });

  it('are kept from those who see no faces, and from strangers', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    await raise();
    for (const path of ['0', '0/faces']) {
      assert.equal((await get(address, path, 'viewer')).status, 403);
      assert.equal((await get(address, path, 'nobody')).status, 401);
    }
  });

  it('are on record: who looked, at what', async () => {
    const address = await open({ openOnLoopback: false, access: tokens() });
    await raise();
    await (await get(address, '1', 'operator')).arrayBuffer();
    assert.ok(
      services.audited.some(({ who, target }) => who === 'operator' && target === id),
      JSON.stringify(services.audited),
    );
  });
});
