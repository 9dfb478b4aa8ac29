import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { componentKey } from './quality-names.ts';
import './widgets.css';

/** One component as the gateway reports it. */
export interface ReportedComponent {
  /** By ISO/IEC 29794-5 (OFIQ), such as `Sharpness`. */
  readonly name: string;
  /** 0..100. */
  readonly value: number;
  readonly ok: boolean;
  /** What to do better, in English; empty where nothing need be. */
  readonly advice: string | null;
}

export interface QualityComponentsProps {
  readonly components: readonly ReportedComponent[];
  /** With what to do better below the components that are too low. */
  readonly advice?: boolean;
}

/** Quality by component, the worst first. */
export function QualityComponents({ components, advice = false }: QualityComponentsProps) {
  const sorted = components.toSorted((a, b) => Number(a.ok) - Number(b.ok) || a.value - b.value);
  return (
    <ul class="quality" aria-label={t('quality.components')}>
      {sorted.map(({ name, value, ok, advice: english }) => {
        const key = componentKey(name);
        return (
          <li key={name} data-ok={ok}>
            <span class="quality-name">
              {key === undefined ? name : t(`quality.${key}`)}
              <span class="quality-code">{name}</span>
            </span>
            <span class="quality-bar" aria-hidden="true">
              <span style={{ width: `${Math.max(0, Math.min(100, value))}%` }} />
            </span>
            <span class="quality-value">
              {formatNumber(Math.round(value))}
              <span class="visually-hidden"> {ok ? t('quality.good') : t('quality.poor')}</span>
            </span>
            {advice && !ok && (
              <span class="quality-advice">
                {key === undefined ? english : t(`quality.${key}Advice`)}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
