import type { VerdictCounts } from '../../../src/client/nightglass-client.ts';
import './charts.css';

const tones = ['confirmed', 'dismissed', 'open'] as const;

export interface SplitBarProps {
  readonly counts: VerdictCounts;
  /** The total that is as wide as the place. */
  readonly largest: number;
}

/** One bar in parts by verdict. The figures stand beside it. */
export function SplitBar({ counts, largest }: SplitBarProps) {
  const scale = 100 / Math.max(1, largest);
  return (
    <span class="split-bar" aria-hidden="true">
      {tones.map((tone) => (
        <span key={tone} data-tone={tone} style={{ width: `${counts[tone] * scale}%` }} />
      ))}
    </span>
  );
}
