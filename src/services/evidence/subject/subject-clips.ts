import { evidenceBounds } from '../../../domain/bounds.ts';
import { appearances, type CaseClip, clipOf, clipPath } from '../case-clips.ts';
import { type HiddenClips, hideInClips } from '../hide-in-clips.ts';
import { isOfAnother, shownBy } from './plan-subject.ts';
import type { SubjectContext } from './subject-context.ts';
import type { MatterAlert } from './subject-matter.ts';

type ClipContext = Pick<SubjectContext, 'confirmed' | 'withheld'> & {
  readonly sources: Pick<SubjectContext['sources'], 'clips'>;
};

/**
 * The clips of a part, with everybody else hidden. What is not in it is noted.
 * @throws NightglassError as {@link hideInClips}
 */
export async function subjectClips(
  alerts: readonly MatterAlert[],
  withClips: boolean,
  context: Pick<SubjectContext, 'confirmed' | 'sources' | 'withheld'>,
): Promise<HiddenClips> {
  const { sources, withheld } = context;
  const clips = clipsToHide(alerts, withClips, context);
  const hold = (bytes: number) => sources.place.hold(bytes);
  const hidden = await hideInClips(clips, { ...sources, hold });
  for (const { path } of hidden.withheld) withheld.add(path, 'undecodable');
  return hidden;
}

/** The clips of a part as they were recorded. What is not in it is noted. */
export function clipsToHide(
  alerts: readonly MatterAlert[],
  withClips: boolean,
  context: ClipContext,
): CaseClip[] {
  if (withClips) return alerts.flatMap((each) => clipsOf(each, context));
  const isSome = alerts.some(({ record }) => recordedOf(record.alert).length > 0);
  if (isSome) context.withheld.add('clips', 'controller');
  return [];
}

function clipsOf(
  { clips: wanted, isWhole, record }: MatterAlert,
  { confirmed, sources, withheld }: ClipContext,
): CaseClip[] {
  const { alert } = record;
  const { id } = alert;
  const recorded = recordedOf(alert);
  if (recorded.length === 0 || withheld.isByHand(`alerts/${id}/clips`)) return [];
  if (shownBy(record, confirmed) === 'nobody') {
    withheld.add(`alerts/${id}/clips`, isOfAnother(record) ? 'another_person' : 'unjudged');
    return [];
  }
  return recorded.flatMap(({ appearance, clip }): CaseClip[] => {
    const path = clipPath({ alertId: id, appearance });
    if (clip.state === 'pending') {
      // Where it is ready by the time of a later part, it is in that one.
      if (isWhole && !withheld.isByHand(path)) withheld.add(path, 'pending');
      return [];
    }
    if (clip.state === 'ready' && clip.bytes > evidenceBounds.blurredClipBytes) {
      if (isWhole) withheld.add(path, 'too_large');
      return [];
    }
    if (withheld.isByHand(path) || !wanted.includes(appearance)) return [];
    const found = clipOf({ alertId: id, appearance }, clip, sources.clips);
    return found === null ? [] : [found];
  });
}

/** Those that there are, or will be. */
const recordedOf = (alert: MatterAlert['record']['alert']) =>
  appearances(alert).filter(({ clip }) => clip.state !== 'none');
