import { LineChart } from '../charts/line-chart.tsx';
import { t } from '../i18n/t.ts';
import { duration } from './duration.ts';
import { keptSamples, type SystemSamples } from './system-samples.ts';

/** How long each stage takes, live. */
export function StagesSection({ samples }: { samples: SystemSamples }) {
  return (
    <section class="panel" aria-labelledby="stages-title">
      <div class="panel-head">
        <h2 id="stages-title">{t('system.stages')}</h2>
        <span class="chart-key" data-tone="first">
          {t('system.median')}
        </span>
        <span class="chart-key" data-tone="second">
          {t('system.p99')}
        </span>
        <span class="muted">{t('system.chartSpan')}</span>
      </div>
      {samples.stages.size === 0 && <p class="muted">{t('system.noStages')}</p>}
      <ul class="chart-cards">
        {inOrder(samples.stages).map(([stage, { median, p99 }]) => {
          const now = median.at(-1) ?? null;
          const slow = p99.at(-1) ?? null;
          const name = stageText(stage);
          return (
            <li key={stage} class="chart-card">
              <h3>{name}</h3>
              <p class="chart-figures">
                <b>{duration(now)}</b> <span class="muted">{duration(slow)}</span>
              </p>
              <LineChart
                length={keptSamples}
                label={t('system.stageChart', {
                  stage: name,
                  median: duration(now),
                  p99: duration(slow),
                })}
                series={[
                  { name: 'p99', values: p99, tone: 'second' },
                  { name: 'median', values: median, tone: 'first' },
                ]}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const stages = {
  detect: 'system.stageDetect',
  track: 'system.stageTrack',
  quality: 'system.stageQuality',
  keyframe: 'system.stageKeyframe',
  align: 'system.stageAlign',
  enhance: 'system.stageEnhance',
  embed: 'system.stageEmbed',
  fuse: 'system.stageFuse',
  match: 'system.stageMatch',
  alert: 'system.stageAlert',
} as const;

/** In the order in which a frame passes them. */
function inOrder(measured: SystemSamples['stages']) {
  const order = Object.keys(stages);
  return [...measured].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function stageText(stage: string): string {
  return stage in stages ? t(stages[stage as keyof typeof stages]) : stage;
}
