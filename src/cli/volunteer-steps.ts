import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { AcceptanceOptions } from './acceptance-options.ts';
import { commandActor } from './command-actor.ts';
import { enrolPerson } from './enrol-person.ts';
import { exitCodes } from './exit-codes.ts';
import { textTable } from './text-table.ts';
import { withAcceptance } from './with-acceptance.ts';

export interface AddVolunteerOptions extends AcceptanceOptions {
  readonly name: string;
  readonly consent: string;
  readonly consentVersion: string;
  readonly consentGiven?: number;
  readonly consentUntil?: number;
  readonly group?: readonly string[];
  readonly manifest?: string;
}

/** Adds a volunteer and enrols the pictures; without a picture that serves nobody is added. @throws NightglassError */
export async function addVolunteer(
  pictures: readonly string[],
  options: AddVolunteerOptions,
): Promise<void> {
  const { config, consentVersion, data, manifest } = options;
  const text = await consentText(options.consent);
  const groups = Object.fromEntries((options.group ?? []).map(groupOf));
  const added = await withAcceptance(options, ({ tests }) => {
    const test = tests.get(options.test);
    const consent = {
      givenAt: options.consentGiven ?? systemClock.now(),
      textVersion: consentVersion,
      textSha256: createHash('sha256').update(text).digest('hex'),
      expiresAt: options.consentUntil ?? test.endsAt,
    };
    const given = { name: options.name, consent, groups };
    const { number, personId } = tests.addVolunteer(test.id, given, commandActor());
    const name = tests.volunteers(test.id).find((each) => each.number === number)?.name ?? '';
    return { testId: test.id, list: test.watchlistId, number, personId, name };
  });
  const { list, name, number, personId, testId } = added;
  let isEnrolled = false;
  try {
    await enrolPerson(pictures, {
      ...{ list, name, config },
      ...(data === undefined ? {} : { data }),
      ...(manifest === undefined ? {} : { manifest }),
    });
  } finally {
    // Whom the program cannot know would count as missed in every walk.
    isEnrolled = await withAcceptance(options, ({ tests, watchlists }) => {
      const hasPicture = watchlists.templateFacts([personId]).length > 0;
      if (!hasPicture) tests.removeVolunteer(testId, number, commandActor());
      return hasPicture;
    });
  }
  if (isEnrolled) process.stdout.write(`volunteer ${number} of test ${testId}\n`);
  else {
    process.stderr.write('no picture serves: the volunteer was not added\n');
    process.exitCode = exitCodes.failed;
  }
}

/** @throws NightglassError */
export async function listVolunteers(
  options: AcceptanceOptions & { readonly json?: boolean },
): Promise<void> {
  await withAcceptance(options, ({ tests }) => {
    const { id } = tests.get(options.test);
    const walks = Map.groupBy(tests.walks(id), ({ personId }) => personId);
    const volunteers = tests.volunteers(id).map((each) => ({
      ...each,
      walks: walks.get(each.personId) ?? [],
    }));
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify(volunteers)}\n`);
      return;
    }
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    process.stdout.write(
      textTable(
        ['number', 'name', 'pictures', 'walks', 'consent', 'given', 'until', 'groups'],
        volunteers.map(({ consent, groups, name, number, templates, walks: own }) => [
          ...[String(number), name, String(templates), String(own.length)],
          ...[consent.textVersion, day(consent.givenAt), day(consent.expiresAt)],
          Object.entries(groups)
            .map(([asked, said]) => `${asked}=${said}`)
            .join(' '),
        ]),
      ),
    );
  });
}

/** @throws NightglassError `NOT_FOUND` */
export async function removeVolunteer(number: number, options: AcceptanceOptions): Promise<void> {
  await withAcceptance(options, ({ tests }) => {
    tests.removeVolunteer(tests.get(options.test).id, number, commandActor());
    process.stdout.write(`volunteer ${number} is deleted\n`);
  });
}

async function consentText(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new NightglassError('USAGE', `Cannot read the text of the consent ${file}`, { cause });
  }
}

function groupOf(text: string): readonly [asked: string, said: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new NightglassError('USAGE', `Cannot read the group ${JSON.stringify(text)}`, {
    hint: 'Give what was asked and what was said, such as age=18-39.',
  });
}
