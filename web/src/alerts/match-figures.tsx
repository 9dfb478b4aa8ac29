import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { AlertFacts } from './alert-facts.tsx';
import { ScoreMeter } from './score-meter.tsx';

/** The engineer's figures of a match, one click away. */
export function MatchFigures({ alert }: { readonly alert: Alert }) {
  return (
    <details class="match-figures">
      <summary>{t('alerts.figures')}</summary>
      <div class="alert-body">
        <ScoreMeter alert={alert} />
        <AlertFacts alert={alert} />
      </div>
    </details>
  );
}
