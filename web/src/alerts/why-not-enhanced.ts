import type { Alert } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';

/**
 * Why an alert has no AI-enhanced picture; undefined where it has one, so that none is asked for
 * that is not there. Version 0.1 said it only for the whole track, and not to a second reviewer.
 */
export function whyNotEnhanced(alert: Pick<Alert, 'enhancement' | 'scores'>): TextKey | undefined {
  const { enhancement, scores } = alert;
  switch (enhancement) {
    case 'made':
      return undefined;
    case 'not_needed':
      return scores !== undefined && scores.enhanced !== null
        ? 'alerts.notNeededNow'
        : 'alerts.notNeeded';
    case 'no_model':
      return 'alerts.noEnhancer';
    case 'failed':
      return 'alerts.enhancementFailed';
    case undefined:
      return scores?.enhanced === null ? 'alerts.noEnhanced' : undefined;
  }
}
