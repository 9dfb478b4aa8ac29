import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { anchorRegularly } from '../../../../src/services/audit/anchor-regularly.ts';
import { assertElsewhere, writeAnchor } from '../../../../src/services/audit/write-anchor.ts';
import { readAnchors } from '../../../../src/store/audit-lines.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { openWebhook } from '../../../support/services/webhook.ts';
import { silentLog } from '../../../support/store/open-store.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

const anchor = { sequence: 7, hash: 'a'.repeat(64), at: Date.UTC(2030, 0, 1) };
const line = `{"at":"2030-01-01T00:00:00.000Z","sequence":7,"hash":"${anchor.hash}"}`;
const webhook = (url: string) => ({ url, headers: {}, timeoutMs: 1e12, attempts: 3 });

/** Lets the waits between attempts pass, not their time limits, until `done` is over. */
async function whileTicking<T>(clock: FakeClock, done: Promise<T>): Promise<T> {
  let over = false;
  const ended = done.finally(() => {
    over = true;
  });
  ended.catch(() => undefined);
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
  }
  return ended;
}

async function* from(lines: readonly string[]) {
  yield* lines;
}

describe('writeAnchor', () => {
  it('adds a line to a file, which readAnchors reads', async (t) => {
    const file = join(temporaryFolder(t), 'anchors.jsonl');
    const clock = new FakeClock();
    await writeAnchor(anchor, { file }, clock);
    await writeAnchor({ ...anchor, sequence: 8 }, { file }, clock);
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.equal(lines[0], line);
    assert.deepEqual(await readAnchors(from(lines)), [anchor, { ...anchor, sequence: 8 }]);
    await assert.rejects(readAnchors(from([...lines, '{}'])), /line 4 is no anchor/);
    await assert.rejects(readAnchors(from(['', ''])), /it holds no anchor/);
  });

  it('posts it as JSON, again after what may pass', async (t) => {
    const clock = new FakeClock();
    const { url, received } = await openWebhook(t, (response, count) => {
      if (count < 3) response.statusCode = 503;
      return undefined;
    });
    const targets = { webhook: { ...webhook(url), headers: { authorization: 'Bearer x' } } };
    await whileTicking(clock, writeAnchor(anchor, targets, clock));
    assert.deepEqual(
      received.map(({ headers, body }) => [headers.authorization, headers['content-type'], body]),
      Array(3).fill(['Bearer x', 'application/json', line]),
    );
  });

  for (const [what, status, attempts] of [
    ['gives up after its attempts', 500, 3],
    ['does not repeat what is refused for good', 403, 1],
    ['follows no redirection', 307, 3],
  ] as const) {
    it(what, async (t) => {
      const clock = new FakeClock();
      const { url, received } = await openWebhook(t, (response) => {
        response.statusCode = status;
        response.setHeader('location', '/elsewhere');
        return undefined;
      });
      const file = join(temporaryFolder(t), 'anchors.jsonl');
      const targets = { file, webhook: webhook(url) };
      await assert.rejects(whileTicking(clock, writeAnchor(anchor, targets, clock)), {
        code: 'AUDIT_ANCHOR_FAILED',
        message: new RegExp(`127\\.0\\.0\\.1:\\d+ does not take it \\(.*attempt ${attempts}\\)`),
      });
      assert.equal(received.length, attempts);
      // One place that fails holds up no other.
      assert.equal(readFileSync(file, 'utf8'), `${line}\n`);
    });
  }

  it('does not wait for an answer that never comes', async (t) => {
    const clock = new FakeClock();
    const { url, received } = await openWebhook(t, () => 'held');
    const targets = { webhook: { ...webhook(url), timeoutMs: 5000, attempts: 1 } };
    const failed = writeAnchor(anchor, targets, clock);
    failed.catch(() => undefined);
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5000);
    await assert.rejects(failed, { message: /no answer in time, attempt 1/ });
  });

  it('keeps none in the data folder itself', () => {
    for (const file of ['/data/anchors', '/data/a/../b/anchors', '/data']) {
      assert.throws(() => assertElsewhere(file, '/data'), { code: 'CONFIG_INVALID' });
    }
    for (const file of ['/database/anchors', '/data/../anchors']) assertElsewhere(file, '/data');
  });
});

describe('anchorRegularly', () => {
  it('writes at once and at each interval, and says why it cannot until it can', async (t) => {
    const clock = new FakeClock();
    const { url, received } = await openWebhook(t, (response, count) => {
      if (count === 2) response.statusCode = 403;
      return undefined;
    });
    const anchors = anchorRegularly({
      audit: { head: () => anchor },
      targets: { webhook: webhook(url) },
      clock,
      everyMs: 60_000,
      log: silentLog,
    });
    const until = async (met: () => boolean, tick?: () => void) => {
      while (!met()) {
        tick?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const turn = (count: number) =>
      until(
        () => received.length >= count,
        () => clock.advance(60_000),
      );
    await until(() => received.length === 1);
    assert.equal(anchors.fault(), undefined);
    await turn(2);
    await until(() => anchors.fault() !== undefined);
    assert.match(anchors.fault() ?? '', /status 403/);
    await turn(3);
    await until(() => anchors.fault() === undefined);
    const { at } = JSON.parse(received[2]?.body ?? '');
    assert.ok(Date.parse(at) >= new Date(clock.now()).getTime() - 120_000);
    anchors.close();
    anchors.close();
    assert.equal(clock.pending, 0);
  });
});
