import { useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check, Choices } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

/** Whether this visitor may say to which sites lists go: an administrator whom nothing limits. */
export function maySendToSites(session: Dashboard['session']): boolean {
  const isLimited = session.cameras !== '*' || session.watchlists !== '*';
  return session.sites.length > 0 && !isLimited && mayAs(session, 'admin');
}

export interface ListSitesDialogProps {
  readonly list: Watchlist;
  /** After the list was sent, or taken away. */
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** To which sites of this control room a list goes. */
export function ListSitesDialog({ list, onSaved, onClose }: ListSitesDialogProps) {
  const { client, session } = useDashboard();
  const [chosen, setChosen] = useState(list.sites);
  const action = useMutation();
  // A list may name a site that is out of the configuration, which is not sent any more.
  const sites = session.sites;
  const choose = (site: string, isChosen: boolean) =>
    setChosen(isChosen ? [...chosen, site] : chosen.filter((one) => one !== site));
  return (
    <Dialog title={t('watchlists.sitesTitle', { name: list.name })} onClose={onClose}>
      <form
        class="dialog-body stack"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(async () => {
            const wanted = chosen.filter((site) => sites.includes(site));
            await client.setListSites(list.id, wanted);
            onSaved();
          });
        }}
      >
        <Choices legend={t('watchlists.sites')}>
          {sites.map((site) => (
            <Check
              key={site}
              checked={chosen.includes(site)}
              onChecked={(isChosen) => choose(site, isChosen)}
            >
              <bdi>{site}</bdi>
            </Check>
          ))}
        </Choices>
        <p class="field-hint">{t('watchlists.sitesHint')}</p>
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t('shell.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
