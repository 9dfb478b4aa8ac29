import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerWindow } from '../../../src/cluster/answer-window.ts';

const bounds = { least: 4, first: 16, most: 128, soonMs: 500 };

/**
 * A node that answers `rate` questions a second one after the other, asked as many as the window
 * lets, for so many seconds. @returns what the window came to, and how long the last answer took
 */
function run(window: AnswerWindow, rate: number, seconds: number) {
  const asked: number[] = [];
  let took = 0;
  for (let step = 1; step <= seconds * rate; step += 1) {
    const now = (step * 1000) / rate;
    while (asked.length < window.size) asked.push(now - 1000 / rate);
    const at = asked[0] ?? now;
    took = now - at;
    window.over(at, now, asked.length);
    asked.shift();
  }
  return { size: window.size, took };
}

describe('how many questions are under way at once', () => {
  it('grows while answers come soon, up to its bound', () => {
    assert.equal(run(new AnswerWindow(bounds), 2_000, 20).size, 128);
  });

  it('comes down to what is answered soon, and to its least where nothing is', () => {
    const { size, took } = run(new AnswerWindow(bounds), 20, 60);
    assert.ok(size >= 4 && size <= 11, `${size} under way`);
    assert.ok(took <= 600, `the last answer took ${took} ms`);
    const window = new AnswerWindow(bounds);
    for (let at = 0; at < 10; at += 1) window.over(at * 12_000, (at + 1) * 12_000, 4);
    assert.equal(window.size, 4);
  });

  it('is halved once for questions that were under way together', () => {
    const window = new AnswerWindow({ ...bounds, first: 100 });
    for (let each = 0; each < 50; each += 1) window.over(0, 1_000 + each, 100);
    assert.equal(window.size, 50);
    window.over(1_010, 2_000, 50);
    assert.equal(window.size, 25);
  });

  it('learns nothing from answers while it is not filled', () => {
    const window = new AnswerWindow(bounds);
    for (let at = 0; at < 1_000; at += 1) window.over(at, at + 10, 3);
    assert.equal(window.size, 16);
  });
});
