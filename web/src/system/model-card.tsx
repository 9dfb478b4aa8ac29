import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { Dialog } from '../shell/dialog.tsx';
import { Failure } from '../widgets/failure.tsx';
import { useRemote } from '../widgets/use-remote.ts';
import { Markdown } from './markdown.tsx';

export interface ModelCardProps {
  readonly dashboard: Dashboard;
  readonly name: string;
  readonly onClose: () => void;
}

/** A model's card: data, protocol, figures, limits. */
export function ModelCard({ dashboard, name, onClose }: ModelCardProps) {
  const path = `/api/models/${encodeURIComponent(name)}/card`;
  const card = useRemote(async () => {
    const { blob } = await dashboard.api.download(path);
    return blob.text();
  }, [path]);
  return (
    <Dialog title={t('system.cardOf', { name })} size="wide" onClose={onClose}>
      <div class="dialog-body">
        <Failure error={card.error} onRetry={card.reload} />
        {card.loading && <p class="empty">{t('shell.loading')}</p>}
        {/* The cards are written in English. */}
        {card.value !== undefined && (
          <div lang="en">
            <Markdown text={card.value} />
          </div>
        )}
      </div>
    </Dialog>
  );
}
