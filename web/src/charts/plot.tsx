import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './charts.css';

export type Tone = 'first' | 'second' | 'confirmed' | 'dismissed';

/** Colours by tone, as the style sheets name them. */
const colours: Record<Tone, string> = {
  first: '--accent',
  second: '--warn',
  confirmed: '--accent',
  dismissed: '--idle',
};

export interface PlotSeries extends Omit<uPlot.Series, 'stroke' | 'fill'> {
  readonly tone: Tone;
  readonly filled?: boolean;
}

export interface PlotProps {
  /** Says the chart in words, for who cannot see it. */
  readonly label: string;
  /** CSS pixels. */
  readonly height: number;
  readonly series: readonly PlotSeries[];
  /** The x values, then those of each series. */
  readonly data: uPlot.AlignedData;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** A chart without axes or legend: the figures stand beside it. It is as wide as its place. */
export function Plot({ label, height, series, data, x, y }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const scales = useRef({ x, y });
  scales.current = { x, y };
  const latest = useRef(data);
  latest.current = data;
  const shape = series.map(({ tone }) => tone).join();
  useEffect(() => {
    const element = place.current;
    if (element === null || !canDraw()) return undefined;
    const made = new uPlot(
      optionsOf(element, height, series, () => scales.current),
      latest.current,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [height, shape]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={place} class="chart" role="img" aria-label={label} style={{ height }} />;
}

/** Where there is no canvas, uPlot would fail at its first drawing, outside any caller. */
function canDraw(): boolean {
  return document.createElement('canvas').getContext('2d') !== null;
}

function optionsOf(
  element: HTMLElement,
  height: number,
  series: readonly PlotSeries[],
  scales: () => Pick<PlotProps, 'x' | 'y'>,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    width: Math.max(1, element.clientWidth),
    height,
    padding: [2, 0, 1, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: () => [...scales().x] },
      y: { range: () => [...scales().y] },
    },
    series: [
      {},
      ...series.map(({ tone, filled = false, ...rest }) => ({
        ...rest,
        ...(filled ? { fill: colour(colours[tone]) } : { stroke: colour(colours[tone]) }),
      })),
    ],
    hooks: { draw: [(chart) => drawBase(chart, colour('--base'))] },
  };
}

/** The line of zero. */
function drawBase(chart: uPlot, colour: string): void {
  const { ctx: context, bbox } = chart;
  // Within the picture: a line on its very edge would be cut in half.
  const zero = Math.min(chart.valToPos(0, 'y', true), bbox.top + bbox.height - 0.5);
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  context.moveTo(bbox.left, zero);
  context.lineTo(bbox.left + bbox.width, zero);
  context.stroke();
  context.restore();
}
