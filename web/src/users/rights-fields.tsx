import { t } from '../i18n/t.ts';
import { Check, Choices } from '../kit/check.tsx';
import { SelectField } from '../kit/field.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { type RightsDraft, roles } from './rights-draft.ts';

export interface RightsFieldsProps {
  readonly draft: RightsDraft;
  readonly onChange: (part: Partial<RightsDraft>) => void;
}

/** Role, cameras, lists, and the rights beside the role that who asks may give. */
export function RightsFields({ draft, onChange }: RightsFieldsProps) {
  const { cameras, session, watchlists } = useDashboard();
  const mayEmbeddings = session.scopes.includes('embeddings:read') || draft.embeddings;
  const mayTraining = session.scopes.includes('learning:export') || draft.training;
  return (
    <>
      <SelectField
        label={t('users.role')}
        hint={t(`users.roleHint_${draft.role}`)}
        value={draft.role}
        options={roles.map((value) => ({ value, label: t(`shell.role_${value}`) }))}
        onValue={(role) => onChange({ role })}
      />
      <SomeOf
        legend={t('users.cameras')}
        allLabel={t('users.allCameras')}
        all={draft.allCameras}
        known={cameras.value ?? []}
        chosen={draft.cameras}
        onChange={(allCameras, chosen) => onChange({ allCameras, cameras: chosen })}
      />
      <SomeOf
        legend={t('users.lists')}
        allLabel={t('users.allLists')}
        all={draft.allLists}
        known={watchlists.value}
        chosen={draft.watchlists}
        onChange={(allLists, chosen) => onChange({ allLists, watchlists: chosen })}
      />
      {(mayEmbeddings || mayTraining) && draft.role !== 'viewer' && (
        <Choices legend={t('users.more')}>
          {mayEmbeddings && (
            <Check checked={draft.embeddings} onChecked={(embeddings) => onChange({ embeddings })}>
              {t('users.embeddings')}
            </Check>
          )}
          {mayTraining && (
            <Check checked={draft.training} onChecked={(training) => onChange({ training })}>
              {t('users.training')}
            </Check>
          )}
        </Choices>
      )}
    </>
  );
}

interface SomeOfProps {
  readonly legend: string;
  readonly allLabel: string;
  readonly all: boolean;
  readonly known: readonly { readonly id: string; readonly name: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (all: boolean, chosen: readonly string[]) => void;
}

function SomeOf({ legend, allLabel, all, known, chosen, onChange }: SomeOfProps) {
  const ids = new Set(known.map(({ id }) => id));
  // Rights may name what is gone for now.
  const gone = chosen.filter((id) => !ids.has(id)).map((id) => ({ id, name: id }));
  const toggle = (id: string, on: boolean) =>
    onChange(false, on ? [...chosen, id] : chosen.filter((each) => each !== id));
  return (
    <Choices legend={legend}>
      <Check checked={all} onChecked={(checked) => onChange(checked, chosen)}>
        {allLabel}
      </Check>
      {!all && (
        <div class="user-choices">
          {[...known, ...gone].map(({ id, name }) => (
            <Check key={id} checked={chosen.includes(id)} onChecked={(on) => toggle(id, on)}>
              <bdi>{name}</bdi>
            </Check>
          ))}
        </div>
      )}
    </Choices>
  );
}
