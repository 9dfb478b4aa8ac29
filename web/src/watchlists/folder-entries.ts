/** A picture of a folder, under its person's name. */
export interface FolderEntry {
  readonly path: string;
  readonly file: Blob;
}

/** The pictures of a chosen folder, to be enrolled under their folder's name. */
export interface FolderContents {
  readonly entries: readonly FolderEntry[];
  /** Folders with a picture, that is people. */
  readonly people: number;
  readonly bytes: number;
  /** Files that are no pictures. */
  readonly ignored: number;
}

const picture = /\.(jpe?g|png|webp|bmp)$/i;

/**
 * Sorts a folder's files into people: the folder that a picture lies in names
 * its person. `webkitRelativePath` begins with the chosen folder, so a folder
 * of pictures alone is one person.
 */
export function folderEntries(files: readonly File[]): FolderContents {
  const entries: FolderEntry[] = [];
  const people = new Set<string>();
  let bytes = 0;
  for (const file of files) {
    const [name, person] = file.webkitRelativePath.split('/').reverse();
    if (name === undefined || person === undefined || !picture.test(name) || name.startsWith('.')) {
      continue;
    }
    people.add(person);
    bytes += file.size;
    entries.push({ path: `${person}/${name}`, file });
  }
  return { entries, people: people.size, bytes, ignored: files.length - entries.length };
}

/** Parts of the folder that each stay below `limit` bytes, a person's pictures together where they fit. */
export function inParts(entries: readonly FolderEntry[], limit: number): FolderEntry[][] {
  const parts: FolderEntry[][] = [];
  let part: FolderEntry[] = [];
  let bytes = 0;
  for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    // A header and a directory entry take some hundred bytes beside the name.
    const size = entry.file.size + 256 + 2 * entry.path.length;
    if (part.length > 0 && bytes + size > limit) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
