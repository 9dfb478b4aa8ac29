interface Planned {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
}

/** What happens when, in order of time; of equal times what was planned first. */
export class Simulation {
  #now = 0;
  #planned = 0;
  /** A binary heap, the next first. */
  readonly #heap: Planned[] = [];

  /** Milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  /** @param delay milliseconds from now, not below 0 */
  after(delay: number, action: () => void): void {
    if (!(delay >= 0)) throw new RangeError(`Cannot plan something in ${delay} ms`);
    const planned = { time: this.#now + delay, order: this.#planned++, action };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(planned);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Planned;
      if (!isBefore(planned, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = planned;
  }

  /** Lets happen what is planned up to a moment. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.time <= end; next = this.#heap[0]) {
      this.#now = next.time;
      this.#removeFirst();
      next.action();
    }
    this.#now = Math.max(this.#now, end);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Planned;
    const size = heap.length;
    if (size === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      if (below + 1 < size && isBefore(heap[below + 1] as Planned, heap[below] as Planned)) {
        below += 1;
      }
      const child = heap[below] as Planned;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
