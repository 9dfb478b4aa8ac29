/** Sections of the report, Markdown, by name of the measurement. */
export type Sections = Readonly<Record<string, string>>;

/**
 * Puts sections into a document, each between its own marks; a section
 * without marks gets a chapter of its own at the end.
 */
export function writeSections(document: string, sections: Sections): string {
  let text = document;
  for (const [name, body] of Object.entries(sections)) {
    const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const start = text.indexOf(from);
    const end = text.indexOf(to, start);
    if (start < 0 || end < 0) {
      const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
      text = `${text.trimEnd()}\n\n## ${title}\n\n${from}\n\n${body}\n\n${to}\n`;
    } else {
      text = `${text.slice(0, start + from.length)}\n\n${body}\n\n${text.slice(end)}`;
    }
  }
  return text;
}

/** Writes a section unless it holds a measurement already. */
export function fillSection(document: string, name: string, body: string): string {
  const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const start = document.indexOf(from);
  const end = document.indexOf(to, start);
  const present = start < 0 || end < 0 ? '' : document.slice(start + from.length, end).trim();
  if (present !== '' && !present.startsWith('Not measured')) return document;
  return writeSections(document, { [name]: body });
}
