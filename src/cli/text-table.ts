/**
 * Rows under a head, as columns for people. Characters that steer a terminal are left out: cameras
 * name themselves.
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = [head, ...rows].map((row) => row.map(withoutControls));
  const widths = head.map((_, column) => Math.max(...plain.map((row) => row[column]?.length ?? 0)));
  return plain
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** One line without characters that steer a terminal. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}
