import type { ClusterLink } from './cluster-link.ts';
import { followStore } from './follow-store.ts';
import { NewestOnly } from './replay-guard.ts';

/** Bytes of the settings of one camera, certificates and masks included. */
const mostBytes = 256 * 1024;

/** Which cameras are to be pulled, as the control node orders it; their logins are sealed. */
export class CameraOrders {
  readonly #link: ClusterLink;
  readonly #published = new Map<string, string>();
  #publishing: Promise<void> = Promise.resolve();
  #wanted: ReadonlyMap<string, unknown> = new Map();

  constructor(link: ClusterLink) {
    this.#link = link;
  }

  /** Brings the store to these, by id; tries again until the server takes it. */
  publish(wanted: ReadonlyMap<string, unknown>): void {
    this.#wanted = wanted;
    this.#again();
  }

  /** Entries of the server were lost or are another's: all is written once more. */
  refresh(): void {
    this.#published.clear();
    this.#again();
  }

  #again(): void {
    this.#publishing = this.#publishing
      .then(() => this.#bring())
      .catch((error: unknown) => {
        const { clock, log } = this.#link.options;
        log.warn({ err: error }, 'The cameras cannot be told to the nodes; trying again');
        clock.after(1_000, () => this.#again());
      });
  }

  async #bring(): Promise<void> {
    const wanted = this.#wanted;
    const store = this.#link.cameras;
    for await (const id of await store.keys()) {
      if (!wanted.has(id)) await store.delete(id);
    }
    for (const id of [...this.#published.keys()]) if (!wanted.has(id)) this.#published.delete(id);
    for (const [id, settings] of wanted) {
      const text = JSON.stringify(settings);
      if (this.#published.get(id) === text) continue;
      await store.put(id, this.#link.seal(purposeOf(id), Buffer.from(text, 'utf8')).bytes);
      this.#published.set(id, text);
    }
  }
}

/**
 * Follows the orders of the control node.
 * @param onOrder settings as they were published, undefined: no longer wanted
 */
export function followOrders(
  link: ClusterLink,
  onOrder: (id: string, settings: unknown) => void,
): () => Promise<void> {
  const newest = new NewestOnly();
  return followStore(link.cameras, link.options, ({ key, operation, value }) => {
    if (operation !== 'PUT') return onOrder(key, undefined);
    const opened = value.length > mostBytes ? null : link.opener.open(purposeOf(key), value);
    if (opened === null) {
      link.options.log.warn(
        { cameraId: key },
        'A camera of the cluster is not believed: its order has another secret',
      );
      return;
    }
    if (!newest.admits(key, opened.seal)) return;
    onOrder(key, JSON.parse(Buffer.from(opened.plain).toString('utf8')));
  });
}

function purposeOf(id: string): string {
  return `camera/${id}`;
}
