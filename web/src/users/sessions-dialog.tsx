import type { User } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { SessionTable } from './session-table.tsx';

export interface SessionsDialogProps {
  readonly user: User;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Somebody's open sessions. */
export function SessionsDialog({ user, onChanged, onClose }: SessionsDialogProps) {
  const { client } = useDashboard();
  const found = useQuery(() => client.sessions(), [client]);
  const action = useMutation();
  const theirs = (found.value ?? []).filter(({ name }) => name === user.name);
  const title = t('users.sessionsOf', { name: user.name });
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <Failure error={found.error} onRetry={found.reload} />
        <Failure error={action.error} />
        {found.value !== undefined && theirs.length === 0 ? (
          <p class="empty">{t('users.noSessions')}</p>
        ) : (
          <SessionTable
            label={title}
            sessions={theirs}
            isBusy={action.busy}
            onEnd={({ id }) =>
              void action.run(async () => {
                await client.endSession(id);
                found.reload();
                onChanged();
              })
            }
          />
        )}
      </div>
    </Dialog>
  );
}
