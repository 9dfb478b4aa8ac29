import { Window } from 'happy-dom';

/** The window of the page under test. */
export const page = new Window({ url: 'http://127.0.0.1/', width: 1400, height: 900 });

type Seen = (entries: readonly { readonly isIntersecting: boolean }[]) => void;

/** Nothing is laid out here: what is observed comes into view at once, unless a test holds it back. */
class Views {
  static held: (() => void)[] | undefined;
  readonly #seen: Seen;
  #observed = false;

  constructor(seen: Seen) {
    this.#seen = seen;
  }

  observe(): void {
    this.#observed = true;
    const show = () => this.#observed && this.#seen([{ isIntersecting: true }]);
    if (Views.held === undefined) queueMicrotask(show);
    else Views.held.push(show);
  }

  disconnect(): void {
    this.#observed = false;
  }
}

/** Keeps what is drawn from now on out of view; returns what brings it into view. */
export function outOfView(): () => void {
  const held: (() => void)[] = [];
  Views.held = held;
  return () => {
    Views.held = undefined;
    for (const show of held) show();
  };
}

/** What the page takes from its window. Network, files and timers stay those of Node. */
const names = [
  'document',
  'location',
  'history',
  'localStorage',
  'sessionStorage',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLInputElement',
  'HTMLCanvasElement',
  'SVGElement',
  'CustomEvent',
  'MutationObserver',
  'ResizeObserver',
  'getComputedStyle',
  'matchMedia',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'addEventListener',
  'removeEventListener',
] as const;

for (const name of names) {
  const own: unknown = page[name];
  const value = typeof own === 'function' && /^[a-z]/.test(name) ? own.bind(page) : own;
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
Object.assign(globalThis, { window: page, devicePixelRatio: 1, IntersectionObserver: Views });
