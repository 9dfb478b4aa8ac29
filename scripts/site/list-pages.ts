import { globSync } from 'node:fs';

/** Documents that are pages of the site, by their paths below `root`. */
export function listPages(root: string): string[] {
  const patterns = ['*.md', 'docs/**/*.md', 'models/cards/*.md', 'examples/*.md'];
  return globSync(patterns, { cwd: root }).sort();
}
