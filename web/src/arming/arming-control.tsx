import { useState } from 'preact/hooks';
import type { Arming } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { armingKey } from '../live/dashboard.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { ArmingDialog } from './arming-dialog.tsx';
import { armingSentence } from './arming-text.ts';
import './arming.css';

export interface ArmingControlProps extends Pick<Arming, 'kind' | 'id'> {
  /** Of the camera or the watchlist, for people. */
  readonly name: string;
}

/** How it stands with a camera or a watchlist, and buttons for who may change it. */
export function ArmingControl({ kind, id, name }: ArmingControlProps) {
  const dashboard = useDashboard();
  const { client, session } = dashboard;
  const [asking, setAsking] = useState(false);
  const ending = useMutation();
  const arming = dashboard.arming.value.get(armingKey({ kind, id }));
  if (arming === undefined) return null;
  const { armed, cause, scheduled } = arming;
  const mayChange = mayAs(session, 'reviewer');
  const end = () =>
    void ending.run(async () => dashboard.acceptArming(await client.endArmingOrder(kind, id)));
  return (
    <section class="arming" data-armed={armed} aria-label={t('arming.title')}>
      <p class="arming-state" role="status">
        {armingSentence(arming)}
      </p>
      {!armed && (
        <p class="muted">{t(kind === 'camera' ? 'arming.meansCamera' : 'arming.meansWatchlist')}</p>
      )}
      {mayChange && (
        <div class="button-row">
          {(armed || scheduled) && (
            <Button action={armed ? undefined : 'confirm'} onClick={() => setAsking(true)}>
              {t(armed ? 'arming.disarm' : 'arming.arm')}
            </Button>
          )}
          {cause === 'order' && scheduled && (
            <Button look="quiet" disabled={ending.busy} onClick={end}>
              {t('arming.endOrder')}
            </Button>
          )}
          {!armed && !scheduled && (
            <Button action="confirm" disabled={ending.busy} onClick={end}>
              {t('arming.endOrderArmed')}
            </Button>
          )}
        </div>
      )}
      <Failure error={ending.error} />
      {asking && <ArmingDialog arming={arming} name={name} onClose={() => setAsking(false)} />}
    </section>
  );
}
