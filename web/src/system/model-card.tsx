import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Markdown } from './markdown.tsx';

export interface ModelCardProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** A model's card: data, protocol, figures, limits. */
export function ModelCard({ name, onClose }: ModelCardProps) {
  const { client } = useDashboard();
  const card = useQuery(() => client.modelCard(name), [client, name]);
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
