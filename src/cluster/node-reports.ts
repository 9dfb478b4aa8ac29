import { z } from 'zod';
import { clusterBounds } from '../domain/bounds.ts';
import { cameraStates } from '../domain/camera-status.ts';
import {
  type ClusterNode,
  clusterDropReasons,
  clusterRoles,
  type NodeReport,
} from '../domain/cluster.ts';
import type { ClusterLink } from './cluster-link.ts';
import { followStore } from './follow-store.ts';
import { NewestOnly } from './replay-guard.ts';
import { RisingDrops } from './rising-drops.ts';

const count = z.number().min(0);
const name = z.string().min(1).max(64);

/** What is read of a status; the rest of it is passed on as it is. */
const status = z.looseObject({
  cameraId: name,
  state: z.enum(cameraStates),
  since: count,
  reconnects: count,
});

const nodeReport = z.strictObject({
  node: name,
  roles: z.array(z.enum(clusterRoles)).max(clusterRoles.length),
  version: z.string().max(64),
  models: z.string().max(128),
  at: count,
  cores: z.number().min(0.01).max(4_096),
  maxCameras: z.int().min(0).max(4_096),
  draining: z.boolean(),
  cameras: z
    .array(z.strictObject({ status, cost: count.nullable(), analysedAgo: count.nullable() }))
    .max(1_024),
  waiting: count,
  sent: z.strictObject({ keyframes: count, bytes: count }),
  drops: z
    .array(z.strictObject({ cameraId: name, reason: z.enum(clusterDropReasons), count }))
    .max(4_096),
});

interface Heard {
  readonly session: string;
  readonly report: NodeReport;
  readonly seenAt: number;
  readonly monotonic: number;
  readonly skew: number;
  readonly drops: RisingDrops;
}

/** Nodes that are gone are listed for so long, milliseconds. */
const listedFor = 3_600_000;

/** What all nodes say of themselves, as it is heard here. */
export class NodeReports {
  readonly #link: ClusterLink;
  readonly #newest = new NewestOnly();
  readonly #nodes = new Map<string, Heard>();
  readonly #stop: () => Promise<void>;
  readonly #onReport: (report: NodeReport) => void;

  /** @param onReport hears each report as it comes */
  constructor(link: ClusterLink, onReport: (report: NodeReport) => void = () => undefined) {
    this.#link = link;
    this.#onReport = onReport;
    this.#stop = followStore(link.nodes, link.options, (entry) => {
      if (entry.operation !== 'PUT') this.#gone(entry.key);
      else this.#heard(entry.key, entry.value);
    });
  }

  /** Tells the others of this node. @throws Error while the server does not answer */
  async tell(report: NodeReport): Promise<void> {
    const plain = Buffer.from(JSON.stringify(report), 'utf8');
    await this.#link.nodes.put(report.node, this.#link.seal(purposeOf(report.node), plain).bytes);
  }

  /** Takes this node off, where it ended in order. */
  async leave(): Promise<void> {
    await this.#link.nodes.delete(this.#link.node);
  }

  /** Nodes by name, also such as are lost for less than an hour. */
  list(): ClusterNode[] {
    const { clock } = this.#link.options;
    const now = clock.monotonic();
    for (const [name, { monotonic }] of this.#nodes) {
      if (now - monotonic > listedFor) this.#nodes.delete(name);
    }
    return [...this.#nodes.values()]
      .map(({ drops, report, seenAt, monotonic, skew }) => ({
        ...{ report, seenAt, skew, dropping: drops.lately(now) },
        lost: now - monotonic > this.#link.ttl,
      }))
      .sort((a, b) => (a.report.node < b.report.node ? -1 : 1));
  }

  /** Names the run of a node: what is sealed for one does not open for another. */
  sessionOf(node: string): string | undefined {
    return this.#nodes.get(node)?.session;
  }

  close(): Promise<void> {
    return this.#stop();
  }

  #gone(node: string): void {
    this.#nodes.delete(node);
  }

  #heard(node: string, value: Uint8Array): void {
    const { clock, log } = this.#link.options;
    const opened = this.#link.opener.open(purposeOf(node), value);
    // Each speaks for itself alone.
    if (opened === null || opened.seal.node !== node) {
      log.warn({ node }, 'A node of the cluster is not believed: it has another secret');
      return;
    }
    const parsed = readReport(opened.plain);
    if (parsed === null || parsed.node !== node) {
      log.warn({ node }, 'A node of the cluster is not understood: it has another version');
      return;
    }
    if (!this.#newest.admits(node, opened.seal)) return;
    if (this.#nodes.size >= clusterBounds.nodes && !this.#nodes.has(node)) return;
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    const drops = this.#nodes.get(node)?.drops ?? new RisingDrops();
    drops.heard(parsed.drops, monotonic);
    this.#nodes.set(node, {
      ...{ drops, monotonic, session: opened.seal.session },
      report: parsed,
      seenAt: now,
      skew: parsed.at - now,
    });
    this.#onReport(parsed);
  }
}

function readReport(plain: Uint8Array): NodeReport | null {
  try {
    const parsed = nodeReport.safeParse(JSON.parse(Buffer.from(plain).toString('utf8')));
    return parsed.success ? (parsed.data as NodeReport) : null;
  } catch {
    return null;
  }
}

function purposeOf(node: string): string {
  return `node/${node}`;
}
