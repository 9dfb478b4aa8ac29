import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from './profile-summary.ts';

/** Time of the event loop's thread by part of the program. */
export interface RoomTime {
  /** A folder of ours, a package, or what V8 tells apart in brackets. */
  readonly room: string;
  /** Milliseconds a second of wall time. */
  readonly milliseconds: number;
}

/** Known by this file of its thread. */
const eventLoopFile = 'streams/rtsp-source.ts';
/** What V8 puts beside functions. */
const besides = new Set(['(garbage collector)', '(program)', '(idle)']);

/**
 * Where the time of the event loop's thread went, by room, the largest first; native
 * functions count for the room that called them.
 * @param seconds at the end of the profile that count: before, the program starts
 */
export async function profileByRoom(folder: string, seconds: number): Promise<RoomTime[]> {
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.cpuprofile')) continue;
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile;
    const urls = profile.nodes.map(({ callFrame }) => callFrame.url);
    if (urls.some((url) => url.endsWith(eventLoopFile))) return byRoom(profile, seconds);
  }
  return [];
}

function byRoom(profile: Profile, seconds: number): RoomTime[] {
  const rooms = roomsOf(profile);
  const from = profile.endTime - seconds * 1e6;
  const times = new Map<string, number>();
  let now = profile.startTime;
  let counted = 0;
  for (const [at, node] of profile.samples.entries()) {
    const time = profile.timeDeltas[at] ?? 0;
    now += time;
    if (now < from) continue;
    counted += time;
    const room = rooms.get(node) ?? '(program)';
    times.set(room, (times.get(room) ?? 0) + time);
  }
  times.delete('(idle)');
  return [...times]
    .map(([room, time]) => ({ room, milliseconds: (time / counted) * 1000 }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function roomsOf(profile: Profile): Map<number, string> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const rooms = new Map<number, string>();
  const root = profile.nodes[0];
  const visit: { id: number; above: string }[] =
    root === undefined ? [] : [{ id: root.id, above: '(program)' }];
  for (let next = visit.pop(); next !== undefined; next = visit.pop()) {
    const node = nodes.get(next.id);
    if (node === undefined) continue;
    const { functionName, url } = node.callFrame;
    const room = besides.has(functionName) ? functionName : (roomOfUrl(url) ?? next.above);
    rooms.set(node.id, room);
    for (const id of node.children ?? []) visit.push({ id, above: room });
  }
  return rooms;
}

/** `src/streams`, `rxjs`, `node`; null for native code, which has no file. */
function roomOfUrl(url: string): string | null {
  if (url === '') return null;
  if (url.startsWith('node:')) return 'node';
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency !== undefined) return dependency;
  const [, room] = /\/(src\/(?:(?:domain|services)\/[^/]+(?=\/)|[^/]+))/.exec(url) ?? [];
  return room ?? '(program)';
}
