// Over 300 lines: one drawing from the first corner to what is stored, step by step.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ControlRoom } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';
import { testPassword, testUser } from '../support/live/start-live.ts';

interface Scene {
  readonly zones: readonly {
    readonly name?: string;
    readonly by: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly masks?: readonly Readonly<Record<string, unknown>>[];
  readonly faceSize?: unknown;
  readonly schedule?: unknown;
}

const corners = [
  [0.2, 0.2],
  [0.6, 0.25],
  [0.55, 0.7],
  [0.15, 0.6],
] as const;

/** The dialog while somebody works in it. */
interface OpenScene {
  readonly page: Page;
  readonly dialog: Locator;
  /** Where a place of the picture is on the page. */
  readonly at: (x: number, y: number) => [number, number];
  readonly button: (name: string) => Locator;
  /** Takes a picture, and asks for violations. */
  readonly look: (name: string) => Promise<void>;
}

describe('zones, masks and times in the dashboard', {
  skip: browserMissing,
  timeout: 400_000,
}, () => {
  let room: ControlRoom;
  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    room = await ControlRoom.start({ config: { cameras: [] } });
    room.token('Chief', 'admin');
    const body = {
      id: 'lobby',
      setup: { name: 'Lobby', url: room.live.server.url('lobby'), hardware: 'auto' },
      login: { username: testUser, password: testPassword },
    };
    const added = await room.ask('Chief', '/api/cameras', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(added.status, 201, await added.clone().text());
  });
  after(() => room?.[Symbol.asyncDispose]());

  async function stored(): Promise<Scene> {
    const answer = await room.ask('Chief', '/api/camera-setups');
    const { cameras } = (await answer.json()) as { cameras: { id: string; setup: Scene }[] };
    const found = cameras.find(({ id }) => id === 'lobby');
    assert.ok(found);
    return found.setup;
  }

  async function open(page: Page, name: string): Promise<Locator> {
    await page.getByRole('button', { name }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.scene-stage img').waitFor();
    return dialog;
  }

  /** Where a place of the picture is on the page. */
  async function placeOn(dialog: Locator): Promise<(x: number, y: number) => [number, number]> {
    const stage = dialog.locator('.scene-stage');
    await stage.scrollIntoViewIfNeeded();
    const box = await stage.boundingBox();
    assert.ok(box);
    return (x, y) => [box.x + box.width * x, box.y + box.height * y];
  }

  it('are drawn, moved, taken back, sized and stored, by pointer and by keyboard', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      viewport: { width: 1440, height: 900 },
    });
    const { page } = chief;
    const dialog = await open(page, 'Zones and times of Lobby');
    const scene: OpenScene = {
      page,
      dialog,
      at: await placeOn(dialog),
      button: (name) => dialog.getByRole('button', { name, exact: true }),
      async look(name) {
        const path = join(shotsFolder, `scene-${name}.png`);
        await page.screenshot({ path, animations: 'disabled' });
        assert.deepEqual(await findViolations(page), []);
      },
    };
    await drawShapes(scene);
    await changeCorners(scene);
    await sizeFaces(scene);
    await setTimes(scene);
    await scene.button('Save').click();
    await dialog.waitFor({ state: 'detached' });
    assertStored(await stored());
    assert.deepEqual(chief.complaints, []);
    assert.deepEqual(chief.foreignHosts, []);
  });

  it('are drawn by touch on a phone, in Chinese', async () => {
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      language: 'zh',
      phone: true,
      viewport: { width: 390, height: 844 },
    });
    const { page } = chief;
    const shot = (name: string) =>
      page.screenshot({ path: join(shotsFolder, `scene-phone-${name}.png`) });
    const before = (await stored()).masks?.length ?? 0;
    const dialog = await open(page, 'Lobby的区域和时间');
    const button = (name: string) => dialog.getByRole('button', { name, exact: true });
    await button('绘制遮罩').tap();
    const at = await placeOn(dialog);
    for (const [x, y] of [
      [0.1, 0.75],
      [0.3, 0.75],
      [0.2, 0.95],
      [0.1, 0.75],
    ] as const) {
      await page.touchscreen.tap(...at(x, y));
    }
    await button('移动').tap();
    await shot('shapes');
    assert.deepEqual(await findViolations(page), []);
    await button('人脸大小').tap();
    await shot('sizes');
    assert.deepEqual(await findViolations(page), []);
    await button('时间').tap();
    await shot('times');
    assert.deepEqual(await findViolations(page), []);
    const overflow = await page.evaluate(
      "document.querySelector('dialog').scrollWidth - document.querySelector('dialog').clientWidth",
    );
    assert.equal(overflow, 0, 'the dialog scrolls sideways');
    await button('保存').tap();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await stored()).masks?.length, before + 1);
    assert.deepEqual(chief.complaints, []);
  });

  it('of the file are to look at', async () => {
    room.live.reconfigure((raw) => {
      raw['cameras'] = [
        {
          id: 'hall',
          name: 'Hall',
          url: room.live.server.url('lobby'),
          username: testUser,
          password: { env: 'TEST_PASSWORD' },
          zones: [{ name: 'Door', points: corners }],
          faceSize: { smallest: 24, largest: 200 },
          schedule: { timeZone: 'UTC', times: [{ from: '00:00', to: '24:00' }] },
        },
      ];
    });
    const reloaded = await room.ask('Chief', '/api/cameras/reload', { method: 'POST' });
    assert.equal(reloaded.status, 200);
    await using chief = await room.visit({
      token: room.token('Chief', 'admin'),
      path: '#/cameras',
      viewport: { width: 1440, height: 900 },
    });
    const { page } = chief;
    const dialog = await open(page, 'Zones and times of Hall');
    await dialog.getByText('they are to look at here').waitFor();
    await dialog.getByRole('button', { name: 'Door', exact: true }).click();
    assert.equal(await dialog.getByLabel('Name of the zone').isDisabled(), true);
    assert.equal(await dialog.locator('.scene-corner').count(), 0);
    assert.equal(await dialog.getByRole('button', { name: 'Save' }).count(), 0);
    await page.screenshot({ path: join(shotsFolder, 'scene-file.png'), animations: 'disabled' });
    assert.deepEqual(await findViolations(page), []);
    await dialog.getByRole('button', { name: 'Times' }).click();
    assert.equal(await dialog.getByLabel('Always').isDisabled(), true);
    assert.deepEqual(await findViolations(page), []);
  });
});

/** A zone and a mask by clicks, a rectangle by dragging. */
async function drawShapes({ page, dialog, at, button, look }: OpenScene): Promise<void> {
  const onPicture = dialog.locator('.scene-stage polygon.scene-shape');
  // A polygon by clicks: cancelled once, taken back by a corner, closed by its first corner.
  await button('Draw a zone').click();
  await page.mouse.click(...at(0.5, 0.5));
  await page.keyboard.press('Escape');
  await dialog.getByText('Click corner by corner around the part in which').waitFor();
  for (const [x, y] of [...corners, [0.9, 0.9] as const]) await page.mouse.click(...at(x, y));
  await page.mouse.move(...at(0.4, 0.9));
  await look('sketch');
  await button('Undo').click();
  await page.mouse.click(...at(...corners[0]));
  assert.equal(await onPicture.count(), 1);
  // Another by Enter.
  await button('Draw a mask').click();
  for (const [x, y] of [
    [0.7, 0.1],
    [0.95, 0.15],
    [0.8, 0.4],
  ] as const) {
    await page.mouse.click(...at(x, y));
  }
  await page.keyboard.press('Enter');
  assert.equal(await onPicture.count(), 2);
  // A rectangle by dragging.
  await button('Mask, rectangle').click();
  await page.mouse.move(...at(0.7, 0.6));
  await page.mouse.down();
  await page.mouse.move(...at(0.8, 0.7), { steps: 3 });
  await page.mouse.move(...at(0.9, 0.9), { steps: 3 });
  await page.mouse.up();
  assert.equal(await onPicture.count(), 3);
}

/** Corners by keyboard and by numbers, one more and one less, and a fault. */
async function changeCorners({ page, dialog, button, look }: OpenScene): Promise<void> {
  await button('Move').click();
  await button('Zone 1').click();
  await dialog.getByLabel('Name of the zone').fill('Door');
  await dialog.getByLabel('What must be in it').selectOption('foot');
  const corner = dialog.locator('.scene-corner').nth(2);
  await corner.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowDown');
  const field = dialog.getByLabel('Corner 4 of Door, percent from the left');
  await field.fill('10');
  await field.press('Tab');
  await button('Add a corner after corner 4 of Door').click();
  assert.equal(await dialog.locator('.scene-corner').count(), 5);
  await dialog.locator('.scene-corner').nth(4).focus();
  await page.keyboard.press('Delete');
  assert.equal(await dialog.locator('.scene-corner').count(), 4);
  await look('shapes');

  // What would be refused is said before it is sent.
  await dialog.getByLabel('Corner 4 of Door, percent from the left').fill('90');
  await page.keyboard.press('Tab');
  await dialog.getByText('Its sides cross or touch.').waitFor();
  assert.equal(await button('Save').isDisabled(), true);
  await button('Undo').click();
}

/** Smallest and largest face by numbers, keys and pointer. */
async function sizeFaces({ page, dialog, at, button, look }: OpenScene): Promise<void> {
  await button('Face size').click();
  await dialog.getByLabel('Leave out smaller faces').check();
  await dialog.getByLabel('Leave out larger faces').check();
  await dialog.getByLabel('Smallest, pixels').fill('30');
  await dialog.getByRole('button', { name: /^Smallest face, 30 pixels/ }).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowUp');
  const largest = await dialog.getByRole('button', { name: /^Largest face/ }).boundingBox();
  assert.ok(largest);
  await page.mouse.move(largest.x + largest.width / 2, largest.y + largest.height / 2);
  await page.mouse.down();
  await page.mouse.move(...at(0.7, 0.6), { steps: 4 });
  await page.mouse.up();
  await look('sizes');
}

/** Two rows of times, one past midnight. */
async function setTimes({ dialog, button, look }: OpenScene): Promise<void> {
  await button('Times').click();
  await dialog.getByLabel('At these times').check();
  await dialog.getByLabel('Time zone').fill('Europe/Berlin');
  await dialog.getByRole('button', { name: 'Sat', exact: true }).click();
  await button('Add a time').click();
  const night = dialog.getByRole('group', { name: 'Time 2' });
  await night.getByLabel('From').fill('22:00');
  await night.getByLabel('to').fill('06:00');
  await night.getByText('on the next day').waitFor();
  await dialog.getByLabel('At other times stay connected').check();
  await look('times');
}

function assertStored(setup: Scene): void {
  const [zone] = setup.zones;
  assert.deepEqual([setup.zones.length, zone?.name, zone?.by], [1, 'Door', 'foot']);
  const expected = [corners[0], corners[1], [0.6, 0.705], [0.1, 0.6]];
  for (const [index, [x = 0, y = 0]] of expected.entries()) {
    const [seenX = -1, seenY = -1] = zone?.points[index] ?? [];
    assert.ok(Math.hypot(seenX - x, seenY - y) < 0.01, `${index}: ${seenX}, ${seenY}`);
  }
  assert.deepEqual(
    setup.masks?.map((mask) => Object.keys(mask).sort().join()),
    ['points', 'height,width,x,y'],
  );
  const { smallest, largest: most, by } = setup.faceSize as Record<string, number>;
  assert.deepEqual([by, smallest], ['box', 41]);
  assert.ok(most !== undefined && most > 41 && most !== 400, `${most}`);
  assert.deepEqual(setup.schedule, {
    timeZone: 'Europe/Berlin',
    times: [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '08:00', to: '18:00' },
      { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', to: '06:00' },
    ],
    otherwise: 'connected',
  });
  assert.equal((setup as unknown as Record<string, unknown>)['hardware'], 'auto');
}
