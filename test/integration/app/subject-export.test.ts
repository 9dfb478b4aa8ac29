// Over 300 lines: the data of one person, exported in each way, and what must not leave.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { blurDetector, faceBlur } from '../../../src/app/blur-faces.ts';
import { type Box, clipBox, expandBox, shareOf } from '../../../src/domain/geometry/box.ts';
import type { Landmarks } from '../../../src/domain/geometry/landmarks.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { exportSubject } from '../../../src/services/evidence/subject/export-subject.ts';
import { previewSubject } from '../../../src/services/evidence/subject/preview-subject.ts';
import type { SubjectRequest } from '../../../src/services/evidence/subject/subject-sources.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { type Crowd, crowdIn, difference, meeting } from '../../support/services/crowd-footage.ts';
import { archiveOf } from '../../support/services/exported-case.ts';
import { bytesOf, clipOfFootage } from '../../support/services/footage-clip.ts';
import { noPoppler, readPdf } from '../../support/services/poppler.ts';
import {
  assertHidden,
  assertOfSite,
  cropped,
  everythingIn,
  exported,
} from '../../support/services/subject-archive.ts';
import { otherName, ownName, subjectFolder } from '../../support/services/subject-folder.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();

describe('all that is kept of one person, as a case', { timeout: 900_000 }, () => {
  let inference: Inference;
  let lobby: EncodedSource;
  let crowd: Crowd;

  before(async () => {
    inference = await createInference({ manifestPath: testManifest, workers: 1 });
    const { cameras } = await demoFootage();
    lobby = cameras.find(({ name }) => name === 'lobby')?.source ?? assert.fail('no lobby');
    crowd = await crowdIn(lobby, inference);
  });
  after(() => inference?.close());

  /** Two people who are seen in one picture, and in one clip. */
  async function folder(t: TestContext) {
    const { faces, image, jpeg } = crowd;
    const [one, two] = faces;
    if (one === undefined || two === undefined) throw new Error('nobody meets');
    const cut = (box: Box) =>
      codec.encodeJpeg(cropped(image, clipBox(expandBox(box, 1.6), image)), 92);
    const cuts = [await cut(one), await cut(two)] as const;
    const { width, height } = await codec.decode(cuts[0]);
    const at = (x: number, y: number) => ({ x: width * x, y: height * y });
    const landmarks: Landmarks = [
      ...[at(0.4, 0.42), at(0.6, 0.42), at(0.5, 0.52), at(0.43, 0.64), at(0.57, 0.64)],
    ] as unknown as Landmarks;
    const made = subjectFolder(
      t,
      {
        ...{ frame: jpeg, faces: cuts, enrolled: cuts, landmarks },
        places: [shareOf(one, image), shareOf(two, image)],
      },
      faceBlur(inference.detector(blurDetector), codec),
    );
    return { ...made, cuts };
  }

  it('holds it, and nothing of the one who is seen beside them', async (t) => {
    const made = await folder(t);
    const { clips, alerts, other, otherTemplate, own, ownTemplate, sources, request, cuts } = made;
    const { from, seen } = await meeting(lobby, inference);
    const clip = await clipOfFootage(lobby, { from, count: 30, seen });
    for (const n of [1, 2, 3]) {
      const place = { alertId: alertId(n), appearance: 0 };
      const kept = await inTurns(clips.keep(place, clip));
      if (typeof kept === 'string') assert.fail(kept);
      assert.ok(alerts.setClip(place, kept));
    }
    const { archive, document, files } = await exported(request, sources);

    const [person = assert.fail('no person')] = document.people;
    assert.deepEqual(
      [person.name, person.id, person.list.legalBasis],
      [ownName, own.id, 'Act, section 1'],
    );
    assert.deepEqual([document.people.length, person.templates[0]?.numbers?.length], [1, 32]);
    assert.equal(person.templates[0]?.id, ownTemplate.id);
    assert.deepEqual(
      document.alerts.map(({ id, shownBy, trials }) => [id, shownBy, trials]),
      [
        [alertId(1), 'verdict', [{ model: 'recogniser@2', score: 0.41, reported: true }]],
        [alertId(3), 'nobody', []],
        [alertId(4), 'nobody', []],
      ],
    );
    assert.deepEqual(document.alerts[0]?.appearances[0]?.scores?.fused, 0.7);
    assert.deepEqual(document.alerts[0]?.outcomes[0]?.note, 'by passport');
    assert.deepEqual(document.totals, { people: 1, alerts: 3, sightings: 0, siteAlerts: 1 });
    assertOfSite(document);
    assert.ok(document.records.some(({ what }) => what === 'person.enrolled'));

    // The other one is nowhere: neither by name or id, nor by template or picture.
    const whole = everythingIn(files);
    const numbers = [...otherTemplate.embedding].slice(0, 2).map(String);
    const traces = [
      otherName,
      other.id,
      otherTemplate.id,
      alertId(2),
      'a note on the other',
      ...numbers,
    ];
    for (const trace of traces) assert.ok(!whole.includes(trace.toLowerCase()), trace);
    const raw = Buffer.from(otherTemplate.embedding.buffer);
    for (const bytes of files.values()) assert.equal(bytes.indexOf(raw), -1, 'its template');
    if (noPoppler === false) {
      const { text } = readPdf(files.get('report.pdf') ?? assert.fail('no report'));
      assert.ok(text.includes(ownName) && text.includes(alertId(1)), 'the own name');
      assert.ok(!text.toLowerCase().includes(otherName.toLowerCase()), 'the other name');
      assert.ok(!/\b(ann|bob)\b/i.test(text), 'names of staff');
    } else t.diagnostic(noPoppler);
    assert.ok(whole.includes(String(ownTemplate.embedding[0])), 'the own template is there');
    const pictures = [...files].filter(([path]) => path.endsWith('.jpg'));
    for (const [path, bytes] of pictures) {
      assert.notDeepEqual(new Uint8Array(bytes), cuts[1], path);
      assert.notDeepEqual(new Uint8Array(bytes), crowd.jpeg, path);
    }
    const [ownFace, ...others] = crowd.faces;
    const frame = await codec.decode(files.get(`alerts/${alertId(1)}/frame.jpg`) ?? assert.fail());
    assert.ok(difference(crowd.image, frame, ownFace as Box) < 4);
    for (const face of others) assert.ok(difference(crowd.image, frame, face) > 6);
    await assertHidden(files.get(`alerts/${alertId(1)}/clip.mp4`), bytesOf(clip), seen);
    const ofOthers = [...files.keys()].filter((path) =>
      /alerts\/\S*[034]\/(?!enrolled)/.test(path),
    );
    assert.deepEqual(
      ofOthers.filter((path) => !path.includes(alertId(1))),
      [],
      'no pictures of alerts of which nobody said that they show the person',
    );

    writeFileSync(made.file, archive);
    const verdict = await verifyCase(made.file);
    assert.ok(verdict.ok, JSON.stringify(verdict));
  });

  it('says all that was left out, and has numbers for staff', async (t) => {
    const { clips, alerts, request, sources } = await folder(t);
    const { from, seen } = await meeting(lobby, inference);
    const clip = await clipOfFootage(lobby, { from, count: 30, seen });
    const place = { alertId: alertId(3), appearance: 0 };
    const kept = await inTurns(clips.keep(place, clip));
    if (typeof kept === 'string') assert.fail(kept);
    assert.ok(alerts.setClip(place, kept));
    const { document, files } = await exported(request, sources);
    // Everything that was left out is said.
    const why = new Map(document.withheld.map(({ reason, what }) => [what, reason]));
    assert.equal(why.get(`alerts/${alertId(3)}/pictures`), 'another_person');
    assert.equal(why.get(`alerts/${alertId(3)}/clips`), 'another_person');
    assert.equal(why.get(`alerts/${alertId(4)}/pictures`), 'unjudged');
    assert.equal(why.get(`alerts/${alertId(1)}/clip.mp4`), 'pending');
    assert.equal(why.get(`alerts/${alertId(1)}/reviews/2`), 'names_another');
    const preview = await previewSubject(request, sources);
    for (const { what, reason } of preview.withheld) assert.equal(why.get(what), reason, what);
    assert.ok(preview.withheld.length >= 5, 'it is known before it is made');
    const held = [...files.keys()].filter((path) => /^alerts\/.*\.jpg$/.test(path));
    assert.equal(
      preview.alerts.reduce((sum, { pictures }) => sum + pictures, 0),
      held.length,
    );
    assert.equal(document.alerts[0]?.reviews[1]?.reason, null);
    assert.ok(
      [...why].some(
        ([what, reason]) => what.includes('/lookAlikes/') && reason === 'another_person',
      ),
    );

    // Staff have numbers, also in what they wrote.
    assert.equal(document.alerts[0]?.notes[0]?.text, 'reviewer 1 spoke to reviewer 2 about it');
    // In bytes of pictures three letters stand by chance.
    const texts = new Map([...files].filter(([path]) => !/\.(jpg|mp4|pdf)$/.test(path)));
    assert.ok(!/\b(ann|bob)\b/.test(everythingIn(texts)), 'names of staff');
  });

  it('is found out wherever a byte of it is changed', async (t) => {
    const { file, request, sources } = await folder(t);
    const { files } = await exported(request, sources);
    assert.ok(files.size > 9, [...files.keys()].join());
    for (const [path, bytes] of files) {
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        writeFileSync(file, await archiveOf(new Map(files).set(path, flipped)));
        assert.equal((await verifyCase(file)).ok, false, `${path} at ${at}`);
      }
    }
  });

  it('has the pictures of an alert that somebody says shows the person', async (t) => {
    const { audit, request, sources, own } = await folder(t);
    const { document, files } = await exported(
      {
        ...request,
        confirmed: [alertId(4)],
        withhold: [{ what: `people/${own.id}/note`, why: 'a source is named' }],
      },
      sources,
    );
    assert.ok(files.has(`alerts/${alertId(4)}/frame.jpg`));
    assert.equal(document.alerts.find(({ id }) => id === alertId(4))?.shownBy, 'confirmed');
    assert.equal(document.people[0]?.note, null);
    assert.deepEqual(
      document.withheld.find(({ reason }) => reason === 'controller'),
      { what: `people/${own.id}/note`, reason: 'controller', why: 'a source is named' },
    );
    assert.ok(files.get('report.html')?.includes('a source is named'));
    const [record] = audit.list({ what: 'subject.exported' });
    const detail = record?.detail as { people: string[]; reason: string; withheld: object };
    assert.deepEqual([detail.people, detail.reason], [[own.id], 'request 12 of 2030']);
    assert.ok(
      !JSON.stringify(detail).includes('a source is named'),
      'its words are not in the log',
    );
  });

  it('of somebody who is on no list holds the alerts that show them, not whom these are on', async (t) => {
    const { request, sources, own, ownTemplate, cuts } = await folder(t);
    // The other one asks: alert 3, on the first, shows them.
    const asked: SubjectRequest = { ...request, people: [], confirmed: [alertId(3)] };
    const { document, files } = await exported(asked, sources);
    const [alert = assert.fail('no alert')] = document.alerts;
    assert.deepEqual(
      [document.alerts.length, alert.ownEnrolment, alert.shownBy],
      [1, false, 'confirmed'],
    );
    assert.equal(alert.reviews[1]?.reason, null, 'what was written is about somebody else');
    const whole = everythingIn(files);
    for (const trace of [ownName, own.id, ownTemplate.id, String(ownTemplate.embedding[0])]) {
      assert.ok(!whole.includes(trace.toLowerCase()), trace);
    }
    assert.ok(files.has(`alerts/${alertId(3)}/face.jpg`));
    assert.ok(!files.has(`alerts/${alertId(3)}/enrolled.jpg`));
    for (const bytes of files.values()) assert.notDeepEqual(new Uint8Array(bytes), cuts[0]);
    const [, second] = crowd.faces;
    const frame = await codec.decode(files.get(`alerts/${alertId(3)}/frame.jpg`) ?? assert.fail());
    assert.ok(difference(crowd.image, frame, second as Box) < 4);
    assert.ok(difference(crowd.image, frame, crowd.faces[0] as Box) > 6);
  });

  it('of nobody is an answer, too', async (t) => {
    const { file, request, sources, own } = await folder(t);
    const search: NonNullable<SubjectRequest['search']> = {
      ...{ at: new Date(0).toISOString(), pictureKept: false as const, faces: 1, notSearched: [] },
      lists: [{ name: 'Missing people', people: 2, threshold: 0.45, candidates: 2, matches: 0 }],
      ...{ alertsLookedAt: 4, sightingsLookedAt: 0 },
    };
    const asked = { ...request, people: [], search };
    const { archive, document, files } = await exported(asked, sources);
    assert.equal(document.answer, 'nothing');
    const report = files.get('report.html')?.toString() ?? '';
    assert.ok(report.includes('Nothing was found') && report.includes('0.450'));
    assert.ok(!everythingIn(files).includes(own.id));
    writeFileSync(file, archive);
    assert.ok((await verifyCase(file)).ok);
    await assert.rejects(exportSubject({ ...request, people: [] }, sources), /nobody is named/);
  });

  it('says what it would hold, and refuses who may not see all of it', async (t) => {
    const { alerts, request, sources, watchlists, own } = await folder(t);
    const preview = await previewSubject(request, sources);
    assert.deepEqual(
      preview.alerts.map(({ id, isOfAnother, shownBy }) => [id, shownBy, isOfAnother]),
      [
        [alertId(1), 'verdict', false],
        [alertId(3), 'nobody', true],
        [alertId(4), 'nobody', false],
      ],
    );
    assert.ok(preview.texts.some(({ what }) => what === `alerts/${alertId(1)}/notes/1`));
    for (const less of [
      { alert: ({ id }: { id: string }) => id !== alertId(4) },
      { site: (site: string) => site !== 'harbour' },
    ]) {
      const may = { ...request.may, ...less };
      await assert.rejects(exportSubject({ ...request, may }, sources), { code: 'FORBIDDEN' });
    }
    for (const what of [`alerts/${alertId(2)}`, `alerts/${alertId(1)}/notes/9`, 'people']) {
      const withhold = [{ what, why: 'a reason' }];
      await assert.rejects(
        exportSubject({ ...request, withhold }, sources),
        { code: 'BAD_REQUEST' },
        what,
      );
    }
    // Alerts outlive an enrolment.
    watchlists.deletePerson(own.id, { name: 'ann' });
    const { document } = await exported(request, sources);
    assert.deepEqual([document.people.length, document.alerts.length], [0, 3]);
    assert.equal(alerts.find(alertId(1))?.alert.personName, '');
    await assert.rejects(exportSubject({ ...request, people: ['nobody'] }, sources), {
      code: 'NOT_FOUND',
    });
  });
});
