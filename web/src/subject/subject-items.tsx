import type { ComponentChildren } from 'preact';
import type { SubjectPreview } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { href } from '../page/route.ts';
import { clockText } from '../widgets/clock-text.ts';
import { useCameraNames } from '../widgets/use-camera-name.ts';
import type { SubjectDraft, Withheld } from './subject-draft.ts';
import { Withhold, type WithholdPart } from './withhold.tsx';

export interface SubjectItemsProps {
  readonly preview: SubjectPreview;
  readonly draft: SubjectDraft;
  readonly onChange: (changes: Partial<SubjectDraft>) => void;
  readonly tried: boolean;
  readonly disabled: boolean;
}

/** Each enrolment, alert and sighting of a part, with what people wrote. */
export function SubjectItems(props: SubjectItemsProps) {
  const { alerts, people, sightings } = props.preview;
  return (
    <ul class="subject-items">
      {people.map((person) => (
        <PersonItem key={person.id} person={person} {...props} />
      ))}
      {alerts.map((alert) => (
        <AlertItem key={alert.id} alert={alert} {...props} />
      ))}
      {sightings.map((sighting) => (
        <SightingItem key={sighting.id} sighting={sighting} {...props} />
      ))}
    </ul>
  );
}

function PersonItem({
  person,
  ...props
}: SubjectItemsProps & { readonly person: SubjectPreview['people'][number] }) {
  const { id, list, lookAlikes, name, templates } = person;
  return (
    <Item
      {...props}
      place={`people/${id}`}
      about={name}
      head={
        <>
          <b>{t('subject.enrolment')}</b>
          <bdi>{name}</bdi>
          <bdi class="muted">{list}</bdi>
          <span class="muted">{t('subject.templateCount', { count: templates })}</span>
          {lookAlikes > 0 && (
            <span class="muted">{t('subject.lookAlikes', { count: lookAlikes })}</span>
          )}
        </>
      }
    />
  );
}

function AlertItem({
  alert,
  ...props
}: SubjectItemsProps & { readonly alert: SubjectPreview['alerts'][number] }) {
  const nameOf = useCameraNames();
  const { at, cameras, clips, id, isOfAnother, pictures, shownBy, state } = alert;
  const when = formatDateTime(Date.parse(at));
  const parts: WithholdPart[] = [
    'all',
    ...(pictures > 0 ? (['pictures'] as const) : []),
    ...(clips > 0 ? (['clips'] as const) : []),
  ];
  return (
    <Item
      {...props}
      place={`alerts/${id}`}
      about={t('subject.alertAt', { time: when })}
      parts={parts}
      confirmable={shownBy === 'confirmed' || (shownBy === 'nobody' && !isOfAnother) ? id : null}
      head={
        <>
          <a class="link" href={href('alerts', id)} target="_blank" rel="noopener">
            {t('subject.alertAt', { time: when })}
          </a>
          <bdi>{cameras.map(nameOf).join(', ')}</bdi>
          <span class="chip" data-tone="plain">
            {t(state === null ? 'subject.toJudge' : `alerts.state_${state}`)}
          </span>
          <span class="muted">{t('subject.pictureCount', { count: pictures })}</span>
          {clips > 0 && <span class="muted">{t('subject.clipsCount', { count: clips })}</span>}
        </>
      }
    />
  );
}

function SightingItem({
  sighting,
  ...props
}: SubjectItemsProps & { readonly sighting: SubjectPreview['sightings'][number] }) {
  const { id, pictures, search, secondsInFile } = sighting;
  const about = t('subject.sightingAt', { time: clockText(secondsInFile) });
  return (
    <Item
      {...props}
      place={`footage/${id}`}
      about={about}
      parts={pictures > 0 ? ['all', 'pictures'] : ['all']}
      confirmable={id}
      head={
        <>
          <a class="link" href={href('footage', search)} target="_blank" rel="noopener">
            {about}
          </a>
          <span class="muted">{t('subject.pictureCount', { count: pictures })}</span>
        </>
      }
    />
  );
}

interface ItemProps extends SubjectItemsProps {
  /** Place in the document. */
  readonly place: string;
  readonly about: string;
  readonly head: ComponentChildren;
  readonly parts?: readonly WithholdPart[];
  /** What whoever exports may say to show the person; null: nothing. */
  readonly confirmable?: string | null;
}

function Item(props: ItemProps) {
  const { place, about, head, parts = ['all'], confirmable = null } = props;
  const { draft, onChange, tried, disabled, preview } = props;
  const withheld = draft.withheld.get(place);
  const isGone = withheld?.what === place;
  const leftOut = preview.withheld.filter(({ what }) => what.startsWith(`${place}/`));
  const texts = preview.texts.filter(({ what }) => what.startsWith(`${place}/`));
  const keepBack = (key: string, value: Withheld | undefined): void => {
    const changed = new Map(draft.withheld);
    if (value === undefined) changed.delete(key);
    else changed.set(key, value);
    onChange({ withheld: changed });
  };
  const shared = { tried, disabled };
  return (
    <li class="subject-item">
      <p class="subject-item-head">{head}</p>
      <LeftOut places={leftOut.filter(({ what }) => !isText(what))} />
      <div class="subject-choices">
        {confirmable !== null && !isGone && (
          <Check
            checked={draft.confirmed.has(confirmable)}
            disabled={disabled}
            onChecked={(checked) => {
              const confirmed = new Set(draft.confirmed);
              if (checked) confirmed.add(confirmable);
              else confirmed.delete(confirmable);
              onChange({ confirmed });
            }}
          >
            <span>
              {t('subject.shows')}
              <span class="visually-hidden">: {about}</span>
            </span>
          </Check>
        )}
        <Withhold
          {...{ place, about, parts, ...shared }}
          value={withheld}
          onValue={(value) => keepBack(place, value)}
        />
      </div>
      {!isGone && texts.length > 0 && (
        <ul class="subject-texts">
          {texts.map(({ text, what }) => (
            <li key={what}>
              <p class="subject-text" dir="auto">
                {text}
              </p>
              {leftOut
                .filter((each) => each.what === what)
                .map(({ reason }) => (
                  <p key={reason} class="subject-out">
                    {t('subject.without', { why: t(`subject.reason_${reason}`) })}
                  </p>
                ))}
              <div class="subject-choices">
                <Withhold
                  {...{ place: what, about: text.slice(0, 80), ...shared }}
                  value={draft.withheld.get(what)}
                  onValue={(value) => keepBack(what, value)}
                />
              </div>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What is left out of something, by reason. */
function LeftOut({ places }: { readonly places: SubjectPreview['withheld'] }) {
  const byReason = Map.groupBy(places, ({ reason }) => reason);
  return (
    <>
      {[...byReason].map(([reason, items]) => {
        const kinds = new Set(items.map(({ what }) => kindOf(what)));
        const what = [...kinds]
          .map((kind) => t(`subject.left_${kind}`))
          .join(t('subject.leftJoin'));
        return (
          <p key={reason} class="subject-out">
            {t('subject.withoutWhat', { what, why: t(`subject.reason_${reason}`) })}
          </p>
        );
      })}
    </>
  );
}

function kindOf(what: string): 'pictures' | 'clips' | 'scores' {
  if (what.endsWith('/scores')) return 'scores';
  return /\/clips$|\.mp4$/.test(what) ? 'clips' : 'pictures';
}

/** Whether this is the place of what somebody wrote. */
function isText(what: string): boolean {
  return /\/(?:note|(?:notes|reviews|outcomes)\/\d+)$/.test(what);
}
