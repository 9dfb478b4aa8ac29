import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readDashboards } from '../../../scripts/monitoring/dashboards.ts';
import {
  type MonitoredScene,
  startMonitoredScene,
} from '../../../scripts/monitoring/monitored-scene.ts';
import { askPanel, hasData, settings } from '../../../scripts/monitoring/panel-answers.ts';
import { prometheusMissing } from '../../../scripts/monitoring/prometheus-process.ts';
import { breachesOf } from '../../support/telemetry/label-breaches.ts';

const missing = await prometheusMissing();
const dashboards = readDashboards();

/** Queries that a machine without a graphics card cannot answer; they must be valid all the same. */
const needsCard = /^nightglass_gpu_/;

describe(
  'a real Prometheus that watches the running pipeline',
  missing === undefined ? {} : { skip: missing },
  () => {
    let scene: MonitoredScene;
    const started = Date.now() / 1000;

    before(async () => {
      scene = await startMonitoredScene(2);
      // What an operator lives through: verdicts, a camera that is cut off, a worker that crashes.
      for (let decided = 0, limit = Date.now() + 120_000; decided < 3; ) {
        assert.ok(Date.now() < limit, `${decided} alerts to decide within two minutes`);
        await setTimeout(1000);
        decided += await scene.review();
      }
      scene.server.camera(scene.cameras[0] ?? '').disconnect();
      scene.nightglass.killWorker('faces');
    });
    after(() => scene?.[Symbol.asyncDispose]());

    for (const dashboard of dashboards) {
      it(`answers every query of every panel of "${dashboard.title}" with data`, async () => {
        const { prometheus, scrapeInterval, cameras, watchlists } = scene;
        let unanswered: string[] = [];
        for (const limit = Date.now() + 120_000; ; await setTimeout(2000)) {
          const now = Date.now() / 1000;
          unanswered = [];
          let asked = 0;
          for (const values of settings(dashboard, { camera: cameras, watchlist: watchlists })) {
            const shown = { start: started, end: now, scrapeInterval, values };
            for (const panel of dashboard.panels) {
              for (const answer of await askPanel(panel, prometheus, shown)) {
                asked += 1;
                if (hasData(answer) || needsCard.test(answer.expression)) continue;
                unanswered.push(`${panel.title}: ${answer.expression}`);
              }
            }
            assert.ok(asked > 5);
          }
          if (unanswered.length === 0 || Date.now() > limit) break;
          await scene.review();
        }
        assert.deepEqual(unanswered, []);
      });

      it(`offers values for the variables of "${dashboard.title}"`, async () => {
        for (const { name, type, definition = '' } of dashboard.templating.list) {
          if (type !== 'query') continue;
          const [, metric = '', label = ''] =
            /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
          const series = await scene.prometheus.query(`count by (${label}) (${metric})`);
          const known = name === 'camera' ? scene.cameras : scene.watchlists;
          assert.deepEqual(
            series.map(({ metric: labels }) => labels[label]).sort(),
            [...known].sort(),
          );
        }
      });
    }

    it('evaluates every rule without a fault, and tells of the watchlist that expires soon', async () => {
      const { groups } = (await scene.prometheus.get('/api/v1/rules')) as {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      };
      const rules = groups.flatMap((group) => group.rules);
      assert.ok(rules.length > 30);
      for (const { name, health, lastError } of rules)
        assert.equal(health, 'ok', `${name} ${lastError}`);
      const firing = await scene.prometheus.query('ALERTS{alertstate="firing"}');
      assert.ok(firing.some(({ metric }) => metric['alertname'] === 'NightglassWatchlistExpiring'));
    });

    it('is told of nobody: labels keep the law, no person, track or alert is in them', async () => {
      const text = await scene.nightglass.services.metrics();
      assert.deepEqual(breachesOf(text), []);
      const { alerts } = await scene.nightglass.services.alerts.list(
        { cameras: '*', watchlists: '*', limit: 100 },
        'test',
      );
      assert.ok(alerts.length >= 3);
      const secrets = [
        ...scene.people,
        ...alerts.flatMap(({ id, trackId, personId }) => [id, trackId, personId]),
      ];
      for (const secret of secrets) assert.ok(!text.includes(`"${secret}"`), secret);
    });
  },
);
