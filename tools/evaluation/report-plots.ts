import type { Evaluation } from './evaluate.ts';
import { type PlotLine, svgPlot } from './svg-plot.ts';

/** The plots of a report: error trade-off, ranks, error against quality. */
export function plotsOf({ curves, fpir }: Evaluation): [key: string, title: string, svg: string][] {
  const named = (pick: (curve: Evaluation['curves'][number]) => PlotLine['points']): PlotLine[] =>
    curves
      .filter(({ branch }) => branch === 'fused' || branch === 'raw')
      .map((curve) => ({ name: `${curve.level} ${curve.branch}`, points: pick(curve) }))
      .filter(({ points }) => points.length > 0);
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const det = 'Detection error trade-off, single frames';
  const rank = 'Rank curve, single frames';
  const quality = 'Error against quality, fused single frames';
  return [
    [
      'det',
      det,
      svgPlot(
        named((c) => c.errorTradeOff.map((p) => ({ x: p.fpir, y: p.fnir }))),
        {
          title: det,
          x: { label: 'FPIR', scale: 'log', ticks: [Math.min(0.002, fpir), 0.01, 0.1, 1] },
          y: { label: 'FNIR', scale: 'linear', ticks: shares },
        },
      ),
    ],
    [
      'rank',
      rank,
      svgPlot(
        named((c) => c.ranks.map((y, i) => ({ x: i + 1, y }))),
        {
          title: rank,
          x: { label: 'rank', scale: 'linear', ticks: [1, 5, 10, 15, 20] },
          y: { label: 'share found', scale: 'linear', ticks: shares },
        },
      ),
    ],
    [
      'quality',
      quality,
      svgPlot(
        named((c) => c.errorAgainstQuality.map((p) => ({ x: p.discarded, y: p.error }))),
        {
          title: quality,
          x: {
            label: 'share of faces set aside, worst quality first',
            scale: 'linear',
            ticks: shares,
          },
          y: { label: 'rank-1 error of the rest', scale: 'linear', ticks: shares },
        },
      ),
    ],
  ];
}
