const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Which way an arrow key points, times ten with shift; undefined for any other key. */
export function arrowOf(event: KeyboardEvent): readonly [number, number] | undefined {
  const direction = directions[event.key];
  if (direction === undefined) return undefined;
  const by = event.shiftKey ? 10 : 1;
  return [direction[0] * by, direction[1] * by];
}
