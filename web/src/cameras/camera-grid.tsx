import type { ComponentChildren } from 'preact';
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
  const style = layout && {
    gap: `${gap}px`,
    gridTemplateColumns: `repeat(${layout.columns}, ${layout.width}px)`,
  };
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
      <div class="grid" style={style} onKeyDown={move}>
        {children}
      </div>
    </div>
  );
}
