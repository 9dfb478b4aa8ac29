import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  isMachineMade,
  machineMadeSource,
  withoutMark,
} from '../../../src/domain/machine-made-mark.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { gateway, open, services } from '../../support/gateway/gateway-in-test.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';
import { exiftool, noExiftool } from '../../support/images/exiftool.ts';

const models = [
  { name: 'nightglass-detect', task: 'detect', sha256: 'd'.repeat(64) },
  { name: 'nightglass-denoise', task: 'denoise', sha256: 'a'.repeat(64) },
  { name: 'nightglass-superresolve', task: 'superresolve', sha256: 'b'.repeat(64) },
];
const recorded = ['frame', 'face', 'enrolled', 'best-1', 'best-2'] as const;
const enhanced = ['enhanced', 'sighting-1-enhanced'];
/** Routes that answer with pictures or files; those that hand out enhanced pictures are tested below, but where said. */
const routesOfFiles = [
  // As the camera coded it.
  '/api/alerts/{id}/clips/{appearance}',
  '/api/alerts/{id}/evidence/{kind}',
  // Measured noise without the scene, nothing enhanced.
  '/api/cameras/{id}/profile/{at}/pattern',
  // Tested in test/integration/services/evidence.test.ts.
  '/api/evidence/export',
  '/api/evidence/jobs/{id}/file',
  // As the recording has it.
  '/api/footage/sightings/{id}/clip',
  // Tested in test/integration/app/footage-jobs.test.ts.
  '/api/footage/sightings/{id}/pictures/{kind}',
  '/api/people/{id}/images/{template}',
  // As the site sent it, marked: tested in test/integration/cluster/federation-alerts.test.ts.
  '/api/sites/{site}/alerts/{id}/evidence/{kind}',
  '/api/watchlists/{id}/export',
];

const plain = (shade: number) =>
  encodeJpeg({ width: 16, height: 16, data: new Uint8Array(768).fill(shade) }, 92);

describe('an enhanced picture on its way out', () => {
  let address: string;
  /** As an older version stored them: without a mark. */
  const stored = new Map<string, Uint8Array>();

  beforeEach(async () => {
    address = await open();
    stored.clear();
    for (const [at, kind] of [...recorded, 'enhanced'].entries()) {
      const picture = await plain(20 * at);
      stored.set(kind, picture);
      services.pictures.set(kind, Buffer.from(picture));
    }
    services.raise({ change: 'created', alert: sampleAlert(1, { models }) });
    services.sight(sampleAlert(1).id, sampleSighting(1));
  });
  afterEach(() => gateway?.close());

  async function pictureOf(kind: string): Promise<Uint8Array> {
    const answer = await fetch(`${address}/api/alerts/${sampleAlert(1).id}/evidence/${kind}`);
    assert.equal(answer.status, 200, kind);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    return new Uint8Array(await answer.arrayBuffer());
  }

  for (const kind of enhanced) {
    it(`says to exiftool that a machine made it, and which: ${kind}`, {
      skip: noExiftool,
    }, async () => {
      const read = exiftool(await pictureOf(kind));
      assert.equal(read['XMP-iptcExt:DigitalSourceType'], machineMadeSource);
      assert.deepEqual(read['XMP-nightglass:Models'], [
        { Name: 'nightglass-denoise', Task: 'denoise', Sha256: 'a'.repeat(64) },
        { Name: 'nightglass-superresolve', Task: 'superresolve', Sha256: 'b'.repeat(64) },
      ]);
    });

    it(`is, but for the mark, what is stored: ${kind}`, async () => {
      const picture = await pictureOf(kind);
      assert.ok(isMachineMade(picture));
      assert.deepEqual(withoutMark(picture), stored.get('enhanced'));
    });
  }

  it('is the only one that is marked: what was recorded comes byte by byte', async () => {
    for (const kind of recorded) assert.deepEqual(await pictureOf(kind), stored.get(kind), kind);
    for (const kind of ['frame', 'face']) {
      assert.deepEqual(await pictureOf(`sighting-1-${kind}`), stored.get(kind), kind);
    }
  });

  it('is handed out by no route that is not tested here', async () => {
    const { paths } = (await (await fetch(`${address}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { responses?: Record<string, { content?: object }> }>>;
    };
    const ofFiles = Object.entries(paths)
      .filter(([, methods]) =>
        Object.values(methods).some(({ responses = {} }) =>
          Object.values(responses).some(({ content = {} }) =>
            Object.keys(content).some((type) => /^(image|video)\/|zip|octet-stream/.test(type)),
          ),
        ),
      )
      .map(([path]) => path);
    assert.deepEqual(ofFiles.sort(), routesOfFiles);
  });

  it('does not leave where it cannot be marked', async () => {
    services.pictures.set('enhanced', Buffer.from([1, 2, 3]));
    services.raise({ change: 'created', alert: sampleAlert(2, { models }) });
    const answer = await fetch(`${address}/api/alerts/${sampleAlert(2).id}/evidence/enhanced`);
    assert.ok(answer.status >= 500);
    const { error } = (await answer.json()) as { error: { code: string } };
    assert.equal(error.code, 'STORE_CORRUPT');
  });
});
