import { subjectBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';

/** An alert on the person, by what it brings into a case. */
export interface SubjectAlert {
  readonly id: string;
  /** The alert itself and its sightings. */
  readonly appearances: number;
  /** Clips that are to go with it, by number of the appearance. */
  readonly clips: readonly { readonly appearance: number; readonly bytes: number }[];
}

/** All that is kept of somebody, oldest first. */
export interface SubjectPlan {
  readonly alerts: readonly SubjectAlert[];
  /** Ids of sightings in recorded footage. */
  readonly footage: readonly string[];
  /** Alerts of sites, `SITE.ID`. */
  readonly sites: readonly string[];
}

/** What of an alert is in a part: its clips may take several. */
export interface PartAlert {
  readonly id: string;
  /** False where an earlier part has all of it but these clips. */
  readonly isWhole: boolean;
  readonly clips: readonly number[];
}

export interface SubjectPart {
  readonly alerts: readonly PartAlert[];
  readonly footage: readonly string[];
  readonly sites: readonly string[];
  /** The place behind it, from which the next part goes on. */
  readonly end: string;
}

/**
 * What is kept of somebody in parts, each of which is a case. A part ends at a place that names what
 * it ends with: what comes or goes meanwhile moves no other part.
 * @param after the place that the part before ended with; undefined for all
 * @returns at least one part, which may be empty
 * @throws NightglassError `BAD_REQUEST` for what is no such place
 */
export function subjectParts(plan: SubjectPlan, after?: string): readonly SubjectPart[] {
  const from = after === undefined ? undefined : placeOf(after);
  const parts: OpenPart[] = [];
  let part = new OpenPart();
  const next = (): void => {
    parts.push(part);
    part = new OpenPart();
  };
  for (const alert of plan.alerts) {
    const rest = restOf(alert, from);
    if (rest === undefined) continue;
    if (!part.takesAlert(alert)) next();
    part.addAlert(alert, rest.isWhole);
    for (const clip of rest.clips) {
      if (!part.takesClip(clip.bytes)) {
        next();
        part.addAlert(alert, false);
      }
      part.addClip(alert.id, clip);
    }
  }
  for (const id of plan.footage) {
    if (from?.kind === 'site' || (from?.kind === 'footage' && id <= from.id)) continue;
    if (!part.takesFootage()) next();
    part.addFootage(id);
  }
  for (const key of plan.sites) {
    if (from?.kind === 'site' && key <= from.id) continue;
    if (!part.takesSite()) next();
    part.addSite(key);
  }
  if (!part.isEmpty || parts.length === 0) next();
  return parts.map((each) => each.part(after ?? ''));
}

class OpenPart {
  readonly #alerts: { id: string; isWhole: boolean; clips: number[] }[] = [];
  readonly #footage: string[] = [];
  readonly #sites: string[] = [];
  #appearances = 0;
  #clips = 0;
  #clipBytes = 0;
  #end: string | undefined;

  get isEmpty(): boolean {
    return this.#alerts.length + this.#footage.length + this.#sites.length === 0;
  }

  takesAlert({ appearances }: SubjectAlert): boolean {
    const { alerts, appearances: most } = subjectBounds;
    return (
      this.#alerts.length === 0 ||
      (this.#alerts.length < alerts && this.#appearances + appearances <= most)
    );
  }

  addAlert({ id, appearances, clips }: SubjectAlert, isWhole: boolean): void {
    this.#alerts.push({ id, isWhole, clips: [] });
    this.#appearances += isWhole ? appearances : 0;
    // What has clips is done once the last of them is in a part.
    this.#end = clips.length === 0 ? `alert:${id}` : `alert:${id}:none`;
  }

  takesClip(bytes: number): boolean {
    const { clips, clipBytes } = subjectBounds;
    return this.#clips === 0 || (this.#clips < clips && this.#clipBytes + bytes <= clipBytes);
  }

  addClip(id: string, { appearance, bytes }: SubjectAlert['clips'][number]): void {
    this.#alerts.at(-1)?.clips.push(appearance);
    this.#clips += 1;
    this.#clipBytes += bytes;
    this.#end = `alert:${id}:${appearance}`;
  }

  takesFootage(): boolean {
    return this.#footage.length < subjectBounds.footage;
  }

  addFootage(id: string): void {
    this.#footage.push(id);
    this.#end = `footage:${id}`;
  }

  takesSite(): boolean {
    return this.#sites.length < subjectBounds.sites;
  }

  addSite(key: string): void {
    this.#sites.push(key);
    this.#end = `site:${key}`;
  }

  part(otherwise: string): SubjectPart {
    const end = this.#end ?? otherwise;
    return { alerts: this.#alerts, footage: this.#footage, sites: this.#sites, end };
  }
}

interface Place {
  readonly kind: 'alert' | 'footage' | 'site';
  readonly id: string;
  /** Clips up to this one are in an earlier part, -1: none; null: the alert has none. */
  readonly appearance: number | null;
}

function placeOf(text: string): Place {
  const [, key] = /^site:([\w-]{1,63}\.[\w.-]{1,64})$/.exec(text) ?? [];
  if (key !== undefined) return { kind: 'site', id: key, appearance: null };
  const [, kind, id = '', appearance] =
    /^(alert|footage):([\w-]{1,64})(?::(\d{1,3}|none))?$/.exec(text) ?? [];
  if (kind === 'alert' || (kind === 'footage' && appearance === undefined)) {
    const clip = appearance === 'none' ? -1 : Number(appearance);
    return { kind, id, appearance: appearance === undefined ? null : clip };
  }
  throw new NightglassError('BAD_REQUEST', `Cannot go on after ${text}: no part ends there`, {
    hint: 'Give the "next" of the part before.',
  });
}

/** What of an alert is behind a place; undefined for nothing. */
function restOf(
  { id, clips }: SubjectAlert,
  from: Place | undefined,
): { readonly isWhole: boolean; readonly clips: SubjectAlert['clips'] } | undefined {
  if (from === undefined || (from.kind === 'alert' && id > from.id)) {
    return { isWhole: true, clips };
  }
  const { appearance } = from;
  if (from.kind !== 'alert' || id < from.id || appearance === null) return undefined;
  const rest = clips.filter((clip) => clip.appearance > appearance);
  return rest.length === 0 ? undefined : { isWhole: false, clips: rest };
}
