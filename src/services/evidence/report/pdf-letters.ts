import { create, type Font } from 'fontkit';

/** The longest text of one place; what is longer stands in `case.json`. */
const longest = 4_000;

/**
 * Texts as a font can show them: control characters are spaces, and a character that the font does
 * not have is written as its code point, `[U+1F600]`, never as an empty box.
 */
export function shownWith(font: Uint8Array): (text: string) => string {
  const known = new Set(fontOf(font).characterSet);
  return (text) => {
    const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
    return Array.from(cut.normalize('NFC'), (letter) => {
      const code = letter.codePointAt(0) ?? 0;
      if (code < 32 || code === 127) return ' ';
      if (known.has(code)) return letter;
      return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    }).join('');
  };
}

function fontOf(bytes: Uint8Array): Font {
  const font = create(Buffer.from(bytes));
  if ('characterSet' in font) return font;
  throw new TypeError('Cannot use the font of the report: it is a collection of fonts');
}
