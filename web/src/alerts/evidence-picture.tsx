import { useEffect, useState } from 'preact/hooks';
import type { ApiClient } from '../api/api-client.ts';
import type { Alert, EvidenceKind } from '../api/wire.ts';
import { t } from '../i18n/t.ts';

type Loaded = { readonly url: string } | 'loading' | 'none' | 'failed';

/** Fetches a picture; a failure can then be told from there being none. */
export function usePicture(api: ApiClient, alert: Alert, kind: EvidenceKind): Loaded {
  const [loaded, setLoaded] = useState<Loaded>('loading');
  const { id, keyframes } = alert;
  // A review changes no picture, a better keyframe may.
  useEffect(() => {
    let url: string | undefined;
    let gone = false;
    api.picture(`/api/alerts/${encodeURIComponent(id)}/evidence/${kind}`).then(
      (blob) => {
        if (gone) return;
        if (blob !== null) url = URL.createObjectURL(blob);
        setLoaded(url === undefined ? 'none' : { url });
      },
      () => {
        if (!gone) setLoaded('failed');
      },
    );
    return () => {
      gone = true;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [api, id, kind, keyframes]);
  return loaded;
}

export interface EvidencePictureProps {
  readonly api: ApiClient;
  readonly alert: Alert;
  readonly kind: EvidenceKind;
  readonly alt: string;
  /** Shown when the alert has no such picture. */
  readonly absent: string;
}

/** A picture of an alert. */
export function EvidencePicture({ api, alert, kind, alt, absent }: EvidencePictureProps) {
  const loaded = usePicture(api, alert, kind);
  return <LoadedPicture loaded={loaded} kind={kind} alt={alt} absent={absent} />;
}

export interface LoadedPictureProps extends Omit<EvidencePictureProps, 'api' | 'alert'> {
  readonly loaded: Loaded;
}

/** A picture that `usePicture` fetches. */
export function LoadedPicture({ loaded, kind, alt, absent }: LoadedPictureProps) {
  if (loaded === 'loading') return <div class="picture picture-wait" aria-busy="true" />;
  if (loaded === 'none') return <div class="picture picture-none">{absent}</div>;
  if (loaded === 'failed') {
    return <div class="picture picture-none">{t('alerts.pictureFailed')}</div>;
  }
  return <img class="picture" src={loaded.url} alt={alt} data-kind={kind} />;
}
