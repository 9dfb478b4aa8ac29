import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** Boxes follow the video's own times; what those cannot tell is set by hand. */
export function BoxDelay() {
  const dashboard = useDashboard();
  const delay = dashboard.boxDelay.value;
  const sign = delay > 0 ? '+' : '−';
  const text =
    delay === 0
      ? t('wall.boxDelayAuto')
      : t('wall.boxDelayBy', { sign, milliseconds: Math.abs(delay) });
  return (
    <label class="delay" title={t('wall.boxDelayWhy')}>
      {t('wall.boxDelay')}
      <input
        type="range"
        min="-500"
        max="1000"
        step="20"
        value={delay}
        aria-valuetext={text}
        onInput={(event) => (dashboard.boxDelay.value = Number(event.currentTarget.value))}
      />
      <output>{text}</output>
    </label>
  );
}
