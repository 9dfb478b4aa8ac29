import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ControlRoom, listOfOne } from '../support/browser/control-room.ts';
import { browserMissing, shotsFolder } from '../support/browser/dashboard-built.ts';
import { findViolations } from '../support/browser/find-violations.ts';

describe('receivers outside', { skip: browserMissing, timeout: 600_000 }, () => {
  let room: ControlRoom;
  let receiver: Server;
  /** What the receiver answers to; types of what it was sent. */
  const outside = { status: 204, types: [] as string[] };

  before(async () => {
    mkdirSync(shotsFolder, { recursive: true });
    receiver = createServer(async (request, response) => {
      const body: Buffer[] = [];
      for await (const chunk of request) body.push(chunk as Buffer);
      outside.types.push(JSON.parse(Buffer.concat(body).toString()).type);
      response.writeHead(outside.status).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const webhook = { url: `http://127.0.0.1:${port}/hook`, allow: ['127.0.0.1/32'] };
    room = await ControlRoom.start({
      config: {
        receivers: [{ id: 'desk', rules: { events: ['alert', 'review'] }, webhook }],
      },
    });
    room.token('Chief', 'admin');
    await room.enrol(listOfOne.id);
  });
  after(async () => {
    await room?.[Symbol.asyncDispose]();
    receiver?.close();
  });

  for (const [name, viewport] of [
    ['desk', { width: 1440, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    it(`are tested, and what was given up is sent again (${name})`, async () => {
      await using chief = await room.visit({
        token: room.token('Chief', 'admin'),
        path: '#/system',
        viewport,
      });
      const { page } = chief;
      const section = page.getByRole('region', { name: 'Receivers' }).first();
      await section.getByText('127.0.0.1').waitFor();
      outside.status = 204;
      await section.getByRole('button', { name: 'Send a test to desk' }).click();
      await page.getByText(/desk took the test within/).waitFor();
      assert.equal(outside.types.at(-1), 'nightglass.test.v1');
      outside.status = 422;
      await section.getByRole('button', { name: 'Send a test to desk' }).click();
      await page.getByText('desk did not take the test: status 422').waitFor();
      assert.deepEqual(await findViolations(page), []);
      await section.scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(shotsFolder, `receivers-${name}.png`) });
      const show = section.getByRole('button', { name: /dead letters of desk/ });
      await show.click({ timeout: 240_000 });
      const dialog = page.getByRole('dialog', { name: 'Dead letters of desk' });
      await dialog.getByText('status 422').first().waitFor();
      assert.deepEqual(await findViolations(page), []);
      await page.screenshot({ path: join(shotsFolder, `receivers-dead-${name}.png`) });
      outside.types.length = 0;
      outside.status = 204;
      await dialog.getByRole('button', { name: 'Send all again' }).click();
      for (let wait = 0; outside.types.length === 0 && wait < 600; wait += 1) {
        await page.waitForTimeout(100);
      }
      assert.ok(outside.types.includes('nightglass.alert.raised.v1'), outside.types.join());
      assert.deepEqual(chief.complaints, []);
      assert.deepEqual(chief.foreignHosts, []);
    });
  }
});
