import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

/** The seconds around a sighting, cut from the file when somebody asks for them. */
export function SightingClip({ sightingId }: { readonly sightingId: string }) {
  const { client, session } = useDashboard();
  const [url, setUrl] = useState<string>();
  const action = useMutation();
  useEffect(() => {
    if (url === undefined) return undefined;
    return () => URL.revokeObjectURL(url);
  }, [url]);
  if (!mayAs(session, 'reviewer')) return null;
  const load = async () => setUrl(URL.createObjectURL(await client.footageClip(sightingId)));
  return (
    <div class="footage-clip">
      {url === undefined ? (
        <Button disabled={action.busy} onClick={() => void action.run(load)}>
          {t(action.busy ? 'footage.cutting' : 'footage.showClip')}
        </Button>
      ) : (
        <video src={url} controls autoplay muted aria-label={t('footage.clip')} />
      )}
      <Failure error={action.error} />
    </div>
  );
}
