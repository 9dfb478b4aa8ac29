/** Pieces of SVG that the panels are drawn of. */

export const ink = {
  page: '#f4f5f5',
  panel: '#ffffff',
  frame: '#d8d9da',
  title: '#24292e',
  text: '#52545c',
  faint: '#e6e7e9',
} as const;

/** Named colours of Grafana that the dashboards use. */
const named: Readonly<Record<string, string>> = {
  green: '#3f8f4f',
  orange: '#d9822b',
  red: '#cc3340',
};

/** Lines of a chart, told apart also by who does not see all colours (Okabe and Ito). */
export const palette = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7f7f7f',
  '#000000',
  '#8b6d00',
  '#5e4fa2',
  '#9e0142',
  '#66c2a5',
] as const;

export const colourOf = (name: string): string => named[name] ?? name;
export const lineColour = (index: number): string => palette[index % palette.length] ?? ink.text;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
export const escapeText = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

export interface TextStyle {
  readonly size?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 11, colour = ink.text, anchor = 'start', bold = false } = style;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${bold ? ' font-weight="600"' : ''}>${escapeText(words)}</text>`;
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  more = '',
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}" fill="${fill}"${more}/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"/>`;
}

export const round = (value: number): number => Math.round(value * 10) / 10;

/** As much of the words as fits, about. */
export function fit(words: string, width: number, size = 11): string {
  const letters = Math.floor(width / (size * 0.56));
  return words.length <= letters ? words : `${words.slice(0, Math.max(1, letters - 1))}…`;
}
