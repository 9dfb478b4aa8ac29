import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { href, parseRoute } from '../../../web/src/page/route.ts';

describe('routes of the dashboard', () => {
  it('come back from the addresses that they make', () => {
    const { page, id, query } = parseRoute(href('alerts', 'a/b ü?', { state: 'new', list: '' }));
    assert.deepEqual([page, id, query.toString()], ['alerts', 'a/b ü?', 'state=new']);
    assert.equal(href('wall'), '#/wall');
  });

  it('lead to the wall where they are unknown or broken', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#main', '#/<script>']) {
      assert.equal(parseRoute(hash).page, 'wall');
    }
    assert.equal(parseRoute('#/alerts/%E0%A4%A').id, undefined);
    assert.equal(parseRoute('#/alerts/').id, undefined);
  });
});
