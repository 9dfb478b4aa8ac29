import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { CodedVideo, CodedVideoSink } from '../../src/domain/coded-video.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { codecName } from '../../src/streams/preview/codec-name.ts';
import { browserMissing, webRoot } from '../support/browser/dashboard-built.ts';
import { Visitor } from '../support/browser/visitor.ts';
import { codedFootage } from '../support/demo/coded-footage.ts';
import { launchBrowser } from '../support/gateway/chromium.ts';
import { FakeAccess } from '../support/gateway/fake-access.ts';
import { findFfmpeg } from '../support/gateway/ffmpeg.ts';
import { PaintedServices } from '../support/gateway/painted-services.ts';

const ffmpeg = findFfmpeg();
const skip = browserMissing || (ffmpeg === undefined ? 'no ffmpeg program to code with' : false);
const size = { width: 320, height: 192 };

describe('live video as the camera sends it, in the page', { skip, timeout: 300_000 }, () => {
  let browser: Browser;
  let gateway: Gateway;
  let services: PaintedServices;
  let footage: Awaited<ReturnType<typeof codedFootage>>;
  let head: CodedVideo;

  before(async () => {
    browser = await launchBrowser();
    footage = await codedFootage({ codec: 'h264', ...size });
    const codec = codecName('h264', Buffer.from(footage.units[0]?.data ?? [])) ?? '';
    head = { codec, ...size, rotate: 0, mirror: false };
  });
  afterEach(async () => {
    services.stop();
    await gateway.close();
  });
  after(() => browser?.close());

  /** Opens the wall; what the cameras send is up to `watch`. */
  async function open(watch: (sink: CodedVideoSink) => () => void): Promise<Visitor> {
    services = new PaintedServices(ffmpeg ?? '');
    services.onWatchCoded = (_, sink) => watch(sink);
    gateway = await createGateway({
      ...{ host: '127.0.0.1', port: 0, openOnLoopback: true, version: '0.0.0', webRoot },
      ...{ services, access: new FakeAccess() },
    });
    services.start();
    return Visitor.open(browser, gateway.address);
  }

  /** Plays the footage in a loop, as a camera of this orientation. */
  const play = (changes: Partial<CodedVideo> = {}) => {
    return (sink: CodedVideoSink): (() => void) => {
      sink.video({ ...head, ...changes });
      let at = 0;
      const send = () => {
        const unit = footage.units[at % footage.units.length];
        at += 1;
        if (unit !== undefined) {
          sink.picture({ data: unit.data, key: unit.key, capturedAt: Date.now() });
        }
      };
      send();
      const timer = setInterval(send, 50);
      return () => clearInterval(timer);
    };
  };

  it('draws the camera’s pictures with boxes, and runs no encoder', async () => {
    await using visitor = await open(play());
    const { page } = visitor;
    await playing(page, 'coded');
    await page.locator('.tile-overlay[data-faces="2"]').waitFor();
    assert.equal(services.watchers.size, 0);
    assert.deepEqual(visitor.complaints, []);
    assert.deepEqual(await quarters(page, size), ['white', 'light', 'dark', 'black']);
  });

  it('turns and mirrors them as the analysis does', async () => {
    const upright = { width: size.height, height: size.width, rotate: 90 } as const;
    await using visitor = await open(play({ ...upright, mirror: true }));
    await playing(visitor.page, 'coded');
    // Turned clockwise: dark, white / black, light. Mirrored: white, dark / light, black.
    const seen = await quarters(visitor.page, upright);
    assert.deepEqual(seen, ['white', 'dark', 'light', 'black']);
  });

  it('goes on at the next key picture when the decoder fails', async () => {
    const damaged = (sink: CodedVideoSink) => {
      sink.video(head);
      const [first] = footage.units;
      const data = Buffer.from(first?.data ?? []);
      sink.picture({ data: data.subarray(0, 40), key: true, capturedAt: Date.now() });
      const rest = play();
      return rest(sink);
    };
    await using visitor = await open(damaged);
    await playing(visitor.page, 'coded');
  });

  for (const [why, watch] of [
    [
      'a codec that this browser does not decode',
      (sink: CodedVideoSink) => {
        sink.video({ ...head, codec: 'hev1.1.6.L93.ff.ff' });
        return () => undefined;
      },
    ],
    [
      'pictures that cannot be decoded',
      (sink: CodedVideoSink) => {
        sink.video(head);
        const rubbish = () =>
          sink.picture({ data: Buffer.alloc(500, 1), key: true, capturedAt: Date.now() });
        const timer = setInterval(rubbish, 50);
        return () => clearInterval(timer);
      },
    ],
    ['a gateway that says nothing', () => () => undefined],
    [
      'pictures without a word on how they are coded',
      (sink: CodedVideoSink) => {
        const [first] = footage.units;
        const data = Buffer.from(first?.data ?? []);
        const send = () => sink.picture({ data, key: true, capturedAt: Date.now() });
        const timer = setInterval(send, 50);
        return () => clearInterval(timer);
      },
    ],
    [
      'a word on it and no pictures',
      (sink: CodedVideoSink) => {
        sink.video(head);
        return () => undefined;
      },
    ],
  ] as const) {
    it(`falls back to the preview for ${why}`, async () => {
      await using visitor = await open(watch);
      await playing(visitor.page, 'mpeg1');
      while ((services.codedSinks.get('entrance')?.size ?? 0) > 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  }

  it('falls back at once where the browser throws on what the codec is called', async () => {
    const asked = Promise.withResolvers<number>();
    await using visitor = await open((sink) => {
      sink.video({ ...head, codec: '' });
      asked.resolve(performance.now());
      return () => undefined;
    });
    const fallen = visitor.page.locator('.tile-video[data-form="mpeg1"]').first();
    const [started] = await Promise.all([asked.promise, fallen.waitFor()]);
    const waited = performance.now() - started;
    assert.ok(waited < 8_000, `only after ${waited.toFixed(0)} ms: its time was over`);
  });

  it('falls back to the preview where the gateway passes nothing on', async () => {
    await using visitor = await open(() => {
      throw new Error('never asked');
    });
    await playing(visitor.page, 'mpeg1');
  });
});

function playing(page: Page, form: 'coded' | 'mpeg1'): Promise<void> {
  return page.locator(`.tile-video[data-playing="true"][data-form="${form}"]`).first().waitFor();
}

/** How bright the quarters of the first canvas are, row by row. */
async function quarters(
  page: Page,
  shape: { readonly width: number; readonly height: number },
): Promise<string[]> {
  const canvas = page.locator('.tile-canvas').first();
  const image = await createImageCodec().decode(await canvas.screenshot());
  // The picture stands in the middle of the canvas, as large as fits.
  const scale = Math.min(image.width / shape.width, image.height / shape.height);
  const [width, height] = [shape.width * scale, shape.height * scale];
  const [left, top] = [(image.width - width) / 2, (image.height - height) / 2];
  const names = ['black', 'dark', 'light', 'white'];
  return [0.1, 0.9].flatMap((y) =>
    [0.1, 0.9].map((x) => {
      const at = [Math.floor(left + x * width), Math.floor(top + y * height)] as const;
      const value = image.data[(at[1] * image.width + at[0]) * 3] ?? 0;
      return names[[32, 112, 208].filter((limit) => value > limit).length] ?? '';
    }),
  );
}
