import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MatchedTemplate } from '../../src/domain/match.ts';
import { openCuts } from '../../tools/replay/cut-footage.ts';
import { type Clip, clips } from '../support/corpus/clips.ts';
import { type FootageAnalysis, openFootageAnalysis } from '../support/corpus/footage-analysis.ts';
import { protocolPictures } from '../support/corpus/protocol-people.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

/** Of each of the five clips, so that all of them make an hour. */
const secondsOfEach = 720;
/** By which each loop begins later than the one before: other frames are analysed. */
const shift = 2.61;
/** People enrolled at least: a picture that holds several faces is refused. */
const leastPeople = 250;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** What came of the footage of one clip. */
class Findings {
  tracks = 0;
  templates = 0;
  highest = Number.NEGATIVE_INFINITY;
  threshold = Number.NaN;

  matched({ matches }: Pick<MatchedTemplate, 'matches'>): void {
    this.templates += 1;
    for (const { scores, threshold } of matches) {
      this.highest = Math.max(this.highest, scores.fused);
      this.threshold = threshold;
    }
  }

  toString(): string {
    const scores = `highest score ${this.highest.toFixed(3)}, threshold ${this.threshold.toFixed(3)}`;
    return `${this.tracks} tracks, ${this.templates} templates searched, ${scores}`;
  }
}

describe('an hour of strangers', { skip: sharedMissing, timeout: 1_800_000 }, () => {
  let analysis: FootageAnalysis;
  let strangers: string;

  before(async () => {
    analysis = await openFootageAnalysis();
    strangers = analysis.addList('Nobody of the clips');
    const { gallery } = await protocolPictures();
    let enrolled = 0;
    for (const [index, picture] of gallery.entries()) {
      const image = { name: picture.identity, bytes: await picture.read() };
      const { outcomes } = await analysis.enrol(strangers, picture.identity, [image]);
      enrolled += outcomes.filter(({ status }) => status === 'enrolled').length;
      if (index % 50 === 49) say(`enrolled ${enrolled} of ${index + 1}`);
    }
    assert.ok(enrolled >= leastPeople, `${enrolled} of ${gallery.length} people enrolled`);
  });
  after(() => analysis?.[Symbol.asyncDispose]());

  async function loop({ name, path, seconds }: Clip): Promise<Findings> {
    const findings = new Findings();
    const loops = Math.ceil(secondsOfEach / seconds);
    for (let index = 0; index < loops; index += 1) {
      const from = (index * shift) % seconds;
      const cuts = [
        { path, from },
        { path, to: from },
      ];
      await analysis.run(name, (options) => openCuts({ ...options, cuts }), {
        left: {
          pool(event) {
            if (event.kind === 'ended') findings.tracks += 1;
          },
          match(event) {
            if (event.kind === 'matched') findings.matched(event);
          },
        },
      });
      say(`${name}, loop ${index + 1} of ${loops}: ${findings}`);
    }
    return findings;
  }

  for (const clip of Object.values(clips)) {
    it(`nobody of "${clip.name}" is taken for one of them`, async (t) => {
      const findings = await loop(clip);
      t.diagnostic(`${clip.name}: ${findings}`);
      assert.ok(findings.templates > 0, 'nobody was searched');
      const alerts = analysis.alerts.list({ cameras: [clip.name], watchlists: '*', limit: 10 });
      assert.deepEqual(
        alerts.map(({ personName, scores }) => [personName, scores.fused]),
        [],
      );
    });
  }
});
