import type { Receiver } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

export interface ReceiverStateProps {
  readonly receiver: Receiver;
}

/** Whether it takes what it is sent; else since when not, why, and when it is tried again. */
export function ReceiverState({ receiver }: ReceiverStateProps) {
  const { fault, lastDeliveredAt, nextAt } = receiver;
  if (fault === null) {
    const tone = lastDeliveredAt === null ? undefined : 'good';
    return (
      <span class="chip" data-tone={tone}>
        {t(lastDeliveredAt === null ? 'receivers.stateIdle' : 'receivers.stateFine')}
      </span>
    );
  }
  return (
    <>
      <span class="chip" data-tone="bad">
        {t('receivers.stateFault', { time: formatDateTime(fault.since) })}
      </span>{' '}
      <span lang="en">{fault.reason}</span>{' '}
      {nextAt !== null && (
        <span class="muted">{t('receivers.retryAt', { time: formatDateTime(nextAt) })}</span>
      )}
    </>
  );
}
