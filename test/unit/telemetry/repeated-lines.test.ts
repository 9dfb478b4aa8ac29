import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { logCameraState } from '../../../src/app/log-camera-state.ts';
import { createLogger } from '../../../src/cli/logger.ts';
import { type ErrorCode, NightglassError } from '../../../src/domain/errors.ts';
import { logKind } from '../../../src/domain/log.ts';
import { supervise } from '../../../src/streams/supervise.ts';
import { RepeatedLines } from '../../../src/telemetry/repeated-lines.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const minute = 60_000;
const hour = 60 * minute;

interface Line {
  readonly msg: string;
  readonly camera?: string;
  readonly repeated?: number;
  readonly periodSeconds?: number;
}

/** The program's own log on a clock that the test moves. */
class Log {
  readonly clock = new FakeClock();
  readonly lines: Line[] = [];
  bytes = 0;
  readonly log = createLogger('info', {
    clock: this.clock,
    to: {
      write: (text) => {
        this.bytes += text.length;
        this.lines.push(JSON.parse(text));
      },
    },
  });

  fail(message = 'no route', times = 1, everyMs = 2_000): void {
    for (let n = 0; n < times; n += 1) {
      this.log.warn({ camera: 'gate', code: 'STREAM_UNREACHABLE' }, message);
      this.clock.advance(everyMs);
    }
  }
}

describe('faults that repeat', () => {
  it('are written once, then as a count with its period', () => {
    const log = new Log();
    log.fail('no route', 330);
    assert.deepEqual(
      log.lines.map(({ msg, repeated, periodSeconds }) => [msg, repeated, periodSeconds]),
      [
        ['no route', undefined, undefined],
        ['no route (again 29 times in 60 s)', 29, 60],
        ['no route (again 300 times in 600 s)', 300, 600],
      ],
    );
    assert.equal(log.lines[1]?.camera, 'gate');
  });

  it('are reported as over when they have not come for five minutes', () => {
    const log = new Log();
    log.fail('no route', 10);
    log.clock.advance(6 * minute);
    assert.equal(log.lines.at(-1)?.msg, 'no route (over, after 10 times in 18 s)');
    const ended = log.lines.length;
    log.clock.advance(hour);
    assert.equal(log.lines.length, ended);
    log.fail();
    assert.equal(log.lines.at(-1)?.msg, 'no route');
  });

  it('are written at once when their kind changes, not when a number in them does', () => {
    const log = new Log();
    log.fail('no answer in 10 ms', 3);
    log.fail('no answer in 12 ms', 3);
    assert.equal(log.lines.length, 1);
    log.fail('refused');
    assert.equal(log.lines.at(-1)?.msg, 'refused');
    log.log.warn({ camera: 'gate', code: 'STREAM_UNAUTHORIZED' }, 'refused');
    log.log.error({ camera: 'gate', code: 'STREAM_UNREACHABLE' }, 'refused');
    log.log.warn({ camera: 'door', code: 'STREAM_UNREACHABLE' }, 'refused');
    assert.equal(log.lines.length, 5);
  });

  it('tell errors apart by what they say', () => {
    const log = new Log();
    for (const why of ['disk full', 'disk full', 'locked']) {
      log.log.error({ err: new Error(why) }, 'Cannot write');
    }
    assert.equal(log.lines.length, 2);
  });

  it('cost a bounded number of lines where a camera words them', () => {
    const log = new Log();
    for (let n = 0; n < 1000; n += 1) {
      log.fail(`stream says ${n.toString().replace(/\d/g, (d) => 'abcdefghij'[Number(d)] ?? '')}`);
    }
    assert.ok(log.lines.length < 80, `${log.lines.length} lines`);
    const counted = log.lines.reduce((sum, { repeated = 1 }) => sum + repeated, 0);
    log.clock.advance(2 * hour);
    assert.ok(counted <= 1000 && counted > 200, `${counted} counted`);
    assert.match(log.lines.map(({ msg }) => msg).join('\n'), /Further lines of other kinds/);
  });

  it('are remembered in a bounded number of kinds', () => {
    const clock = new FakeClock();
    const repeated = new RepeatedLines({ clock, maxKinds: 100 });
    let written = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const kind = { subject: `s${n}`, text: 't', isFault: true };
      repeated.add(kind, { details: {}, message: 'm' }, () => {
        written += 1;
      });
    }
    assert.equal(repeated.size, 101);
    assert.equal(written, 101);
    clock.advance(hour);
    assert.equal(repeated.size, 0);
    assert.equal(clock.pending, 0);
  });
});

describe('lines that are no faults', () => {
  it('are all written, unless they name their kind', () => {
    const log = new Log();
    for (let n = 0; n < 5; n += 1) log.log.info({ alertId: 'a' }, 'Alert');
    assert.equal(log.lines.length, 5);
    for (let n = 0; n < 5; n += 1) log.log.info({ [logKind]: 'gate plays' }, 'camera is live');
    assert.equal(log.lines.length, 6);
    assert.ok(!JSON.stringify(log.lines).includes('gate plays'));
  });

  it('may be a text alone, or a text with values', () => {
    const log = new Log();
    log.log.info('plain');
    log.log.warn('%d of %d', 1, 2);
    log.log.warn(new Error('an error alone'));
    assert.deepEqual(
      log.lines.map(({ msg }) => msg),
      ['plain', '1 of 2', 'an error alone'],
    );
  });
});

/** Cameras that never play, supervised, with their states logged as the program does. */
async function unreachable(cameras: number, hours: number, codes: readonly ErrorCode[]) {
  const log = new Log();
  let attempts = 0;
  const streams = Array.from({ length: cameras }, (_, n) => {
    const cameraId = `camera-${n}`;
    const connect = () => {
      attempts += 1;
      const code = codes[attempts % codes.length] ?? 'STREAM_UNREACHABLE';
      const message = `Cannot reach camera ${cameraId} at 192.0.2.${n}:554: EHOSTUNREACH`;
      return Promise.reject(new NightglassError(code, message));
    };
    const stream = supervise(connect, { cameraId, clock: log.clock, log: log.log });
    stream.status$.subscribe((status) => logCameraState(log.log, status));
    return stream;
  });
  const byHour: number[] = [];
  for (let h = 0; h < hours; h += 1) {
    const before = log.bytes;
    for (let s = 0; s < 3600; s += 1) {
      log.clock.advance(1000);
      await setImmediate();
    }
    byHour.push(log.bytes - before);
  }
  await Promise.all(streams.map((stream) => stream.close()));
  return { byHour, attempts };
}

describe('60 cameras that cannot be reached', { timeout: 120_000 }, () => {
  it('write a few kilobytes an hour each', async () => {
    const { byHour, attempts } = await unreachable(60, 3, ['STREAM_UNREACHABLE']);
    assert.ok(attempts > 60 * 3 * 1200, `${attempts} attempts`);
    const each = byHour.map((bytes) => bytes / 60);
    assert.ok((each[0] ?? 0) < 4_000, `${each[0]} bytes in the first hour`);
    assert.ok((each[2] ?? 0) < 1_500, `${each[2]} bytes in the third hour`);
    assert.ok((each[2] ?? 0) > 200, 'the fault is still in the log');
  });

  it('write hardly more when they fail in several ways by turns', async () => {
    const { byHour } = await unreachable(60, 1, [
      'STREAM_UNREACHABLE',
      'STREAM_ENDED',
      'STREAM_STALLED',
    ]);
    assert.ok((byHour[0] ?? 0) / 60 < 12_000, `${byHour[0]} bytes in the first hour`);
  });
});
