import { evidenceBounds } from '../../../domain/bounds.ts';
import { appearances, type CaseClip, clipOf, clipPath } from '../case-clips.ts';
import { type HiddenClips, hideInClips } from '../hide-in-clips.ts';
import { isOfAnother, shownBy } from './plan-subject.ts';
import type { SubjectContext } from './subject-context.ts';
import type { MatterAlert } from './subject-matter.ts';

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
  if (!withClips) {
    const isSome = alerts.some(({ record }) => readyOf(record.alert).length > 0);
    if (isSome) withheld.add('clips', 'controller');
    return { entries: [], withheld: [] };
  }
  const clips = alerts.flatMap((each) => clipsOf(each, context));
  const hold = (bytes: number) => sources.place.hold(bytes);
  const hidden = await hideInClips(clips, { ...sources, hold });
  for (const { path } of hidden.withheld) withheld.add(path, 'undecodable');
  return hidden;
}

function clipsOf(
  { clips: wanted, isWhole, record }: MatterAlert,
  { confirmed, sources, withheld }: Pick<SubjectContext, 'confirmed' | 'sources' | 'withheld'>,
): CaseClip[] {
  const { alert } = record;
  const { id } = alert;
  const ready = readyOf(alert);
  if (ready.length === 0 || withheld.isByHand(`alerts/${id}/clips`)) return [];
  if (shownBy(record, confirmed) === 'nobody') {
    withheld.add(`alerts/${id}/clips`, isOfAnother(record) ? 'another_person' : 'unjudged');
    return [];
  }
  return ready.flatMap(({ appearance, clip }): CaseClip[] => {
    const path = clipPath({ alertId: id, appearance });
    if (clip.state === 'ready' && clip.bytes > evidenceBounds.blurredClipBytes) {
      if (isWhole) withheld.add(path, 'too_large');
      return [];
    }
    if (!wanted.includes(appearance) || withheld.isByHand(path)) return [];
    const found = clipOf({ alertId: id, appearance }, clip, sources.clips);
    return found === null ? [] : [found];
  });
}

const readyOf = (alert: MatterAlert['record']['alert']) =>
  appearances(alert).filter(({ clip }) => clip.state === 'ready');
