const longest = 120;

/**
 * Gives each person a folder of their own whose name every system takes: without
 * separators, wildcards, control characters, or dots and blanks at its ends.
 * @returns names by call; equal ones get a number
 */
export function folderNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const plain = name
      .normalize('NFC')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
      .slice(0, longest)
      .replace(/^[. ]+|[. ]+$/g, '_');
    const base = plain === '' || reserved.test(plain) ? `_${plain}` : plain;
    let folder = base;
    // Some systems know no difference between A and a.
    for (let n = 2; taken.has(folder.toLowerCase()); n += 1) folder = `${base} (${n})`;
    taken.add(folder.toLowerCase());
    return folder;
  };
}

/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
