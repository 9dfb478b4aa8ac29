import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import './alert-figures.css';

export function StateChip({ state }: { state: Alert['state'] }) {
  return (
    <span class="chip" data-state={state}>
      {t(`alerts.state_${state}`)}
    </span>
  );
}
