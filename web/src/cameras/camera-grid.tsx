import { type ComponentChildren, isValidElement, toChildArray } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type GridLayout, gridLayout } from './grid-layout.ts';

const gap = 10;

/** Moves the focus between tiles as they stand on the screen. */
const steps: Readonly<Record<string, (columns: number) => number>> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};

export interface CameraGridProps {
  /** Tiles to leave room for. */
  readonly places: number;
  readonly children: ComponentChildren;
}

/** Makes the tiles as large as the room allows. */
export function CameraGrid({ places, children }: CameraGridProps) {
  const room = useRef<HTMLDivElement>(null);
  const [layout, setLayout] = useState<GridLayout>();
  useEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      // On a narrow screen the page scrolls, and the height follows from the width.
      const scrolls = getComputedStyle(element).overflowY === 'visible';
      const height = scrolls ? Number.POSITIVE_INFINITY : element.clientHeight;
      setLayout(gridLayout(places, element.clientWidth, height, gap));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [places]);
  const tiles = toChildArray(children);
  const { style, spanOf } = placing(layout, tiles.length, places);
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key]?.(layout?.columns ?? 1);
    const links = [...(room.current?.querySelectorAll<HTMLElement>('.tile-link') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = step === undefined || at === -1 ? undefined : links[at + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <div ref={room} class="grid-room">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the links within bubble up */}
      <div class="grid" data-fills={layout?.fills} style={style} onKeyDown={move}>
        {tiles.map((tile, at) => (
          <div key={isValidElement(tile) ? tile.key : at} class="grid-cell" style={spanOf(at)}>
            {tile}
          </div>
        ))}
      </div>
    </div>
  );
}

interface Placing {
  readonly style?: Readonly<Record<string, string>>;
  readonly spanOf: (at: number) => Readonly<Record<string, string>> | undefined;
}

/** How tiles stand: those of a last row that is not full share its width, so that no hole is left. */
function placing(layout: GridLayout | undefined, count: number, places: number): Placing {
  if (layout === undefined) return { spanOf: () => undefined };
  const { columns, width, fills } = layout;
  if (!fills) {
    const style = { gap: `${gap}px`, gridTemplateColumns: `repeat(${columns}, ${width}px)` };
    return { style, spanOf: () => undefined };
  }
  const rows = Math.ceil(places / columns);
  // On a last page the tiles keep the size that they have on the others.
  const last = count < places ? columns : count - (rows - 1) * columns;
  const style = {
    gap: `${gap}px`,
    height: '100%',
    gridTemplateColumns: `repeat(${columns * last}, minmax(0, 1fr))`,
    gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
  };
  const firstOfLast = (rows - 1) * columns;
  return { style, spanOf: (at) => ({ gridColumn: `span ${at < firstOfLast ? last : columns}` }) };
}
