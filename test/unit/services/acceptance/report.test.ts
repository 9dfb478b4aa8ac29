import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { acceptanceResults } from '../../../../src/domain/acceptance/acceptance-results.ts';
import {
  acceptanceDocument,
  acceptanceSchemaText,
  documentOf,
} from '../../../../src/services/acceptance/report/acceptance-document.ts';
import { reportOfAcceptance } from '../../../../src/services/acceptance/report/report-of-acceptance.ts';
import { htmlReport } from '../../../../src/services/evidence/report/html-report.ts';
import { seenAt, volunteerNamed, walkAt } from '../../../support/acceptance/walks.ts';

const plan = { rate: 0.6, halfWidth: 0.1, fpir: 0.01 };
const people = ['p-1', 'p-2', 'p-3', 'p-4', 'p-5', 'p-6'];
const walks = people.map((personId, at) => walkAt(at + 1, 100 * (at + 1), { personId }));

function found() {
  const results = acceptanceResults({
    ...{ plan, walks, listSize: people.length },
    volunteers: people.map((id, at) => volunteerNamed(id, at + 1, { age: '18-39' })),
    appearances: [
      ...walks
        .slice(1)
        .map(({ personId, startedAt }) => seenAt(startedAt / 1000 + 1, { personId })),
      seenAt(5000),
    ],
    faces: [{ cameraId: 'gate', faces: 1006, source: 'people' }],
  });
  return documentOf(
    {
      ...{ id: 'ab12', name: 'Gate <test>', watchlistId: 'w', plan, startedAt: 0, endsAt: 9e9 },
      ...{ finishedAt: 8e6, results: null, settings: null },
    },
    {
      ...{ results, madeAt: 9e6 },
      settings: {
        ...{ version: '1.2', configHashes: ['c0'], thresholds: [0.31, 0.42], listFpir: 0.01 },
        models: [{ name: 'embed-s', task: 'embed', sha256: 'aa' }],
      },
      records: [
        { at: new Date(0).toISOString(), what: 'acceptance.started', by: 'ann', hash: 'ff' },
      ],
    },
  );
}

describe('the report of an acceptance test', () => {
  it('is a document of its schema that names no volunteer', () => {
    const document = found();
    assert.deepEqual(acceptanceDocument.parse(JSON.parse(JSON.stringify(document))), document);
    assert.deepEqual([document.results.total.found, document.results.total.walks], [5, 6]);
    assert.doesNotMatch(JSON.stringify(document), /p-\d/);
  });

  it('has the schema of the documents', () => {
    const file = new URL('../../../../docs/acceptance.schema.json', import.meta.url);
    assert.equal(readFileSync(file, 'utf8'), acceptanceSchemaText());
  });

  it('says in English and Chinese what was found, and is to be signed', () => {
    const content = reportOfAcceptance(found());
    for (const language of ['en', 'zh'] as const) {
      assert.ok(content.words.some((words) => words.language === language));
      for (const { heading, words = [] } of content.sections) {
        const isSaid = words.length === 0 || words.some((each) => each.language === language);
        assert.ok(isSaid, `${heading}: ${language}`);
      }
    }
    const html = htmlReport(content);
    assert.match(html, /Gate &lt;test&gt;/);
    assert.match(html, /83\.33 % \(35\.88–99\.58 %\): 5 \/ 6/);
    assert.match(html, /0\.10 % \(0\.00–0\.56 %\): 1 \/ 1000/);
    assert.match(html, /age: 18-39/);
    assert.match(html, /undecided: more is to be measured · 未定/);
    assert.match(html, /Signatures · 签名/);
    assert.match(html, /0\.310–0\.420/);
  });
});
