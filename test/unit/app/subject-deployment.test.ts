import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deployedReceivers } from '../../../src/app/subject-deployment.ts';
import type { Config } from '../../../src/config/schema.ts';

type Told = NonNullable<NonNullable<Config['federation']>['site']>['alerts'];

const receiversAt = (alerts: Told) =>
  deployedReceivers({
    receivers: [],
    federation: { site: { alerts } } as NonNullable<Config['federation']>,
  }).map(({ by, names, pictures }) => [by, names, pictures.length > 0]);

it('names the control room where alerts go there', () => {
  assert.deepEqual(receiversAt({ received: true, own: [], pictures: true }), [
    ['control room', true, true],
  ]);
  assert.deepEqual(receiversAt({ received: false, own: ['desk'], pictures: false }), [
    ['control room', true, false],
  ]);
  assert.deepEqual(receiversAt({ received: false, own: [], pictures: true }), []);
  assert.deepEqual(deployedReceivers({ receivers: [], federation: undefined }), []);
});
