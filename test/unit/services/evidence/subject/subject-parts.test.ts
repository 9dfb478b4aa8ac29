import assert from 'node:assert/strict';
import { it } from 'node:test';
import { subjectBounds } from '../../../../../src/domain/bounds.ts';
import {
  type SubjectAlert,
  type SubjectPlan,
  subjectParts,
} from '../../../../../src/services/evidence/subject/subject-parts.ts';

const id = (n: number) => `A${String(n).padStart(5, '0')}`;
const alert = (n: number, clips = 0, bytes = 1): SubjectAlert => ({
  id: id(n),
  appearances: 1 + clips,
  clips: Array.from({ length: clips }, (_, appearance) => ({ appearance, bytes })),
});
const plan = (
  alerts: readonly SubjectAlert[],
  footage: readonly string[] = [],
  sites: readonly string[] = [],
): SubjectPlan => ({ alerts, footage, sites });

it('nothing is one part that is empty', () => {
  assert.deepEqual(subjectParts(plan([])), [{ alerts: [], footage: [], sites: [], end: '' }]);
});

it('every alert, clip and sighting is in exactly one part, and no part is over a bound', () => {
  const alerts = Array.from({ length: 70 }, (_, n) => alert(n, n % 51, 3 * 2 ** 20));
  const footage = Array.from({ length: 250 }, (_, n) => `F${String(n).padStart(5, '0')}`);
  const sites = Array.from({ length: 230 }, (_, n) => `harbour.S${String(n).padStart(5, '0')}`);
  const parts = subjectParts(plan(alerts, footage, sites));
  assert.deepEqual(
    parts.flatMap((part) => part.sites),
    sites,
  );
  const whole = parts.flatMap((part) => part.alerts.filter(({ isWhole }) => isWhole));
  assert.deepEqual(
    whole.map((each) => each.id),
    alerts.map((each) => each.id),
  );
  const clips = parts.flatMap((part) =>
    part.alerts.flatMap((each) => each.clips.map((clip) => `${each.id}/${clip}`)),
  );
  const expected = alerts.flatMap((each) =>
    each.clips.map(({ appearance }) => `${each.id}/${appearance}`),
  );
  assert.deepEqual(clips, expected);
  assert.deepEqual(
    parts.flatMap((part) => part.footage),
    footage,
  );
  for (const part of parts) {
    const count = part.alerts.flatMap((each) => each.clips).length;
    assert.ok(count <= subjectBounds.clips);
    assert.ok(part.alerts.length <= subjectBounds.alerts);
    assert.ok(part.footage.length <= subjectBounds.footage);
    assert.ok(part.sites.length <= subjectBounds.sites);
    assert.ok(count * 3 * 2 ** 20 <= subjectBounds.clipBytes);
  }
});

it('a part goes on where the one before ended, whatever came or went', () => {
  const alerts = Array.from({ length: 50 }, (_, n) => alert(n, 7));
  const footage = ['F1', 'F2'];
  const sites = Array.from({ length: 130 }, (_, n) => `harbour.S${1000 + n}`);
  const all = subjectParts(plan(alerts, footage, sites));
  assert.ok(all.length > 3);
  for (const [at, { end }] of all.entries()) {
    const rest = subjectParts(plan(alerts, footage, sites), end);
    if (at === all.length - 1)
      assert.deepEqual(rest, [{ alerts: [], footage: [], sites: [], end }]);
    else assert.deepEqual(rest, all.slice(at + 1));
    // Retention took all that was exported.
    const left = alerts.filter((each) => `alert:${each.id}` >= (end.slice(0, 12) ?? ''));
    if (end.startsWith('alert:'))
      assert.deepEqual(subjectParts(plan(left, footage, sites), end), rest);
  }
});

it('a clip that is larger than a part has one of its own', () => {
  const parts = subjectParts(plan([alert(1, 2, subjectBounds.clipBytes * 2)]));
  assert.deepEqual(
    parts.map(({ alerts }) => alerts[0]?.clips),
    [[0], [1]],
  );
  assert.deepEqual(
    parts.map(({ alerts }) => alerts[0]?.isWhole),
    [true, false],
  );
});

it('a place that no part ended with is refused', () => {
  for (const place of [
    '',
    'alert',
    'alert:',
    'footage:F1:2',
    'people:1',
    'site:harbour',
    'site:a b.c',
    'alert:a b',
  ]) {
    assert.throws(() => subjectParts(plan([alert(1)]), place), { code: 'BAD_REQUEST' }, place);
  }
});
