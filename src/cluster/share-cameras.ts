/** A node that takes cameras. */
export interface TakingNode {
  readonly node: string;
  readonly cores: number;
  readonly maxCameras: number;
}

/** A camera, what it costs where that was measured, and who has it. */
export interface SharedCamera {
  readonly id: string;
  /** Share of a core. */
  readonly cost: number | null;
  readonly holder: string | null;
}

/** What a camera is taken for until it was measured, where none was: share of a core. */
const unknownCost = 0.25;
/** A move must better the balance by so much of a node: each is a gap in what is seen. */
const worthMoving = 0.1;

/**
 * Which node is to take each camera that nobody has: the costliest first, to the node with the
 * least load by its cores. All nodes that see the same come to the same.
 */
export function sharedOut(
  nodes: readonly TakingNode[],
  cameras: readonly SharedCamera[],
): ReadonlyMap<string, string> {
  const shares = new Shares(nodes, cameras);
  const taken = new Map<string, string>();
  const free = cameras.filter(({ holder }) => holder === null);
  for (const camera of free.sort((a, b) => byCost(shares, a, b))) {
    const node = shares.least();
    if (node === undefined) break;
    taken.set(camera.id, node);
    shares.add(node, shares.costOf(camera));
  }
  return taken;
}

/** Which of its cameras a node should give away so that loads come closer, at most `most`. */
export function tooMany(
  node: string,
  nodes: readonly TakingNode[],
  cameras: readonly SharedCamera[],
  most: number,
): string[] {
  const shares = new Shares(nodes, cameras);
  const given: string[] = [];
  const own = cameras.filter(({ holder }) => holder === node).sort((a, b) => byCost(shares, a, b));
  for (const camera of own) {
    const cost = shares.costOf(camera);
    const other = shares.least(node);
    if (other === undefined || given.length === most) break;
    const gain = shares.load(node) - Math.max(shares.load(other, cost), shares.load(node, -cost));
    if (gain < worthMoving * Math.max(shares.load(node), 1e-6)) continue;
    shares.add(node, -cost);
    shares.add(other, cost);
    given.push(camera.id);
  }
  return given;
}

function byCost(shares: Shares, a: SharedCamera, b: SharedCamera): number {
  return shares.costOf(b) - shares.costOf(a) || (a.id < b.id ? -1 : 1);
}

/** What each node carries. */
class Shares {
  readonly #nodes = new Map<string, { cost: number; count: number; readonly node: TakingNode }>();
  readonly #usual: number;

  constructor(nodes: readonly TakingNode[], cameras: readonly SharedCamera[]) {
    const known = cameras.flatMap(({ cost }) => (cost === null ? [] : [cost]));
    this.#usual =
      known.length === 0 ? unknownCost : known.reduce((sum, cost) => sum + cost, 0) / known.length;
    for (const node of nodes) this.#nodes.set(node.node, { cost: 0, count: 0, node });
    for (const camera of cameras) {
      if (camera.holder !== null) this.add(camera.holder, this.costOf(camera));
    }
  }

  costOf({ cost }: SharedCamera): number {
    return cost ?? this.#usual;
  }

  add(node: string, cost: number): void {
    const share = this.#nodes.get(node);
    if (share === undefined) return;
    share.cost += cost;
    share.count += Math.sign(cost);
  }

  /** Of its cores; with `more` of a core on it. */
  load(node: string, more = 0): number {
    const share = this.#nodes.get(node);
    return share === undefined ? 0 : (share.cost + more) / share.node.cores;
  }

  /** The node with the least load that has room. */
  least(but?: string): string | undefined {
    return [...this.#nodes.values()]
      .filter(({ node, count }) => node.node !== but && count < node.maxCameras)
      .map(({ node, count }) => ({ name: node.node, count, load: this.load(node.node) }))
      .sort((a, b) => a.load - b.load || a.count - b.count || (a.name < b.name ? -1 : 1))[0]?.name;
  }
}
