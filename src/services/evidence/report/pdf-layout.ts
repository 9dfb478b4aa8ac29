import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { shownWith } from './pdf-letters.ts';
import type { PdfTask } from './pdf-report.ts';
import type {
  ReportAppearance,
  ReportPicture,
  ReportRow,
  ReportSection,
  ReportWords,
} from './report-content.ts';
import { reportHeadings } from './report-content.ts';

const margin = 48;
const labelWidth = 150;
const gap = 12;
const footerHeight = 24;
/** Most of the height of a picture beside others, and of one across the page, points. */
const heights = { beside: 130, wide: 270 } as const;
const sizes = { title: 17, section: 14, part: 11.5, text: 9.5, small: 8 } as const;
const enhancedColour = '#b00000';

interface Sheet {
  readonly document: PDFKit.PDFDocument;
  readonly width: number;
  readonly shown: (text: string) => string;
  readonly pictures: PdfTask['pictures'];
}

/** A report on A4 pages. Ends by itself; the document is read as it is written. */
export function writePdf({ content, pictures, font, writtenAt }: PdfTask): Readable {
  const document = new PDFDocument({
    size: 'A4',
    margins: { top: margin, left: margin, right: margin, bottom: margin + footerHeight },
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: content.title, Creator: 'Nightglass', CreationDate: writtenAt },
  });
  document.registerFont('report', Buffer.from(font)).font('report');
  const width = document.page.width - 2 * margin;
  const sheet: Sheet = { document, width, shown: shownWith(font), pictures };
  heading(sheet, content.heading, sizes.title);
  rows(sheet, content.facts);
  words(sheet, content.words);
  for (const each of content.sections) section(sheet, each);
  heading(sheet, content.records.heading, sizes.section);
  words(sheet, content.records.words);
  rows(sheet, content.records.rows);
  footers(sheet, content.title);
  document.end();
  return document as unknown as Readable;
}

function section(sheet: Sheet, section: ReportSection): void {
  const { heading: name, words: said = [], facts, appearances, partsHeading, reviews } = section;
  if (section.goesOn !== true) sheet.document.addPage();
  sheet.document.outline.addItem(sheet.shown(name));
  heading(sheet, name, sizes.section);
  words(sheet, said);
  if (facts.length > 0 || said.length === 0) rows(sheet, facts);
  if (appearances.length > 0) {
    heading(sheet, partsHeading ?? reportHeadings.appearances, sizes.part);
  }
  for (const each of appearances) appearance(sheet, each);
  if (reviews === null) return;
  heading(sheet, reportHeadings.reviews, sizes.part);
  rows(sheet, reviews);
}

function appearance(sheet: Sheet, seen: ReportAppearance): void {
  heading(sheet, seen.heading, sizes.part);
  words(sheet, seen.words);
  if (seen.facts.length > 0) rows(sheet, seen.facts);
  const beside = seen.pictures.filter(({ isWide }) => !isWide);
  for (let at = 0; at < beside.length; at += 3) figures(sheet, beside.slice(at, at + 3), 3);
  for (const wide of seen.pictures.filter(({ isWide }) => isWide)) figures(sheet, [wide], 1);
  if (seen.clip !== null) rows(sheet, [{ label: reportHeadings.clip, value: seen.clip }]);
}

function heading({ document, shown, width }: Sheet, text: string, size: number): void {
  document.fontSize(size);
  // Never the last line of a page.
  room(document, document.heightOfString(shown(text), { width }) + 60);
  document.moveDown(0.5).text(shown(text), margin, document.y, { width });
  document.moveDown(0.3);
}

function words({ document, shown, width }: Sheet, all: readonly ReportWords[]): void {
  document.fontSize(sizes.text);
  for (const { language, sentences } of all) {
    document.text(shown(sentences.join(language === 'zh' ? '' : ' ')), margin, document.y, {
      width,
    });
    document.moveDown(0.4);
  }
}

function rows({ document, shown, width }: Sheet, all: readonly ReportRow[]): void {
  document.fontSize(sizes.text);
  const valueWidth = width - labelWidth - gap;
  if (all.length === 0) document.text('–', margin, document.y, { width });
  for (const { isLined, label, value } of all) {
    const lines = isLined === true ? value.split('\n') : [value];
    const [left, right] = [shown(label), lines.map(shown).join('\n')];
    const height = Math.max(
      document.heightOfString(left, { width: labelWidth }),
      document.heightOfString(right, { width: valueWidth }),
    );
    room(document, height);
    const top = document.y;
    document.fillColor('#555').text(left, margin, top, { width: labelWidth });
    document.fillColor('black').text(right, margin + labelWidth + gap, top, { width: valueWidth });
    document.y = Math.max(top + height, document.y) + 2;
  }
  document.moveDown(0.4);
}

/** Pictures side by side with their captions; one that cannot be shown is named all the same. */
function figures(sheet: Sheet, pictures: readonly ReportPicture[], columns: number): void {
  const { document, shown, width } = sheet;
  const column = (width - gap * (columns - 1)) / columns;
  const most = columns === 1 ? heights.wide : heights.beside;
  document.fontSize(sizes.small);
  const captionHeight = Math.max(
    ...pictures.map(({ caption, path }) =>
      document.heightOfString(shown(`${caption} (${path})`), { width: column }),
    ),
  );
  room(document, most + captionHeight + gap);
  const top = document.y;
  for (const [at, { path, caption, isEnhanced }] of pictures.entries()) {
    const left = margin + at * (column + gap);
    picture(sheet, path, [left, top, column, most]);
    if (isEnhanced) document.lineWidth(1.5).rect(left - 3, top - 3, column + 6, most + 6);
    if (isEnhanced) document.stroke(enhancedColour);
    document
      .fillColor(isEnhanced ? enhancedColour : 'black')
      .text(shown(`${caption} (${path})`), left, top + most + 5, { width: column });
    document.fillColor('black');
  }
  document.y = top + most + captionHeight + gap;
}

function picture(
  { document, pictures, shown }: Sheet,
  path: string,
  [left, top, width, height]: readonly [number, number, number, number],
): void {
  const bytes = pictures.get(path);
  try {
    if (bytes !== undefined) {
      document.image(Buffer.from(bytes), left, top, { fit: [width, height] });
      return;
    }
  } catch {
    // What is no picture that a PDF may hold is in the archive all the same.
  }
  document.fillColor('#555').text(shown('In the archive · 见档案'), left, top, { width });
}

function footers({ document, width, shown }: Sheet, title: string): void {
  const { count } = document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(page);
    // Below the text: with the usual margin it would begin a new page.
    document.page.margins.bottom = 0;
    document.fontSize(sizes.small).fillColor('#555');
    const text = shown(`${title} · ${page + 1} / ${count}`);
    const top = document.page.height - margin - 10;
    document.text(text, margin, top, { width, align: 'right', lineBreak: false });
  }
}

/** A new page where this does not fit any more. */
function room(document: PDFKit.PDFDocument, height: number): void {
  if (document.y + height > document.page.height - margin - footerHeight) document.addPage();
}
