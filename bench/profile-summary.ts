import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from './ending.ts';

/** Time of a function of a thread, callees apart. */
export interface FunctionTime {
  readonly thread: string;
  /** Share of the wall time that the thread was not idle. */
  readonly busy: number;
  /** With the file that it is in. */
  readonly name: string;
  /** Of the thread's time that was not idle. */
  readonly share: number;
}

/** What V8 writes, as far as it is used. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
  readonly endTime: number;
}

/** Functions named a thread. */
const named = 8;
/** Threads known by a file of theirs, first match first. */
const threads: readonly [file: string, name: string][] = [
  ['streams/rtsp-source.ts', 'event loop'],
  ['worker/detect-faces.ts', 'detection'],
  ['worker/embed-faces.ts', 'faces'],
];

/** Gives a folder for profiles that is gone afterwards. */
export async function withProfiles<T>(
  parent: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, 'profile-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    return await use(folder);
  } finally {
    forget();
    await remove();
  }
}

/**
 * The functions that took most time, by thread, of all `.cpuprofile` files in a folder.
 * @param seconds at the end of the profile that count: before, the program starts
 */
export async function summariseProfiles(folder: string, seconds: number): Promise<FunctionTime[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort();
  const found: FunctionTime[] = [];
  for (const file of files) {
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile;
    found.push(...summarise(profile, seconds));
  }
  return found;
}

function summarise(profile: Profile, seconds: number): FunctionTime[] {
  const from = profile.endTime - seconds * 1e6;
  const nameOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOfFrame(callFrame)]));
  const times = new Map<string, number>();
  let all = 0;
  let now = profile.startTime;
  for (const [at, node] of profile.samples.entries()) {
    const time = profile.timeDeltas[at] ?? 0;
    now += time;
    if (now < from) continue;
    const name = nameOf.get(node) ?? '';
    times.set(name, (times.get(name) ?? 0) + time);
    all += time;
  }
  // A thread that is long gone has nothing to say.
  if (all === 0) return [];
  const idle = times.get('(idle)') ?? 0;
  times.delete('(idle)');
  const files = profile.nodes.map(({ callFrame }) => callFrame.url);
  const known = threads.map(([file, name]) => ({
    name,
    weight: files.filter((url) => url.endsWith(file)).length,
  }));
  const thread = known.toSorted((a, b) => b.weight - a.weight)[0];
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, named)
    .map(([name, time]) => ({
      thread: thread === undefined || thread.weight === 0 ? 'other' : thread.name,
      busy: (all - idle) / all,
      name,
      share: time / (all - idle),
    }));
}

function nameOfFrame({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']) {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  return `${name} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}
