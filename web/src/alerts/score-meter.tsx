import type { Alert } from '../api/wire.ts';

/** The three similarities and the threshold that the fused one was held against. */
export function ScoreMeter({ alert }: { alert: Pick<Alert, 'scores' | 'threshold'> }) {
  const { scores, threshold } = alert;
  if (scores === undefined || threshold === undefined) {
    return <p class="scores scores-note">Scores: hidden from the second reviewer</p>;
  }
  return (
    <div class="scores">
      <Score name="Fused" value={scores.fused} threshold={threshold} decides />
      <Score name="Recorded" value={scores.raw} threshold={threshold} />
      <Score name="Enhanced" value={scores.enhanced} threshold={threshold} />
      <p class="scores-note">
        threshold <b>{threshold.toFixed(2)}</b>
      </p>
    </div>
  );
}

interface ScoreProps {
  readonly name: string;
  readonly value: number | null;
  readonly threshold: number;
  /** True for the one that decided. */
  readonly decides?: boolean;
}

function Score({ name, value, threshold, decides = false }: ScoreProps) {
  const width = (score: number) => `${Math.max(0, Math.min(1, score)) * 100}%`;
  return (
    <div class="score" data-decides={decides}>
      <span class="score-name">{name}</span>
      <span class="score-bar" aria-hidden="true">
        {value !== null && (
          <span
            class="score-fill"
            data-above={value >= threshold}
            style={{ width: width(value) }}
          />
        )}
        <span class="score-mark" style={{ left: width(threshold) }} />
      </span>
      <span class="score-value">{value === null ? 'none' : value.toFixed(2)}</span>
    </div>
  );
}
