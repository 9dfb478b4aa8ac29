import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exhaustMap, filter, scan, timer } from 'rxjs';
import {
  type ModelsWithDenoiser,
  modelsWithDenoiser,
} from '../../support/inference/models-with-denoiser.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';

const variant = 'denoise-lobby';
const [own, usual] = ['own', 'usual'];

/** Two cameras with the same pictures, the one with a denoiser of its own. */
async function start(models: ModelsWithDenoiser): Promise<Live> {
  const { cameras, people } = await demoFootage();
  const [lobby] = cameras;
  const [wanted] = people;
  assert.ok(lobby && wanted);
  const live = await startLive({
    sources: { [own]: lobby.source, [usual]: lobby.source },
    config: {
      models: { manifest: models.manifestPath },
      // Somebody whom both see is no sighting of one alert.
      alerts: { quietPeriod: '1s', joinWithin: '0s' },
      // A slow machine is to find them too.
      detection: { rate: 3, maxAge: '10s' },
    },
  });
  live.reconfigure(useIt);
  const restarted = await live.restart();
  await enrolWanted(restarted, wanted);
  return { ...restarted, [Symbol.asyncDispose]: () => live[Symbol.asyncDispose]() };
}

function useIt(raw: Record<string, unknown>, denoise = variant): void {
  raw['cameras'] = (raw['cameras'] as { id: string }[]).map((camera) =>
    camera.id === own ? { ...camera, models: { denoise } } : camera,
  );
}

describe('a denoiser of one camera', { timeout: 400_000 }, () => {
  it('serves it alone, and its alerts say so; another one needs a restart', async () => {
    await using models = await modelsWithDenoiser(variant);
    await using live = await start(models);
    const { services } = live.nightglass;
    const denoiserOf = new Map<string, string>();
    await within(
      240_000,
      'an alert of either camera',
      timer(0, 250).pipe(
        exhaustMap(() =>
          services.alerts.list({ cameras: '*', watchlists: '*', limit: 100 }, 'test'),
        ),
        scan((seen, { alerts }) => {
          for (const { cameraId, models: used } of alerts) {
            const denoisers = used.filter(({ task }) => task === 'denoise');
            assert.equal(denoisers.length, 1, JSON.stringify(used));
            seen.set(cameraId, `${denoisers[0]?.name} ${denoisers[0]?.sha256}`);
          }
          return seen;
        }, denoiserOf),
        filter((seen) => seen.size === 2),
      ),
      Boolean,
    );
    assert.equal(denoiserOf.get(own), `${variant} ${models.sha256}`);
    assert.match(denoiserOf.get(usual) ?? '', /^nightglass-denoise /);
    const { models: shown } = await services.system.report();
    const placed = shown.find(({ name }) => name === variant);
    assert.deepEqual([placed?.task, placed?.sha256], ['denoise', models.sha256]);
    const metrics = await services.metrics();
    assert.match(metrics, /nightglass_inference_provider_info\{[^}]*model="denoise-lobby"/);
    // Both have denoised faces.
    for (const model of [variant, 'nightglass-denoise']) {
      const counted = new RegExp(
        `^nightglass_inference_batch_size_count\\{model="${model}"\\} (\\d+)$`,
        'm',
      );
      assert.ok(Number(counted.exec(metrics)?.[1]) > 0, model);
    }
    live.reconfigure((raw) => useIt(raw, 'denoise-other'));
    await assert.rejects(live.nightglass.reload(), {
      code: 'CONFLICT',
      message: /camera own has the denoiser denoise-other, which was not loaded/,
    });
  });
});
