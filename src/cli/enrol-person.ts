import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type { Watchlist } from '../domain/watchlist.ts';
import { enrol } from '../services/enrolment/enrol.ts';
import type { FaceChoice } from '../services/enrolment/grade-image.ts';
import type { ImageOutcome } from '../services/enrolment/image-outcome.ts';
import { poorViewMaker } from '../services/faces/poor-view.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { commandActor } from './command-actor.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { openFaceTools } from './face-tools.ts';
import { openStoreOf } from './open-store-of.ts';
import { readPicture } from './read-picture.ts';
import { storeKeysOf } from './store-keys.ts';

export interface EnrolOptions extends DataFolderOptions {
  readonly list: string;
  readonly name: string;
  readonly note?: string;
  readonly manifest?: string;
  readonly json?: boolean;
  readonly face?: number;
}

/** Enrols the pictures and reports on each. @throws NightglassError */
export async function enrolPerson(paths: readonly string[], options: EnrolOptions): Promise<void> {
  const files = (await Promise.all(paths.map(picturesOf))).flat();
  const { face } = options;
  if (face !== undefined && files.length !== 1) {
    throw new NightglassError('USAGE', 'Cannot enrol: --face goes with one picture alone');
  }
  const now = () => systemClock.now();
  await using resources = new AsyncDisposableStack();
  const store = openStoreOf(options, storeKeysOf(options));
  resources.defer(() => store.close());
  const audit = new AuditLog({ store, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const by = commandActor();
  const list = listOf(watchlists, options.list);
  const tools = resources.use(await openFaceTools(options));
  const calibration = () => tools.inference.calibration;
  const gallery = resources.use(new WatchlistGallery({ source: watchlists, now, calibration }));
  const existing = watchlists.people(list.id).find(({ name }) => name === options.name);
  const person =
    existing ??
    watchlists.addPerson(
      list.id,
      { name: options.name, ...(options.note === undefined ? {} : { note: options.note }) },
      by,
    );

  const outcomes: ImageOutcome[] = [];
  for (const [index, file] of files.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r${index + 1}/${files.length} ${file}\x1b[K`);
    outcomes.push(await enrolFile(file));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

  // A person without any picture could never match and would only look enrolled.
  const empty = watchlists.templates(person.id).length === 0;
  if (empty && existing === undefined) watchlists.deletePerson(person.id, by);
  const refused = report(outcomes, { personId: empty ? null : person.id, list, options });
  if (empty || refused > 0) process.exitCode = exitCodes.failed;

  async function enrolFile(file: string): Promise<ImageOutcome> {
    try {
      const image = {
        name: basename(file),
        bytes: await readPicture(file),
        ...(face === undefined ? {} : { face }),
      };
      const result = await enrol(
        {
          store: watchlists,
          codec: createImageCodec(),
          finder: tools,
          embedder: tools.embedder,
          calibration,
          poorViews: poorViewMaker(tools.inference.poorView, tools),
          candidates: (probe, id, limit) => gallery.candidates(probe, id, limit),
        },
        person.id,
        [image],
        by,
      );
      const [outcome] = result.images;
      if (outcome === undefined) throw new TypeError('Enrolment gave no outcome');
      return outcome;
    } catch (error) {
      if (!isNightglassError(error)) throw error;
      const { code, message } = error;
      return {
        name: file,
        status: 'refused',
        code,
        message,
        quality: null,
        choices: [],
        reasons: [],
        components: [],
      };
    }
  }
}

/** @throws NightglassError `NOT_FOUND` */
function listOf(watchlists: WatchlistStore, named: string): Watchlist {
  const list = watchlists.find(named) ?? watchlists.findByName(named);
  if (list !== undefined) return list;
  const known = watchlists.list().map(({ id }) => id);
  throw new NightglassError('NOT_FOUND', `Cannot enrol: there is no watchlist ${named}`, {
    hint: `Known: ${known.join(', ') || 'none; a list of the configuration is made at the first "nightglass run"'}.`,
  });
}

/** Writes what became of each picture. @returns how many were refused */
function report(
  outcomes: readonly ImageOutcome[],
  of: {
    readonly personId: string | null;
    readonly list: Watchlist;
    readonly options: EnrolOptions;
  },
): number {
  const { personId, list, options } = of;
  const enrolled = outcomes.filter(({ status }) => status === 'enrolled').length;
  const refused = outcomes.filter(({ status }) => status === 'refused').length;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ personId, enrolled, refused, images: outcomes })}\n`);
    return refused;
  }
  for (const outcome of outcomes) process.stdout.write(`${describe(outcome)}\n`);
  process.stdout.write(
    `${options.name} on ${list.name}: ${enrolled} enrolled, ${refused} refused\n`,
  );
  return refused;
}

async function picturesOf(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory() !== true) return [path];
  const names = (await readdir(path)).filter((name) => /\.(jpe?g|png|webp|bmp)$/i.test(name));
  if (names.length === 0)
    throw new NightglassError('USAGE', `Cannot enrol from ${path}: no pictures in it`);
  return names.sort().map((name) => join(path, name));
}

function describe(outcome: ImageOutcome): string {
  if (outcome.status === 'refused') {
    const { name, message, code, choices } = outcome;
    const faces = code === 'SEVERAL_FACES' ? choices.map(choiceText) : [];
    return [`${name}: refused, ${message} (${code})`, ...faces].join('\n');
  }
  if (outcome.status === 'known') return `${outcome.name}: known already`;
  const warnings = outcome.warnings.map(({ kind }) => kind).join(', ');
  const turned = outcome.turned === 0 ? '' : `, turned: ${outcome.turned}`;
  return `${outcome.name}: enrolled, quality ${outcome.quality.toFixed(0)}${turned}${warnings === '' ? '' : `; look again: ${warnings}`}`;
}

function choiceText({ number, box, quality, ok }: FaceChoice): string {
  const { x, y, width, height } = box;
  const [left, top, wide, high] = [x, y, width, height].map(Math.round);
  const poor = ok ? '' : ', not good enough';
  return `  --face ${number}: ${wide}x${high} pixels at ${left},${top}, quality ${Math.round(quality)}${poor}`;
}
