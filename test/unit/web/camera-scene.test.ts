import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addShape,
  cancelSketch,
  changeShape,
  closeSketch,
  type Drawing,
  drawingOf,
  mayAdd,
  removeShape,
  sketchPoint,
  undo,
} from '../../../web/src/camera-scene/drawing.ts';
import {
  boundedSize,
  faceSizeOf,
  isSizeFault,
  sideOf,
  sizeOf,
} from '../../../web/src/camera-scene/face-size-draft.ts';
import {
  faultsOfScene,
  sceneOf,
  setupWith,
  shapesOf,
} from '../../../web/src/camera-scene/scene-draft.ts';
import {
  faultsOfSchedule,
  newSchedule,
  scheduleOf,
  scheduleSettings,
  spansOf,
} from '../../../web/src/camera-scene/schedule-draft.ts';
import {
  cornersBetween,
  faultOf,
  isTooSmall,
  middleOf,
  movedBy,
  type Point,
  shapeOf,
  withCorner,
  withCornerAfter,
  withoutCorner,
} from '../../../web/src/camera-scene/shapes.ts';

const pairs: [number, number][] = [
  [0.1, 0.1],
  [0.9, 0.1],
  [0.5, 0.8],
];
const triangle = pairs.map(([x, y]): Point => ({ x, y }));
const url = 'rtsp://192.0.2.10/1';

describe('settings of what counts on a picture', () => {
  const setup = {
    url,
    hardware: 'auto',
    zones: [{ name: 'Door', points: pairs, by: 'foot' }, { points: pairs }],
    masks: [{ x: 0.1, y: 0.2, width: 0.3333, height: 0.1 }, { points: pairs }],
    faceSize: { by: 'eyes', smallest: 20 },
    schedule: {
      timeZone: 'Europe/Berlin',
      times: [
        { days: ['fri', 'mon'], from: '22:00', to: '06:00' },
        { from: '00:00', to: '24:00' },
      ],
      otherwise: 'connected',
    },
  };

  it('come back from the form as they went in', () => {
    const back = setupWith(setup, shapesOf(setup), sceneOf(setup));
    assert.deepEqual(back, {
      ...setup,
      zones: [
        { name: 'Door', points: pairs, by: 'foot' },
        { points: pairs, by: 'face' },
      ],
      schedule: {
        ...setup.schedule,
        times: [
          { days: ['mon', 'fri'], from: '22:00', to: '06:00' },
          {
            days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
            from: '00:00',
            to: '24:00',
          },
        ],
      },
    });
    assert.deepEqual(faultsOfScene(shapesOf(setup), sceneOf(setup)), []);
  });

  it('are the same as the gateway shows those of the file', () => {
    const shown = {
      url,
      zones: [{ name: null, points: triangle, by: 'face' }],
      masks: [{ points: triangle }],
      faceSize: { by: 'box', smallest: 0, largest: 300 },
      schedule: {
        timeZone: 'UTC',
        times: [{ days: ['sun'], from: 510, to: 1440 }],
        connected: false,
      },
    };
    const back = setupWith(shown, shapesOf(shown), sceneOf(shown));
    assert.deepEqual(back, {
      url,
      zones: [{ points: pairs, by: 'face' }],
      masks: [{ points: pairs }],
      faceSize: { by: 'box', largest: 300 },
      schedule: {
        timeZone: 'UTC',
        times: [{ days: ['sun'], from: '08:30', to: '24:00' }],
        otherwise: 'disconnect',
      },
    });
  });

  it('without any are everywhere and always', () => {
    const scene = sceneOf({ url });
    assert.deepEqual(setupWith({ url }, [], scene), { url, zones: [], masks: [] });
    assert.deepEqual(scene, {
      faceSize: { by: 'box', smallest: null, largest: null },
      schedule: null,
    });
  });

  it('name what keeps them from being stored', () => {
    const crossing = shapeOf('zone', [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
      { x: 1, y: 0 },
      { x: 0, y: 1 },
    ]);
    const scene = {
      faceSize: { by: 'box', smallest: 50, largest: 40 } as const,
      schedule: { ...newSchedule(), timeZone: 'Nowhere/Else' },
    };
    assert.deepEqual(faultsOfScene([crossing], scene), ['shapes', 'faceSize', 'schedule']);
  });
});

describe('a drawing', () => {
  const draw = (points: readonly Point[], from: Drawing = drawingOf([])) =>
    points.reduce((now, point) => sketchPoint(now, 'zone', point), from);

  it('becomes a zone corner by corner; a double click is one corner', () => {
    const last = triangle.at(-1) as Point;
    const closed = closeSketch(draw([...triangle, last]));
    assert.deepEqual(closed.shapes, [shapeOf('zone', triangle)]);
    assert.equal(closed.selected, 0);
    assert.equal(closed.sketch, null);
  });

  it('closes with three corners at least, and is cancelled without a trace', () => {
    const two = draw(triangle.slice(0, 2));
    assert.equal(closeSketch(two), two);
    assert.deepEqual(cancelSketch(two), drawingOf([]));
  });

  it('takes back corner by corner, then step by step', () => {
    const drawn = closeSketch(draw(triangle));
    const moved = changeShape(drawn, 0, movedBy(middleOf('mask'), 0.1, 0));
    const removed = removeShape(moved, 0);
    assert.deepEqual(removed.shapes, []);
    const sketched = draw(triangle.slice(0, 2), removed);
    const one = undo(sketched);
    assert.equal(one.sketch?.points.length, 1);
    const none = undo(one);
    assert.equal(none.sketch, null);
    assert.deepEqual(undo(none).shapes, moved.shapes);
    assert.deepEqual(undo(undo(none)).shapes, drawn.shapes);
    assert.deepEqual(undo(undo(undo(none))).shapes, []);
    assert.deepEqual(undo(undo(undo(undo(none)))).shapes, []);
  });

  it('holds as many as the configuration takes', () => {
    let drawing = drawingOf([]);
    for (let count = 0; count < 20; count += 1) drawing = addShape(drawing, middleOf('zone'));
    assert.equal(drawing.shapes.length, 16);
    assert.equal(mayAdd(drawing, 'zone'), false);
    assert.equal(mayAdd(drawing, 'mask'), true);
  });
});

describe('shapes', () => {
  it('stay within the picture, whichever way they are drawn', () => {
    const corners = cornersBetween({ x: 0.8, y: 0.6 }, { x: 0.2, y: 0.1 });
    assert.deepEqual(corners[0], { x: 0.2, y: 0.1 });
    assert.deepEqual(corners[2], { x: 0.8, y: 0.6 });
    assert.deepEqual(cornersBetween({ x: -1, y: -1 }, { x: 2, y: 2 })[2], { x: 1, y: 1 });
    assert.deepEqual(cornersBetween({ x: 1, y: 1 }, { x: 1, y: 1 })[0], { x: 0.99, y: 0.99 });
    assert.equal(isTooSmall({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.505 }), true);
    const [moved] = movedBy(shapeOf('mask', triangle), -1, 1).points;
    assert.deepEqual(moved, { x: 0, y: 0.3 });
  });

  it('keep the right angles of a rectangle, and the opposite corner', () => {
    const rectangle = middleOf('mask', 'rectangle');
    for (const corner of [0, 1, 2, 3]) {
      const { x, y } = rectangle.points[corner] as Point;
      const changed = withCorner(rectangle, corner, { x: x + 0.05, y: y - 0.05 });
      const opposite = (corner + 2) % 4;
      assert.deepEqual(changed.points[opposite], rectangle.points[opposite]);
      assert.equal(faultOf(changed), undefined);
    }
  });

  it('get and lose corners, three to thirty-two', () => {
    let shape = withCornerAfter(shapeOf('zone', triangle), 2);
    assert.deepEqual(shape.points[3], { x: 0.3, y: 0.45 });
    assert.equal(withoutCorner(withoutCorner(shape, 0), 0).points.length, 3);
    for (let count = 0; count < 40; count += 1) shape = withCornerAfter(shape, 0);
    assert.equal(shape.points.length, 32);
    assert.equal(withCornerAfter(middleOf('mask', 'rectangle'), 0).form, 'polygon');
  });

  it('are refused where the gateway would refuse them', () => {
    const fault = (...points: [number, number][]) =>
      faultOf(
        shapeOf(
          'zone',
          points.map(([x, y]) => ({ x, y })),
        ),
      );
    assert.equal(fault([0, 0], [1, 0], [1, 1], [0, 1]), undefined);
    assert.equal(fault([0, 0], [1, 0], [0.5, 0.2], [1, 1]), undefined);
    assert.equal(fault([0, 0], [0.8, 0.8], [0.8, 0], [0, 0.7]), 'crossing');
    assert.equal(fault([0, 0], [1, 0], [1, 1], [0.5, 0]), 'crossing', 'a corner on a side');
    assert.equal(fault([0, 0], [1, 0], [0.5, 0], [0.5, 1]), 'crossing', 'folded back');
    assert.equal(fault([0, 0], [0.5, 0.5], [1, 1]), 'small');
    assert.equal(fault([0.5, 0.5], [0.501, 0.5], [0.5, 0.501]), 'small');
  });
});

describe('sizes of faces', () => {
  it('are boxes on the picture, by the face or by its eyes', () => {
    assert.equal(sideOf({ by: 'box' }, 40), 40);
    const side = sideOf({ by: 'eyes' }, 40);
    assert.ok(side > 80);
    assert.ok(Math.abs(sizeOf({ by: 'eyes' }, side) - 40) < 1e-9);
    assert.equal(boundedSize('smallest', -3), 1);
    assert.equal(boundedSize('largest', 9000), 8000);
    assert.equal(isSizeFault(faceSizeOf({ smallest: 40, largest: 40 })), true);
    assert.equal(isSizeFault(faceSizeOf({ smallest: 40 })), false);
  });
});

describe('times of a week', () => {
  it('go past midnight where they end before they begin', () => {
    const [row] =
      scheduleOf({
        timeZone: 'UTC',
        times: [{ days: ['sun'], from: '18:00', to: '06:00' }],
      })?.rows ?? [];
    assert.ok(row);
    assert.deepEqual(spansOf([row], 'sun'), [[0.75, 1]]);
    assert.deepEqual(spansOf([row], 'mon'), [[0, 0.25]]);
    assert.deepEqual(spansOf([row], 'tue'), []);
  });

  it('name what is wrong', () => {
    const good = { ...newSchedule(), timeZone: 'UTC' };
    const [row] = good.rows;
    assert.ok(row);
    assert.deepEqual(faultsOfSchedule(good), []);
    assert.deepEqual(faultsOfSchedule({ ...good, rows: [] }), ['times']);
    assert.deepEqual(faultsOfSchedule({ ...good, rows: [{ ...row, days: [] }] }), ['days']);
    assert.deepEqual(faultsOfSchedule({ ...good, rows: [{ ...row, to: row.from }] }), ['times']);
    assert.deepEqual(faultsOfSchedule({ ...good, rows: [{ ...row, to: '' }] }), ['times']);
    assert.deepEqual(faultsOfSchedule({ ...good, timeZone: 'Mars' }), ['timeZone']);
    const whole = { ...row, from: '00:00', to: '00:00' };
    assert.deepEqual(faultsOfSchedule({ ...good, rows: [whole] }), []);
    assert.equal(scheduleSettings({ ...good, rows: [whole] }).times[0]?.to, '24:00');
    assert.deepEqual(spansOf([whole], 'mon'), [[0, 1]]);
  });
});
