import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fontFolder } from '../../../src/app/package-root.ts';
import { isMachineMade } from '../../../src/domain/machine-made-mark.ts';
import { pdfReport } from '../../../src/services/evidence/report/pdf-report.ts';
import type {
  ReportAppearance,
  ReportContent,
} from '../../../src/services/evidence/report/report-content.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { exportedCase, filesOf } from '../../support/services/exported-case.ts';
import { noPoppler, readPdf } from '../../support/services/poppler.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const seen = (path: string): ReportAppearance => ({
  heading: 'gate',
  words: [{ language: 'en', sentences: ['Match 0.70.'] }],
  facts: [{ label: 'Threshold · 阈值', value: '0.450' }],
  pictures: [{ path, caption: 'As recorded', isEnhanced: false, isWide: false }],
  clip: null,
});

function contentWith(changes: Partial<ReportContent>): ReportContent {
  const records = { heading: 'Audit log', words: [], rows: [] };
  const empty = {
    title: 'Case 1',
    heading: 'Evidence',
    facts: [],
    words: [],
    sections: [],
    records,
  };
  return { ...empty, ...changes };
}

const written = (content: ReportContent, pictures = new Map<string, Uint8Array>()) =>
  pdfReport({ content, pictures, fontFolder, writtenAt: new Date(0) });

describe('the report as PDF', { skip: noPoppler }, () => {
  it('says what the case rests on, in English and Chinese, with the recorded picture beside the enhanced one', async (t) => {
    const { archive, manifest } = await exportedCase(t);
    const files = await filesOf(archive);
    const { text, jpegs, fonts } = readPdf(files.get('report.pdf') ?? assert.fail('no report'));
    const flat = text.replaceAll(/\s+/g, ' ');
    for (const said of [
      ...['asked by police', manifest.caseId, 'Ada <script>alert(1)</script>', alertId(2)],
      ...['Match 0.70; this list reports from 0.45.', 'about 1 of 1,000 searches'],
      ...['匹配度 0.70，此名单从 0.45 起报警', '原图 40 %，增强图 60 %', '导出时间'],
      ...['Nothing was enhanced', 'acknowledge → acknowledged', 'f'.repeat(64)],
      ...['alert.raised', 'alert.sighted', 'alert.viewed'],
    ]) {
      assert.ok(flat.includes(said), `${said} in ${flat}`);
    }
    // Every page says which one it is, and there is none besides.
    const pages = text.split('\f').slice(0, -1);
    for (const [at, page] of pages.entries()) {
      assert.ok(
        page.trim().endsWith(`Case ${manifest.caseId} · ${at + 1} / ${pages.length}`),
        page,
      );
    }
    // The very pictures of the archive, marked where a machine made them.
    const has = (path: string) =>
      jpegs.some((jpeg) => jpeg.equals(files.get(path) ?? assert.fail(path)));
    for (const kind of ['face', 'enhanced', 'frame', 'sighting-1-face', 'sighting-1-enhanced']) {
      assert.ok(has(`alerts/${alertId(1)}/${kind}.jpg`), kind);
    }
    assert.ok(jpegs.some((jpeg) => isMachineMade(jpeg)));
    assert.ok(fonts.length > 0);
    for (const font of fonts) assert.match(font, /NightglassReport +CID TrueType .* yes yes yes /);
    // Every audit record before the export's own, each with its hash.
    const records = String(files.get('audit.jsonl')).trim().split('\n').slice(0, -1);
    assert.equal(records.length, 5);
    for (const line of records) assert.ok(flat.replaceAll(' ', '').includes(JSON.parse(line).hash));
  });

  it('shows names of many scripts, and what it cannot show as its code point', async () => {
    const names = ['王麗娜 婧玥 龘', 'Łukasz Žižek', 'Жанна Ёлкина', 'Ελένη', 'ひらがな'];
    const facts = [...names, 'smile \u{1F600} arabic \u0645', 'a\u0000\u202eb\nc'].map((value) => ({
      label: 'Name',
      value,
    }));
    const { text } = readPdf(await written(contentWith({ facts })));
    for (const name of names) assert.ok(text.includes(name), `${name} in ${text}`);
    assert.ok(text.includes('smile [U+1F600] arabic [U+0645]'), text);
    assert.ok(text.includes('a [U+202E]b c'), text);
  });

  it('takes long texts, many appearances, and names pictures that it does not show', async () => {
    const jpeg = await encodeJpeg({ width: 64, height: 48, data: new Uint8Array(9216) }, 90);
    const appearances = Array.from({ length: 51 }, (_, at) => seen(`face-${at}.jpg`));
    const pictures = new Map<string, Uint8Array>(
      appearances.map((_, at) => [`face-${at}.jpg`, at === 7 ? Uint8Array.of(1, 2, 3) : jpeg]),
    );
    pictures.delete('face-8.jpg');
    const alert = { heading: 'Ada', facts: [], appearances, reviews: [] };
    const reason = { label: 'Reason', value: 'long words '.repeat(1_000) };
    const many = contentWith({ facts: [reason], sections: [alert, alert] });
    const { text, jpegs } = readPdf(await written(many, pictures));
    assert.equal(jpegs.length, 49 * 2);
    for (const at of appearances.keys()) assert.ok(text.includes(`(face-${at}.jpg)`), `${at}`);
    assert.equal(text.match(/In the archive/g)?.length, 4);
    assert.ok(text.includes('…'), 'the reason is cut');
  });
});
