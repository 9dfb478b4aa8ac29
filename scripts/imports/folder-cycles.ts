import { dirname, normalize } from 'node:path';

/** A source file by its path from the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Folders each of which needs all others, and one import a pair of folders that binds them. */
export interface FolderCycle {
  readonly folders: readonly string[];
  readonly edges: readonly string[];
}

const importPattern =
  /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?['"](\.{1,2}\/[^'"]+)['"]|import\(\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** Cycles among the folders that these files lie in; imports of types count as those of values. */
export function folderCycles(files: readonly SourceFile[]): FolderCycle[] {
  const edges = new Map<string, Map<string, string>>();
  for (const { path, text } of files) {
    const from = dirname(path);
    for (const [, plain, dynamic] of text.matchAll(importPattern)) {
      const target = normalize(`${from}/${plain ?? dynamic}`);
      const to = dirname(target);
      if (to === from) continue;
      const known = edges.get(from) ?? new Map<string, string>();
      edges.set(from, known);
      if (!known.has(to)) known.set(to, `${path} → ${target}`);
    }
  }
  return strongComponents(edges)
    .filter((folders) => folders.length > 1)
    .map((folders) => {
      const inside = new Set(folders);
      return {
        folders: folders.toSorted(),
        edges: folders.flatMap((folder) =>
          [...(edges.get(folder) ?? [])].filter(([to]) => inside.has(to)).map(([, edge]) => edge),
        ),
      };
    });
}

/** Tarjan's algorithm. */
function strongComponents(edges: ReadonlyMap<string, ReadonlyMap<string, string>>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const components: string[][] = [];
  const lower = (node: string, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  const visit = (node: string): void => {
    order.set(node, order.size);
    lower(node, order.size - 1);
    stack.push(node);
    onStack.add(node);
    for (const next of edges.get(node)?.keys() ?? []) {
      if (!order.has(next)) {
        visit(next);
        lower(node, low.get(next) ?? 0);
      } else if (onStack.has(next)) lower(node, order.get(next) ?? 0);
    }
    if (low.get(node) !== order.get(node)) return;
    const component = stack.splice(stack.indexOf(node));
    for (const each of component) onStack.delete(each);
    components.push(component);
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return components;
}
