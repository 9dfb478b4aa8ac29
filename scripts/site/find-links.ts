/** Targets of a document's links and pictures within the repository, without their anchors. */
export function findLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const inside = targets
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((target) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '');
  return [...new Set(inside)];
}
